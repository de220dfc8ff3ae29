//! Values of fields on parts of the boundary, as hard conditions prescribe them.

use super::error::{HardError, Place};
use super::verify::{face_points, points_on};
use crate::statement::{Condition, Statement};
use pinn_expr::{Expr, Graph, MAX_COORDINATES, Op, PointFunction};
use pinn_geometry::domain::{Face, Side};
use pinn_geometry::place::Place as BoundaryPart;
use pinn_geometry::sampling::DimensionlessDomain;
use pinn_units::{Ansatz, Dimensional, RawEquation};
use std::collections::HashMap;

/// Dimensionless difference up to which two values count as equal.
const TOLERANCE: f64 = 1e-9;

/// Value of a field on a part of the boundary.
pub(super) struct Prescribed {
    /// Number of the condition that prescribes it.
    pub condition: usize,
    pub field: u16,
    pub place: BoundaryPart,
    /// Dimensionless expression over the coordinates, on a face over those along it, with its graph.
    pub graph: Graph,
    pub value: Expr,
}

/// Dimensionless position of a face.
pub(super) fn position(domain: &DimensionlessDomain, face: Face) -> f64 {
    let interval = domain.intervals()[face.coordinate];
    match face.side {
        Side::Lower => interval.lower,
        Side::Upper => interval.upper,
    }
}

/// Expression in which a number replaces the coordinate that a face fixes.
pub(super) fn on_face(
    graph: &mut Graph,
    e: Expr,
    domain: &DimensionlessDomain,
    face: Face,
) -> Expr {
    let position = position(domain, face);
    let mut leaf = |graph: &mut Graph, op| match op {
        Op::Coordinate { coordinate, .. } if usize::from(coordinate) == face.coordinate => {
            Some(graph.constant(position))
        }
        _ => None,
    };
    graph.substitute(e, &mut leaf, &mut HashMap::new())
}

/// Values of all hard conditions, in order. The unknowns of the statement are its last fields.
pub(super) fn values(
    statement: &Statement,
    domain: &DimensionlessDomain,
) -> Result<Vec<Prescribed>, HardError> {
    let mut values: Vec<Prescribed> = Vec::new();
    let fields = statement.declared.fields.len() - statement.unknowns.len();
    let hard = statement
        .conditions
        .iter()
        .enumerate()
        .filter(|(_, c)| c.hard);
    for (number, condition) in hard {
        for equation in condition.residuals.equations() {
            let (field, value, graph) =
                prescribed(condition, equation, fields).ok_or_else(|| HardError::NotAValue {
                    condition: condition.name.clone(),
                    residual: shown(condition, equation),
                })?;
            let place = &condition.place;
            let same = values
                .iter()
                .find(|v| v.field == field && v.place.is(place));
            if let Some(same) = same {
                return Err(HardError::SamePlace {
                    first: statement.conditions[same.condition].name.clone(),
                    second: condition.name.clone(),
                    field: statement.declared.fields[usize::from(field)].name.clone(),
                });
            }
            let declared = statement.declared.clone();
            // A residual that equates a field with its value is brought into dimensionless form like any other.
            let ansatz =
                Ansatz::<_, Dimensional>::from_parts(declared, graph, vec![(field, value)]);
            let ansatz = ansatz.nondimensionalize(&statement.scales)?;
            let mut graph = ansatz.graph().clone();
            let value = ansatz.field(usize::from(field)).unwrap_or(value);
            let value = match place.face() {
                Some(face) => on_face(&mut graph, value, domain, face),
                None => value,
            };
            values.push(Prescribed {
                condition: number,
                field,
                place: place.clone(),
                graph,
                value,
            });
        }
    }
    Ok(values)
}

fn shown(condition: &Condition, equation: &RawEquation) -> String {
    let names = condition.residuals.declared().names();
    condition.residuals.graph().show(equation.residual, &names)
}

/// Field, value and its graph of a residual field − value (or value − field). Fields from number `fields` on are
/// unknown parameters, which values may read.
fn prescribed(
    condition: &Condition,
    equation: &RawEquation,
    fields: usize,
) -> Option<(u16, Expr, Graph)> {
    if condition.partner.is_some() {
        return None;
    }
    let mut graph = condition.residuals.graph().clone();
    let residual = equation.residual;
    let inputs = graph.inputs(&[residual]).into_iter();
    let own =
        |e: &Expr| matches!(graph.op(*e), Op::Field { field, .. } if usize::from(field) < fields);
    let mut fields = inputs.filter(own);
    let (node, None) = (fields.next()?, fields.next()) else {
        return None;
    };
    let Op::Field {
        field,
        site: 0,
        order,
    } = graph.op(node)
    else {
        return None;
    };
    if order != [0; MAX_COORDINATES] {
        return None;
    }
    let slope = graph.adjoint(&[residual], &[node])[0];
    let sign = match graph.op(slope) {
        Op::Seed(_) => 1.0,
        Op::Neg(seed) if matches!(graph.op(seed), Op::Seed(_)) => -1.0,
        _ => return None,
    };
    let zero = graph.constant(0.0);
    let mut memo = HashMap::from([(node, zero)]);
    let rest = graph.substitute(residual, &mut |_, _| None, &mut memo);
    let value = if sign > 0.0 { graph.neg(rest) } else { rest };
    Some((field, value, graph))
}

/// Checks that values of one field agree where their places meet, if one of the places is a face across the other.
pub(super) fn agree(
    statement: &Statement,
    domain: &DimensionlessDomain,
    values: &[Prescribed],
) -> Result<(), HardError> {
    for (number, second) in values.iter().enumerate() {
        let same = |first: &&Prescribed| first.field == second.field;
        for first in values[..number].iter().filter(same) {
            let Some(points) = meeting(domain, &first.place, &second.place) else {
                continue;
            };
            let a = along(&first.graph, first.value, &points);
            let b = along(&second.graph, second.value, &points);
            let size = |row: usize| {
                let difference: f64 = a[row] - b[row];
                // NaN agrees with nothing.
                if difference.is_nan() {
                    f64::INFINITY
                } else {
                    difference.abs()
                }
            };
            let Some(row) = (0..a.len()).max_by(|i, j| size(*i).total_cmp(&size(*j))) else {
                continue;
            };
            if size(row) > TOLERANCE {
                let field = usize::from(second.field);
                let info = &statement.declared.fields[field];
                let affine = statement.scales.fields[field];
                let coordinates = points.iter().map(|column| column[row]);
                return Err(HardError::Disagree {
                    first: statement.conditions[first.condition].name.clone(),
                    second: statement.conditions[second.condition].name.clone(),
                    field: info.name.clone(),
                    at: Place::new(statement, coordinates),
                    values: (affine.to_si(a[row]), affine.to_si(b[row])),
                    dimensions: info.dimensions,
                });
            }
        }
    }
    Ok(())
}

/// Common points of two places if one is a whole face and the other crosses it: another whole face, or the surface of a
/// shape that extends along the face's coordinate.
fn meeting(
    domain: &DimensionlessDomain,
    one: &BoundaryPart,
    other: &BoundaryPart,
) -> Option<Vec<Vec<f64>>> {
    let (face, other) = match (one.whole_face(), other.whole_face()) {
        (Some(one), Some(other)) => {
            let across = one.coordinate != other.coordinate;
            return across.then(|| face_points(domain, &[one, other]));
        }
        (Some(face), None) => (face, other),
        (None, Some(face)) => (face, one),
        (None, None) => return None,
    };
    let shape = domain.geometry()?.shapes().get(other.boundary.shape()?)?;
    if shape.axes.contains(&face.coordinate) {
        return None;
    }
    let mut points = points_on(domain, other);
    points[face.coordinate].fill(position(domain, face));
    Some(points)
}

/// Values at points, one column per coordinate, for several unrelated values of the unknowns.
pub(super) fn along(graph: &Graph, value: Expr, points: &[Vec<f64>]) -> Vec<f64> {
    let mut graph = graph.clone();
    let mut leaf = |graph: &mut Graph, op| match op {
        Op::Field { field, .. } => Some(graph.constant(f64::from(field + 2).sqrt())),
        _ => None,
    };
    let value = graph.substitute(value, &mut leaf, &mut HashMap::new());
    let function = PointFunction::new(&graph, &[value], &[]);
    let function =
        function.unwrap_or_else(|| unreachable!("a dimensionless value reads coordinates alone"));
    function.evaluate(points).remove(0)
}
