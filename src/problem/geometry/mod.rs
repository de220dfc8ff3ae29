//! `[geometry]`: shapes with units, and the region that they make.

mod place;
mod region;

pub(super) use place::{part, shape_named};

use super::expression::{Definitions, Scope};
use super::faces::constant;
use super::mistake::{Checked, Fault, Mistake};
use super::quantity::{Expected, value};
use super::suggest::{list, remedy};
use super::wire::{GeometryEntry, Scalar, ShapeEntry};
use crate::expr::{Graph, Op};
use crate::pinn::domain::{Domain, Interval};
use crate::pinn::geometry::{Ball, Cuboid, DOMAIN, Geometry, Placed, Polygon, Shape};
use crate::units::{Declared, QuantityInfo};
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;

/// Most shapes of one problem.
const MAX_SHAPES: usize = 1000;

/// What lengths are read against.
struct Reader<'a> {
    declared: &'a Declared,
    definitions: &'a Definitions,
    parameters: &'a [f64],
    /// Numbers of the parameters that run over ranges.
    ranged: Vec<usize>,
    domain: &'a Domain,
    file: &'a str,
}

/// The region of the file, inside the domain's box.
pub(super) fn geometry(
    entry: Option<&Spanned<GeometryEntry>>,
    declared: &Declared,
    definitions: &Definitions,
    parameters: (&[f64], Vec<usize>),
    domain: &Domain,
    file: &str,
) -> Checked<Option<Arc<Geometry>>> {
    let Some(entry) = entry else {
        return Ok(None);
    };
    let (span, entry) = (entry.span(), entry.get_ref());
    let reader = Reader {
        declared,
        definitions,
        parameters: parameters.0,
        ranged: parameters.1,
        domain,
        file,
    };
    if entry.shapes.0.is_empty() || entry.shapes.0.len() > MAX_SHAPES {
        let fault = Fault::OutOfRange {
            what: "the number of shapes".to_string(),
            allowed: format!("from 1 to {MAX_SHAPES}"),
            found: entry.shapes.0.len().to_string(),
        };
        return Err(Mistake::new(fault, span).help(
            "name them under `[geometry.shapes]`: `hole = { disk = { centre = [\"0 m\", \"0 m\"], radius = \"1 m\" } }`",
        ));
    }
    let mut shapes = Vec::new();
    for (name, shape) in &entry.shapes.0 {
        shapes.push(reader.placed(name, shape)?);
    }
    let names: Vec<&str> = std::iter::once(DOMAIN)
        .chain(shapes.iter().map(|s| s.name.as_str()))
        .collect();
    let region = region::region(&entry.region, &names, file)?;
    Ok(Some(Arc::new(Geometry::new(
        &domain.intervals,
        shapes,
        region,
    ))))
}

impl Reader<'_> {
    fn placed(&self, name: &Spanned<String>, entry: &Spanned<ShapeEntry>) -> Checked<Placed> {
        let text = name.get_ref();
        let letter = |c: char| c.is_alphanumeric() || c == '_';
        if !text.chars().all(letter) || text.starts_with(|c: char| c.is_ascii_digit()) {
            let message = format!("`{text}` cannot stand in `region`");
            return Err(Mistake::new(Fault::Region { message }, name.span())
                .label("expected letters, digits and underscores"));
        }
        if text == DOMAIN || self.declared.coordinate(text).is_some() {
            let message = format!("`{text}` has a meaning of its own");
            return Err(
                Mistake::new(Fault::Region { message }, name.span()).label("choose another name")
            );
        }
        let (axes, shape) = self.shape(entry)?;
        Ok(Placed {
            name: text.clone(),
            axes,
            shape,
        })
    }

    fn shape(&self, entry: &Spanned<ShapeEntry>) -> Checked<(Vec<usize>, Arc<dyn Shape>)> {
        let (span, entry) = (entry.span(), entry.get_ref());
        let over = entry.over.as_ref();
        let given = [
            entry.cuboid.is_some(),
            entry.disk.is_some(),
            entry.ball.is_some(),
            entry.polygon.is_some(),
        ];
        if given.iter().filter(|given| **given).count() != 1 {
            let message = "expected one kind of shape".to_string();
            return Err(Mistake::new(Fault::Region { message }, span)
                .label("expected one of `box`, `disk`, `ball`, `polygon`")
                .help("combine shapes in `region`: `region = \"plate - hole\"`"));
        }
        if let Some(cuboid) = &entry.cuboid {
            let (at, cuboid) = (cuboid.span(), cuboid.get_ref());
            let (from, to) = (cuboid.from.get_ref(), cuboid.to.get_ref());
            let axes = self.axes(over, from.len(), &[1, 2, 3], at)?;
            let lower = self.point(&cuboid.from, &axes)?;
            let upper = self.point(&cuboid.to, &axes)?;
            let sides = lower.iter().zip(&upper);
            let sides = sides.map(|(lower, upper)| Interval {
                lower: *lower,
                upper: *upper,
            });
            let sides: Vec<Interval> = sides.collect();
            for (number, side) in sides.iter().enumerate() {
                if side.lower >= side.upper {
                    let fault = Fault::EmptyRange {
                        name: self.declared.coordinates[axes[number]].name.clone(),
                        from: from[number].get_ref().to_string(),
                        to: to[number].get_ref().to_string(),
                    };
                    return Err(Mistake::new(fault, to[number].span())
                        .label("expected more than the number under `from`"));
                }
            }
            return Ok((axes, Arc::new(Cuboid::new(sides))));
        }
        let balls = [(&entry.disk, 2), (&entry.ball, 3)];
        if let Some((ball, dimensions)) =
            balls.into_iter().find_map(|(b, d)| Some((b.as_ref()?, d)))
        {
            let (at, ball) = (ball.span(), ball.get_ref());
            let count = ball.centre.get_ref().len();
            if count != dimensions {
                let what = if dimensions == 2 { "disk" } else { "ball" };
                let message = format!("expected {dimensions} coordinates, found {count}");
                return Err(
                    Mistake::new(Fault::WrongType { message }, ball.centre.span())
                        .label(format!(
                            "the centre of a {what} has {dimensions} coordinates"
                        ))
                        .help("a disk is over two coordinates, a ball over three"),
                );
            }
            let axes = self.axes(over, count, &[dimensions], at)?;
            let centre = self.point(&ball.centre, &axes)?;
            let radius = self.length(&ball.radius, "radius", axes[0])?;
            if radius <= 0.0 {
                let fault = Fault::OutOfRange {
                    what: "the radius".to_string(),
                    allowed: "positive".to_string(),
                    found: radius.to_string(),
                };
                return Err(Mistake::new(fault, ball.radius.span()));
            }
            return Ok((axes, Arc::new(Ball::new(centre, radius))));
        }
        if let Some(polygon) = &entry.polygon {
            let axes = self.axes(over, 2, &[2], polygon.span())?;
            let mut corners = Vec::new();
            for point in polygon.get_ref().points.get_ref() {
                let corner = self.point(point, &axes)?;
                corners.push([corner[0], corner[1]]);
            }
            let polygon_span = polygon.get_ref().points.span();
            let shape = Polygon::new(corners)
                .map_err(|cause| Mistake::new(Fault::Polygon(cause), polygon_span))?;
            return Ok((axes, Arc::new(shape)));
        }
        unreachable!("one kind of shape is given")
    }

    /// Coordinates that a shape is over: those of `over`, or all space coordinates if it has as many.
    fn axes(
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
            format!("say over which: `over = [{}]`", names.join(", "))
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
                    what: format!("`{}` beside `{}`", info(*other).name, first.name),
                    expected: first.dimensions,
                    found: info(*other).dimensions,
                };
                Err(Mistake::new(fault, span)
                    .label("a shape has distances: its coordinates must have one dimension"))
            }
        }
    }

    fn point(&self, point: &Spanned<Vec<Spanned<Scalar>>>, axes: &[usize]) -> Checked<Vec<f64>> {
        let found = point.get_ref().len();
        if found != axes.len() {
            let message = format!("expected {} coordinates, found {found}", axes.len());
            return Err(Mistake::new(Fault::WrongType { message }, point.span())
                .label("one number for each coordinate of the shape"));
        }
        let pairs = point.get_ref().iter().zip(axes);
        let numbers = pairs.map(|(entry, axis)| {
            let name = &self.declared.coordinates[*axis].name;
            self.length(entry, name, *axis)
        });
        numbers.collect()
    }

    /// An expression over parameters in the dimension of a coordinate.
    fn length(&self, entry: &Spanned<Scalar>, what: &str, axis: usize) -> Checked<f64> {
        let info: &QuantityInfo = &self.declared.coordinates[axis];
        let expected = Expected::of(what, info);
        let mut graph = Graph::new();
        let scope = Scope::constants(self.declared, self.definitions);
        let found = value(entry, expected, scope, &mut graph, self.file)?;
        for node in graph.reachable(&[found.expr]) {
            if let Op::Parameter(number) = graph.op(node)
                && self.ranged.contains(&usize::from(number))
            {
                let name = &self.declared.parameters[usize::from(number)].name;
                let message = format!("`{name}` is a range, and a shape has one size");
                return Err(Mistake::new(Fault::Region { message }, entry.span())
                    .help("give the parameter one value"));
            }
        }
        let number = constant(&graph, found.expr, self.parameters);
        // As quantities are rounded: a length does not depend on the unit that it was written in.
        let number = format!("{number:.14e}").parse().unwrap_or(f64::NAN);
        match f64::is_finite(number) {
            true => Ok(number),
            false => {
                let what = format!("`{what}`");
                Err(Mistake::new(Fault::NotFinite { what }, entry.span()))
            }
        }
    }
}

/// Names of a geometry's shapes.
pub(super) fn names(domain: &Domain) -> Vec<&str> {
    let shapes = domain.geometry.iter().flat_map(|g| g.shapes());
    shapes.map(|s| s.name.as_str()).collect()
}
