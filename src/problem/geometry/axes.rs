//! Coordinates that a shape is over.

use super::Reader;
use crate::mistake::{Checked, Fault, Mistake};
use crate::suggest::{list, remedy};
use std::ops::Range;
use toml::Spanned;

impl Reader<'_> {
    /// Coordinates that a shape is over: those of `over`, or all space coordinates if it has as many.
    pub(super) fn axes(
        &self,
        over: Option<&Spanned<Vec<Spanned<String>>>>,
        count: usize,
        allowed: &[usize],
        span: Range<usize>,
    ) -> Checked<Vec<usize>> {
        let coordinates = &self.declared.coordinates;
        let space: Vec<usize> = (0..coordinates.len())
            .filter(|c| Some(*c) != self.domain.time)
            .collect();
        let known: Vec<&str> = space
            .iter()
            .map(|c| coordinates[*c].name.as_str())
            .collect();
        let example = || {
            let names: Vec<String> = known.iter().take(count).map(|n| format!("{n:?}")).collect();
            format!("name them: `over = [{}]`", names.join(", "))
        };
        if !allowed.contains(&count) {
            let message = format!("found {count} coordinates");
            return Err(Mistake::new(Fault::WrongType { message }, span)
                .label("a shape is over one, two or three coordinates"));
        }
        let Some(over) = over else {
            if space.len() == count {
                return self.alike(space, span);
            }
            let message = format!("the shape has {count} of {} coordinates", space.len());
            return Err(Mistake::new(Fault::Region { message }, span)
                .label(format!("the space of the domain is {}", list(&known)))
                .help(example()));
        };
        let names = over.get_ref();
        if names.len() != count {
            let message = format!("expected {count} coordinates, found {}", names.len());
            return Err(Mistake::new(Fault::WrongType { message }, over.span()).help(example()));
        }
        let mut axes = Vec::new();
        for name in names {
            let number = self.declared.coordinate(name.get_ref());
            let Some(number) = number.filter(|n| space.contains(n)) else {
                let fault = Fault::UnknownName {
                    what: "space coordinate",
                    name: name.get_ref().clone(),
                };
                return Err(Mistake::new(fault, name.span())
                    .label(format!("expected one of {}", list(&known)))
                    .help(remedy(name.get_ref(), "coordinate", &known)));
            };
            if axes.contains(&number) {
                let fault = Fault::Duplicate {
                    what: "coordinate",
                    name: name.get_ref().clone(),
                };
                return Err(Mistake::new(fault, name.span()));
            }
            axes.push(number);
        }
        self.alike(axes, over.span())
    }

    /// Distances need coordinates of one dimension.
    fn alike(&self, axes: Vec<usize>, span: Range<usize>) -> Checked<Vec<usize>> {
        let info = |axis: usize| &self.declared.coordinates[axis];
        let first = info(axes[0]);
        match axes
            .iter()
            .find(|a| info(**a).dimensions != first.dimensions)
        {
            None => Ok(axes),
            Some(other) => {
                let fault = Fault::Dimension {
                    what: format!("`{}` next to `{}`", info(*other).name, first.name),
                    expected: first.dimensions,
                    found: info(*other).dimensions,
                };
                Err(Mistake::new(fault, span)
                    .label("a shape needs distances: its coordinates must have the same dimension"))
            }
        }
    }
}
