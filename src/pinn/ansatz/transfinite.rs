//! The ansatz of a box whose faces carry values: û = G(x̂) + ℓ(x̂)·ŵ.
//!
//! G is the Boolean sum of the faces' values (Gordon & Hall, *Transfinite element methods: blending-function
//! interpolation over arbitrary curved element domains*, Numer. Math. 21, 1973): beginning with G = 0, each face i
//! with the value gᵢ adds wᵢ·(gᵢ − G|ᵢ), where wᵢ is 1 on the face and falls to 0 on the opposite one, or is 1
//! everywhere if that has no value. What a face adds vanishes on all faces before it, since values agree where
//! faces meet. ℓ is the product of the distances to all these faces, so scaled that it reaches 1.

use super::NondimensionalAnsatz;
use super::value::{FaceValue, on_face, position};
use crate::expr::{Expr, Graph};
use crate::pinn::domain::{Face, Side};
use crate::pinn::sampling::DimensionlessDomain;
use crate::pinn::statement::Statement;
use crate::units::{Ansatz, Nondimensional};

/// Dimensionless differences up to this are rounding: sin π is not zero in floating point.
const ROUNDING: f64 = 1e-14;

/// Values agree where faces meet, and no face has two.
pub(super) fn interpolate(
    statement: &Statement,
    domain: &DimensionlessDomain,
    values: Vec<FaceValue>,
) -> NondimensionalAnsatz {
    let mut graph = Graph::new();
    let mut fields = Vec::new();
    for field in 0..statement.declared.fields.len() as u16 {
        let own: Vec<&FaceValue> = values.iter().filter(|v| v.field == field).collect();
        if own.is_empty() {
            continue;
        }
        let faces: Vec<Face> = own.iter().map(|v| v.face).collect();
        let mut sum = graph.constant(0.0);
        for value in own {
            let prescribed = graph.import(&value.graph, value.value);
            let there = on_face(&mut graph, sum, domain, value.face);
            let mut missing = graph.sub(prescribed, there);
            if graph
                .constant_value(missing)
                .is_some_and(|c| c.abs() <= ROUNDING)
            {
                missing = graph.constant(0.0);
            }
            let weight = weight(&mut graph, domain, &faces, value.face);
            let added = graph.mul(weight, missing);
            sum = graph.add(sum, added);
        }
        let mut distances = graph.constant(1.0);
        for coordinate in 0..domain.intervals().len() {
            let distance = distance(&mut graph, domain, &faces, coordinate);
            distances = graph.mul(distances, distance);
        }
        let output = graph.field(field);
        let free = graph.mul(distances, output);
        fields.push((field, graph.add(sum, free)));
    }
    Ansatz::<_, Nondimensional>::from_parts(statement.declared.clone(), graph, fields)
}

/// Distance from a face in lengths of the domain.
fn from_face(graph: &mut Graph, domain: &DimensionlessDomain, face: Face) -> Expr {
    let interval = domain.intervals()[face.coordinate];
    let x = graph.coordinate(face.coordinate as u8);
    let origin = graph.constant(position(domain, face));
    let distance = match face.side {
        Side::Lower => graph.sub(x, origin),
        Side::Upper => graph.sub(origin, x),
    };
    let length = graph.constant(interval.length());
    graph.div(distance, length)
}

/// wᵢ
fn weight(graph: &mut Graph, domain: &DimensionlessDomain, faces: &[Face], face: Face) -> Expr {
    let opposite = face.opposite();
    match faces.contains(&opposite) {
        true => from_face(graph, domain, opposite),
        false => graph.constant(1.0),
    }
}

/// Factor of ℓ: 1 where no face is fixed, x or 1 − x for one face, 4x(1 − x) for both.
fn distance(
    graph: &mut Graph,
    domain: &DimensionlessDomain,
    faces: &[Face],
    coordinate: usize,
) -> Expr {
    let fixed = faces.iter().filter(|face| face.coordinate == coordinate);
    let mut product = graph.constant(1.0);
    let mut number = 0;
    for face in fixed {
        let distance = from_face(graph, domain, *face);
        product = graph.mul(product, distance);
        number += 1;
    }
    let scale = graph.constant(if number == 2 { 4.0 } else { 1.0 });
    graph.mul(scale, product)
}
