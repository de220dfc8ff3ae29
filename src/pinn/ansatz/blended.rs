//! The ansatz of values on any parts of the boundary: û = G(x̂) + ℓ(x̂)·ŵ with functions φᵢ in place of distances,
//! which are zero only on the part i ([`pinn_geometry::function`]).
//!
//! ℓ is the product of all φᵢ. G is the mean of the values gᵢ with the weights wᵢ ∝ ∏_{j≠i} φⱼ, which are 1 on the part i
//! and 0 on the others (Rvachev, Sheiko, Shapiro & Tsukanov, *Transfinite interpolation over implicitly defined sets*,
//! Comput. Aided Geom. Des. 18, 2001). Parts with equal values are combined, so that a value that all share needs no
//! weights. Where parts with different values meet, G takes the first of them, and has no derivatives.

use super::error::HardError;
use super::transfinite::{ROUNDING, from_face};
use super::value::Prescribed;
use crate::statement::Statement;
use pinn_expr::{Expr, Graph, Op, PointFunction};
use pinn_geometry::NoFunction;
use pinn_geometry::function::{conjunction, trimmed};
use pinn_geometry::place::{Boundary, Inequality, Place};
use pinn_geometry::sampling::{DimensionlessDomain, Sobol};
use std::collections::HashMap;

/// Lower bound that keeps sums of weights from being zero where parts meet: far below their rounding errors elsewhere,
/// and a normal number in single precision.
const TINY: f64 = 1e-30;
/// Number of points that determine the scales of functions.
const SAMPLES: usize = 256;

/// G and ℓ of one field.
pub(super) fn blended(
    graph: &mut Graph,
    statement: &Statement,
    domain: &DimensionlessDomain,
    own: &[&Prescribed],
) -> Result<(Expr, Expr), HardError> {
    // Different values, each with a function that is zero on all parts with that value.
    let mut groups: Vec<(Expr, Expr)> = Vec::new();
    for value in own {
        let vanishing = vanishing(graph, domain, &value.place);
        let vanishing = vanishing.map_err(|cause| HardError::NoFunction {
            condition: statement.conditions[value.condition].name.clone(),
            cause,
        })?;
        let prescribed = graph.import(&value.graph, value.value);
        let same = groups.iter_mut().find(|(known, _)| {
            let difference = graph.sub(*known, prescribed);
            let constant = graph.constant_value(difference);
            constant.is_some_and(|c| c.abs() <= ROUNDING)
        });
        match same {
            Some((_, product)) => *product = graph.mul(*product, vanishing),
            None => groups.push((prescribed, vanishing)),
        }
    }
    let one = graph.constant(1.0);
    let weights: Vec<Expr> = (0..groups.len())
        .map(|i| {
            let others = groups.iter().enumerate().filter(|(j, _)| *j != i);
            others.fold(one, |product, (_, (_, zero))| graph.mul(product, *zero))
        })
        .collect();
    let tiny = graph.constant(TINY);
    let sum = weights.iter().fold(tiny, |sum, w| graph.add(sum, *w));
    let first = groups[0].0;
    let mut mean = first;
    for ((value, _), weight) in groups.iter().zip(&weights).skip(1) {
        let difference = graph.sub(*value, first);
        let share = graph.div(*weight, sum);
        let added = graph.mul(difference, share);
        mean = graph.add(mean, added);
    }
    let product = groups
        .iter()
        .fold(one, |product, (_, zero)| graph.mul(product, *zero));
    Ok((mean, product))
}

/// Function that is zero on a place, and positive in the rest of the region, where it reaches about 1.
fn vanishing(
    graph: &mut Graph,
    domain: &DimensionlessDomain,
    place: &Place,
) -> Result<Expr, NoFunction> {
    let affine = domain.affines();
    let mut zero = match (place.boundary, domain.geometry()) {
        (Boundary::Face(face), _) => from_face(graph, domain, face),
        (Boundary::Shape(shape), Some(geometry)) => geometry.vanishing(graph, affine, shape)?,
        _ => unreachable!("values are prescribed on faces, and on shapes of the geometry"),
    };
    let inside = domain.interior::<f64>(&Sobol, 0, SAMPLES);
    let columns = (0..inside.coordinates()).map(|c| inside.column(0, c).to_vec());
    let columns: Vec<Vec<f64>> = columns.collect();
    let mut within = None;
    for inequality in &place.within {
        let one = dimensionless(graph, domain, inequality);
        let one = scaled(graph, one, &columns);
        within = Some(match within {
            None => one,
            Some(within) => conjunction(graph, within, one),
        });
    }
    if let Some(within) = within {
        zero = trimmed(graph, zero, within);
    }
    Ok(scaled(graph, zero, &columns))
}

/// Difference that an inequality compares with zero, over dimensionless coordinates.
fn dimensionless(graph: &mut Graph, domain: &DimensionlessDomain, of: &Inequality) -> Expr {
    let e = graph.import(&of.graph, of.positive);
    let mut leaf = |graph: &mut Graph, op| match op {
        Op::Coordinate { coordinate, .. } => {
            let affine = domain.affines()[usize::from(coordinate)];
            let x = graph.coordinate(coordinate);
            let (scale, reference) = (affine.scale, affine.reference);
            let (scale, reference) = (graph.constant(scale), graph.constant(reference));
            let scaled = graph.mul(scale, x);
            Some(graph.add(scaled, reference))
        }
        _ => None,
    };
    graph.substitute(e, &mut leaf, &mut HashMap::new())
}

/// Divides an expression by its largest absolute value at points.
fn scaled(graph: &mut Graph, e: Expr, points: &[Vec<f64>]) -> Expr {
    let function = PointFunction::new(graph, &[e], &[]);
    let values = function.map(|f| f.evaluate(points).remove(0));
    let sizes = values.iter().flatten().map(|v| v.abs());
    let largest = sizes.filter(|v| v.is_finite()).fold(0.0, f64::max);
    match largest > 0.0 {
        true => {
            let scale = graph.constant(1.0 / largest);
            graph.mul(scale, e)
        }
        false => e,
    }
}
