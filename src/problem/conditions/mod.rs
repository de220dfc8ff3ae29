//! Conditions: entries of the file to residuals.

mod builder;
mod flows;
mod interface;
mod periodic;
mod values;

use super::condition_kind::ConditionKind;
use super::context::Context;
use super::faces::places;
use super::mistake::{Checked, Fault, Mistake};
use super::wire::ConditionEntry;
use builder::Builder;
use pinn_core::scales::KnownValues;
use pinn_core::statement::Condition;
use pinn_geometry::domain::Face;
use std::ops::Range;
use toml::Spanned;

/// A condition with its weight and points as given in the file.
pub(super) struct Entry {
    pub condition: Condition,
    pub weight: Option<Spanned<f64>>,
    pub points: Option<Spanned<usize>>,
    /// Its name in the file.
    pub place: Range<usize>,
    /// Values that the fields take, as far as they can be computed: (field, value).
    pub known: Vec<Known>,
}

/// A field's value on a part of the boundary.
pub(super) struct Known {
    pub values: KnownValues,
    pub span: Range<usize>,
}

pub(super) fn conditions(
    entries: &[Spanned<ConditionEntry>],
    context: Context,
) -> Checked<Vec<Entry>> {
    let mut all: Vec<Entry> = Vec::new();
    for entry in entries {
        for one in condition(entry.get_ref(), context)? {
            let name = &one.condition.name;
            if all.iter().any(|other| other.condition.name == *name) {
                let fault = Fault::Duplicate {
                    what: "condition",
                    name: name.clone(),
                };
                let span = entry.get_ref().name.span();
                return Err(Mistake::new(fault, span).label("names of conditions must differ"));
            }
            all.push(one);
        }
    }
    Ok(all)
}

/// Makes one condition for each place of an entry.
fn condition(entry: &ConditionEntry, context: Context) -> Checked<Vec<Entry>> {
    let kind = ConditionKind::of(entry)?;
    let hard = kind.hard(entry)?;
    let places = places(entry, kind, context)?;
    let several = places.len() > 1;
    let built = places.into_iter().map(|(place, text)| {
        let mut builder = Builder::new(context, entry, kind, place);
        builder.build()?;
        builder.carry_normal();
        let name = if several {
            format!("{} ({text})", entry.name.get_ref())
        } else {
            entry.name.get_ref().clone()
        };
        let known = builder.known()?;
        let partner = match kind {
            ConditionKind::Periodic => builder.place.face().map(Face::opposite),
            _ => None,
        };
        let (residuals, place, normal) = builder.finish();
        Ok(Entry {
            condition: Condition {
                name,
                residuals,
                place,
                normal,
                partner,
                hard,
            },
            weight: entry.weight.clone(),
            points: entry.points.clone(),
            place: entry.name.span(),
            known,
        })
    });
    built.collect()
}
