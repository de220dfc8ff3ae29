//! Places on the boundary at which conditions hold.

use super::condition_kind::ConditionKind;
use super::context::Context;
use super::expression::{Scope, constant, elaborate};
use super::geometry::{self, shape_named};
use super::located::Located;
use super::mistake::{Checked, Fault, Mistake};
use super::quantity::example;
use super::suggest::list;
use super::wire::{ConditionEntry, Faces};
use pinn_expr::Graph;
use pinn_geometry::domain::{Face, Side};
use pinn_geometry::place::Place;
use std::ops::Range;
use toml::Spanned;

/// Places with the text that names them.
pub(super) fn places(
    entry: &ConditionEntry,
    kind: ConditionKind,
    context: Context,
) -> Checked<Vec<(Place, String)>> {
    let initial = kind == ConditionKind::Initial;
    let Some(on) = &entry.on else {
        if let (true, Some(coordinate)) = (initial, context.domain.time) {
            let face = Face {
                coordinate,
                side: Side::Lower,
            };
            return Ok(vec![(face.into(), String::new())]);
        }
        let key = "on".to_string();
        return Err(Mistake::new(Fault::MissingKey { key }, entry.name.span())
            .label("this condition does not say where it holds")
            .help(face_help(context)));
    };
    let periodic = kind == ConditionKind::Periodic;
    let interface = kind == ConditionKind::Interface;
    let mut places = Vec::new();
    for text in texts(on, context)? {
        let place = match shape_named(text.text.trim(), context.domain) {
            Some(place) if interface => place.inside_the_region(),
            None if interface => return Err(no_interface(text, context)),
            Some(place) if !periodic => place,
            _ => face(text, periodic, context)?.into(),
        };
        let at_start = place.face().is_some_and(|face| {
            Some(face.coordinate) == context.domain.time && face.side == Side::Lower
        });
        if initial && !at_start {
            let fault = Fault::OffBoundary {
                text: text.text.to_string(),
            };
            let help = match context.domain.time {
                Some(_) => "remove `on`: an initial condition holds at the start of time",
                None => "the equation has no time: use `dirichlet`",
            };
            return Err(Mistake::new(fault, text.whole())
                .label("an initial condition holds at the first instant only")
                .help(help));
        }
        let place = match on.get_ref() {
            Faces::Part(part) => {
                geometry::part(place, Located::of(&part.within, context.file), context)?
            }
            _ => place,
        };
        places.push((place, text.text.to_string()));
    }
    Ok(places)
}

fn no_interface(text: Located, context: Context) -> Box<Mistake> {
    let fault = Fault::UnknownName {
        what: "shape",
        name: text.text.to_string(),
    };
    let shapes = geometry::names(context.domain);
    Mistake::new(fault, text.whole())
        .label("an interface is the surface of a shape inside of the region")
        .help(match shapes.is_empty() {
            true => {
                "add `[geometry]` with a shape on whose surface the two materials meet".to_string()
            }
            false => format!("expected one of {}", list(&shapes)),
        })
}

fn face_help(context: Context) -> String {
    let names = context.declared.coordinates.iter();
    let faces: Vec<String> = names
        .map(|c| format!("`{0} = min`, `{0} = max`", c.name))
        .collect();
    let shapes = geometry::names(context.domain);
    let shapes = match shapes.is_empty() {
        true => String::new(),
        false => format!("; its shapes are {}", list(&shapes)),
    };
    format!("the faces of this domain are {}{shapes}", faces.join(", "))
}

/// Faces that points lie ever closer towards.
pub(super) fn graded(on: &Spanned<Faces>, context: Context) -> Checked<Vec<Face>> {
    let texts = texts(on, context)?;
    let faces = texts.into_iter().map(|text| face(text, false, context));
    faces.collect()
}

fn texts<'a>(on: &'a Spanned<Faces>, context: Context<'a>) -> Checked<Vec<Located<'a>>> {
    match on.get_ref() {
        Faces::One(text) => Ok(vec![Located::new(text, on.span(), context.file)]),
        Faces::Part(part) => Ok(vec![Located::of(&part.part, context.file)]),
        Faces::Several(texts) if !texts.is_empty() => {
            let texts = texts.iter().map(|t| Located::of(t, context.file));
            Ok(texts.collect())
        }
        Faces::Several(_) => {
            let text = "[]".to_string();
            Err(Mistake::new(Fault::NoFace { text }, on.span()).help(face_help(context)))
        }
    }
}

/// `x = 10 mm`, `x = min`, and for periodic conditions `x`.
fn face(text: Located, periodic: bool, context: Context) -> Checked<Face> {
    let no_face = |span: Range<usize>| {
        let fault = Fault::NoFace {
            text: text.text.to_string(),
        };
        Mistake::new(fault, span)
            .label("expected a coordinate and one of its ends, such as `x = 0 mm` or `x = max`")
            .help(face_help(context))
    };
    let (name, position) = match text.text.split_once('=') {
        Some((name, position)) => (name.trim(), Some(position)),
        None if periodic => (text.text.trim(), None),
        None => return Err(no_face(text.whole())),
    };
    let Some(coordinate) = context.declared.coordinate(name) else {
        let start = text.text.find(name).unwrap_or(0);
        return Err(no_face(text.part(start..start + name.len())));
    };
    let lower = Face {
        coordinate,
        side: Side::Lower,
    };
    let upper = Face {
        coordinate,
        side: Side::Upper,
    };
    let Some(position) = position else {
        return Ok(lower);
    };
    match position.trim() {
        "min" => return Ok(lower),
        "max" => return Ok(upper),
        _ => {}
    }
    let start = text.text.len() - position.len();
    let part = text.part(start..text.text.len());
    let scope = Scope::constants(context.declared, context.definitions);
    let mut graph = Graph::new();
    let found = elaborate(position, scope, &mut graph);
    let found = text.locate(found.map_err(|mistake| mistake.shifted(start)))?;
    let info = &context.declared.coordinates[coordinate];
    if found.dimensions != info.dimensions {
        let fault = Fault::Dimension {
            what: format!("`{name}`"),
            expected: info.dimensions,
            found: found.dimensions,
        };
        let expected = example(info.dimensions, Some(&info.quantity));
        return Err(Mistake::new(fault, part).label(format!("expected {expected}")));
    }
    let at = constant(&graph, found.expr, context.parameters);
    let tolerance = 1e-9 * context.domain.intervals[coordinate].length();
    for face in [lower, upper] {
        if (at - context.domain.position(face)).abs() <= tolerance {
            return Ok(face);
        }
    }
    let fault = Fault::OffBoundary {
        text: text.text.trim().to_string(),
    };
    let interval = context.domain.intervals[coordinate];
    let unit = &context.units[coordinate];
    let [lower, upper] = [interval.lower, interval.upper].map(|si| unit.from_si(si, info.kind));
    Err(Mistake::new(fault, part)
        .label(format!(
            "`{name}` runs from {lower} to {upper} {}",
            unit.text
        ))
        .help(format!("write `{name} = min` or `{name} = max`")))
}
