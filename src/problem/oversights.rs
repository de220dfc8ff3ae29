//! Warnings about settings that are allowed but look like an oversight.

use super::conditions::Entry;
use super::context::Context;
use super::expression::Scope;
use super::mistake::Checked;
use super::quantity::{Expected, value};
use super::residuals::highest_order;
use pinn_core::ansatz::open_periods;
use pinn_core::scales::points;
use pinn_core::statement::{Condition, Posed};
use pinn_expr::{Expr, Graph, Op};
use pinn_geometry::domain::{Domain, Face, Side};
use pinn_geometry::place::{Boundary, Place};
use pinn_network::settings::NetworkSettings;
use pinn_units::{Declared, DimensionalResiduals};

/// Fields without their initial condition, faces without any condition where the equation has second derivatives,
/// and keys without effect. Which fields need a value on a face depends on the equation: pressure may stand for velocity.
pub(super) fn oversights(
    declared: &Declared,
    domain: &Domain,
    equations: &DimensionalResiduals,
    entries: &[Entry],
) -> Vec<String> {
    let mut warnings = Vec::new();
    let bounds = |place: Place| {
        points(domain, Some(&place), &[])
            .iter()
            .all(|c| !c.is_empty())
    };
    for (coordinate, along) in declared.coordinates.iter().enumerate() {
        let order = |field| highest_order(equations, field, coordinate);
        let lower = Face {
            coordinate,
            side: Side::Lower,
        };
        let upper = Face {
            coordinate,
            side: Side::Upper,
        };
        if domain.time == Some(coordinate) {
            for (field, info) in declared.fields.iter().enumerate() {
                let covers = |entry: &Entry| covers(&entry.condition, lower, field);
                if order(field) >= 1 && !entries.iter().any(covers) {
                    warnings.push(format!(
                        "`{}` has no initial condition: the solution may not be unique",
                        info.name
                    ));
                }
            }
        } else if (0..declared.fields.len()).any(|field| order(field) >= 2) {
            for (face, end) in [(lower, "min"), (upper, "max")] {
                let held = entries.iter().any(|entry| on(&entry.condition, face));
                if !held && bounds(face.into()) {
                    warnings.push(format!(
                        "no condition holds on `{} = {end}`: the solution may not be unique",
                        along.name
                    ));
                }
            }
        }
    }
    if let Some(geometry) = &domain.geometry {
        let second =
            |c: &usize| (0..declared.fields.len()).any(|f| highest_order(equations, f, *c) >= 2);
        for (number, placed) in geometry.shapes().iter().enumerate().skip(1) {
            let boundary = Boundary::Shape(number);
            let place = Place {
                boundary,
                within: Vec::new(),
            };
            let held = entries
                .iter()
                .any(|e| e.condition.place.boundary == boundary);
            if !held
                && placed.axes.iter().any(second)
                && bounds(place.clone())
                && !lies_on_held_faces(&place, domain, entries)
            {
                warnings.push(format!(
                    "no condition holds on `{}`: the solution may not be unique",
                    placed.name
                ));
            }
        }
    }
    warnings.extend(entries.iter().flat_map(without_effect));
    warnings
}

/// Unknowns that nothing depends on: sources made from closed forms balance every value of them.
pub(super) fn undetermined(
    unknowns: &[usize],
    before: &DimensionalResiduals,
    after: &DimensionalResiduals,
    entries: &[Entry],
    context: Context,
) -> Checked<Vec<String>> {
    let pairs = before.equations().iter().zip(after.equations());
    let (made, given): (Vec<_>, Vec<_>) = pairs.partition(|(b, a)| b.residual != a.residual);
    let [made, given] = [made, given].map(|pairs| {
        let residuals = pairs.into_iter().map(|(_, after)| after.residual);
        residuals.collect::<Vec<_>>()
    });
    if made.is_empty() || unknowns.is_empty() {
        return Ok(Vec::new());
    }
    let scope = Scope::points(context.declared, context.definitions);
    let mut graph = Graph::new();
    let mut forms = Vec::new();
    for field in context.exact.fields() {
        let info = &context.declared.fields[field];
        if let Some(entry) = context.exact.get(field) {
            let expected = Expected::of(&info.name, info);
            forms.push(value(entry, expected, scope, &mut graph, context.file)?.expr);
        }
    }
    let open = unknowns.iter().filter(|unknown| {
        let held = entries.iter().any(|entry| {
            let residuals = &entry.condition.residuals;
            let outputs: Vec<_> = residuals.equations().iter().map(|e| e.residual).collect();
            depend(residuals.graph(), &outputs, **unknown)
        });
        depend(after.graph(), &made, **unknown)
            && !held
            && !depend(after.graph(), &given, **unknown)
            && !depend(&graph, &forms, **unknown)
    });
    let lines = open.map(|unknown| {
        let name = &context.declared.parameters[*unknown].name;
        format!(
            "every value of `{name}` solves the equations: their sources are made from closed forms that do not depend on it, so that measurements cannot determine it; give `sources` instead of `exact`"
        )
    });
    Ok(lines.collect())
}

/// True if expressions depend on a parameter.
fn depend(graph: &Graph, outputs: &[Expr], parameter: usize) -> bool {
    let mut nodes = graph.reachable(outputs).into_iter();
    nodes.any(|e| matches!(graph.op(e), Op::Parameter(p) if usize::from(p) == parameter))
}

/// True if all of a surface lies on faces that have conditions, as where a shape fills the domain from one side to the other.
fn lies_on_held_faces(place: &Place, domain: &Domain, entries: &[Entry]) -> bool {
    let points = points(domain, Some(place), &[]);
    let faces: Vec<Face> = entries
        .iter()
        .filter_map(|e| e.condition.place.face())
        .collect();
    (0..points[0].len()).all(|row| {
        faces.iter().any(|face| {
            let slack = 1e-9 * domain.intervals[face.coordinate].length();
            (points[face.coordinate][row] - domain.position(*face)).abs() <= slack
        })
    })
}

/// Values that hold exactly, but are not periodic as the network is.
pub(super) fn kinks(statement: &Posed, network: &NetworkSettings) -> Vec<String> {
    // Conditions that cannot hold exactly are reported as errors.
    let found = open_periods(statement, network).unwrap_or_default();
    let lines = found.iter().map(|open| {
        let name = &statement.conditions[open.condition].name;
        let along = &statement.declared.coordinates[open.coordinate].name;
        let (what, kept) = match open.jump {
            true => ("value", "jump"),
            false => ("slope", "kink"),
        };
        format!(
            "`{name}` holds exactly and the network is periodic in `{along}`, but its {what} is not: the trained solution always keeps that {kept}; remove `hard` or `periodic`"
        )
    });
    lines.collect()
}

/// Keys of a hard condition that only training reads.
fn without_effect(entry: &Entry) -> Vec<String> {
    let keys = [
        ("weight", entry.weight.is_some()),
        ("points", entry.points.is_some()),
    ];
    let idle = keys
        .iter()
        .filter(|(_, given)| entry.condition.hard && *given);
    idle.map(|(key, _)| {
        let name = &entry.condition.name;
        format!("`{key}` of `{name}` has no effect: the condition holds exactly")
    })
    .collect()
}

fn covers(condition: &Condition, face: Face, field: usize) -> bool {
    let outputs: Vec<_> = condition
        .residuals
        .equations()
        .iter()
        .map(|e| e.residual)
        .collect();
    let graph = condition.residuals.graph();
    let reads = graph
        .inputs(&outputs)
        .into_iter()
        .any(|e| matches!(graph.op(e), Op::Field { field: f, .. } if usize::from(f) == field));
    reads && on(condition, face)
}

/// True if a condition holds on a face, or a part of it.
fn on(condition: &Condition, face: Face) -> bool {
    // The surface of the domain's box is all of its faces across space.
    let own = condition.place.boundary == Boundary::Shape(0);
    own || condition.place.face() == Some(face) || condition.partner == Some(face)
}
