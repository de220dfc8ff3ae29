//! Layers on the streams of a jet, one file per kind.

mod activation;
mod blend;
mod concatenate;
mod gate;
mod linear;
mod norm;
mod tower;

use super::jet::Jet;
use super::recorder::{Column, Recorder};
use crate::EngineError;
use blend::Share;
use dfdx::prelude::*;
use linear::Affine;
use norm::Scales;
use pinn_expr::Real;
use pinn_geometry::points::Points;
use pinn_network::jets::JetPlan;
use pinn_network::{Circuit, Operation, Value};
use std::ops::Range;

/// Parameters of one node.
enum Own<T: Dtype, D: Device<T>> {
    Nothing,
    Affine(Affine<T, D>),
    Share(Share<T, D>),
    Scales(Scales<T, D>),
}

/// Parameters, split by node and by head. They must be split once per tape: the gradient of dfdx's `slice` (0.13.0)
/// overwrites that of another slice of the same numbers.
pub(super) struct Parameters<T: Dtype, D: Device<T>> {
    nodes: Vec<Own<T, D>>,
    heads: Vec<Affine<T, D>>,
}

impl<T: Real + Dtype, D: Device<T>> Parameters<T, D> {
    pub(super) fn cut<P: Tape<T, D>>(
        recorder: &mut Recorder<P>,
        circuit: &Circuit,
        flat: &Column<T, D>,
    ) -> Result<Self, EngineError> {
        let nodes = circuit.nodes.iter();
        let nodes = nodes.map(|node| {
            Ok(match &node.operation {
                Operation::Linear { layer, .. } => Own::Affine(Affine::cut(recorder, layer, flat)?),
                Operation::Blend { share, .. } => Own::Share(Share::cut(recorder, *share, flat)?),
                Operation::Norm { norm, .. } => Own::Scales(Scales::cut(recorder, norm, flat)?),
                _ => Own::Nothing,
            })
        });
        let nodes = nodes.collect::<Result<_, EngineError>>()?;
        let heads = circuit.heads.iter();
        let heads = heads.map(|head| Affine::cut(recorder, &head.layer, flat));
        let heads = heads.collect::<Result<_, _>>()?;
        Ok(Parameters { nodes, heads })
    }
}

/// Jets of the fields.
pub(super) struct Fields<T: Dtype, D: Device<T>> {
    /// Fields of each head, in order.
    heads: Vec<(Range<usize>, Jet<T, D>)>,
}

impl<T: Real + Dtype, D: Device<T>> Fields<T, D> {
    /// Evaluates the network at one site of `points`.
    pub(super) fn of<P: Tape<T, D>>(
        recorder: &mut Recorder<P>,
        device: &D,
        circuit: &Circuit,
        plan: &JetPlan,
        parameters: &Parameters<T, D>,
        points: &Points<T>,
        site: usize,
    ) -> Result<Self, EngineError> {
        let mut values: Vec<Jet<T, D>> = Vec::with_capacity(circuit.nodes.len());
        for (node, own) in circuit.nodes.iter().zip(&parameters.nodes) {
            let at = |value: Value| &values[value.0];
            let value = match (&node.operation, own) {
                (Operation::Linear { input, .. }, Own::Affine(affine)) => {
                    affine.apply(recorder, at(*input))?
                }
                (Operation::Blend { new, old, .. }, Own::Share(share)) => {
                    share.apply(recorder, at(*new), at(*old))?
                }
                (Operation::Norm { input, norm }, Own::Scales(scales)) => {
                    scales.apply(recorder, plan, norm, at(*input))?
                }
                (Operation::Activation { input, activation }, _) => {
                    activation::apply(recorder, plan, *activation, at(*input))?
                }
                (Operation::Gate { gate, upper, lower }, _) => {
                    gate::apply(recorder, plan, at(*gate), at(*upper), at(*lower))?
                }
                (Operation::Concatenate { first, second }, _) => {
                    concatenate::apply(recorder, at(*first), at(*second))?
                }
                (Operation::Coordinates, _) => {
                    Jet::of_coordinates(device, &circuit.input_maps, plan, points, site)?
                }
                (
                    Operation::Linear { .. } | Operation::Blend { .. } | Operation::Norm { .. },
                    _,
                ) => {
                    unreachable!("parameters are cut from the same circuit")
                }
            };
            values.push(value);
        }
        let heads = circuit.heads.iter().zip(&parameters.heads);
        let heads = heads.map(|(head, affine)| {
            let jet = affine.apply(recorder, &values[head.input.0])?;
            Ok((head.fields.clone(), jet))
        });
        let heads = heads.collect::<Result<_, EngineError>>()?;
        Ok(Fields { heads })
    }

    /// One stream of one field times a coefficient, as a column; `None` if the stream is zero.
    pub(super) fn column<P: Tape<T, D>>(
        &self,
        recorder: &mut Recorder<P>,
        stream: usize,
        field: usize,
        coefficient: T,
    ) -> Result<Option<Column<T, D>>, EngineError> {
        match self
            .heads
            .iter()
            .find(|(fields, _)| fields.contains(&field))
        {
            Some((fields, jet)) => jet.column(recorder, stream, field - fields.start, coefficient),
            None => Ok(None),
        }
    }

    /// Values of all fields: entry `field · rows + row`.
    pub(super) fn values(&self) -> Vec<T> {
        let heads = self.heads.iter();
        heads.flat_map(|(_, jet)| jet.values()).collect()
    }
}
