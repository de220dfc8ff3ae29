//! What an optimiser knows of its parameters.

use super::{Circuit, Linear, Operation, Statistics, Weights};
use std::ops::Range;

/// The flat parameter vector and its parts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Layout {
    pub parameters: usize,
    pub matrices: Vec<Matrix>,
    /// Layers whose size a norm takes away.
    pub normed: Vec<NormedLayer>,
    /// Threads for linear algebra; 0: as many as the machine has cores. Never changes results.
    pub threads: usize,
}

/// Parameters that form a matrix, row-major.
#[derive(Clone, PartialEq, Debug)]
pub struct Matrix {
    pub place: Range<usize>,
    pub rows: usize,
    pub columns: usize,
}

/// A layer with plain weights whose result only a norm with statistics of its own reads, and the norm's gains.
#[derive(Clone, PartialEq, Debug)]
pub struct NormedLayer {
    pub weights: Matrix,
    pub gain: Range<usize>,
}

impl Matrix {
    /// The weights of a layer, or what they are directions of.
    fn of(layer: &Linear) -> Option<Self> {
        let place = match &layer.weights {
            Weights::Frozen(_) => return None,
            Weights::Plain(place) => place,
            Weights::Factorised { directions, .. } | Weights::Normalised { directions, .. } => {
                directions
            }
        };
        Some(Matrix {
            place: place.clone(),
            rows: layer.outputs,
            columns: layer.inputs,
        })
    }
}

impl Layout {
    /// The weights of all layers as matrices.
    pub fn of(circuit: &Circuit, threads: usize) -> Self {
        let matrices = circuit.linear_layers().filter_map(Matrix::of);
        let reads = |value| {
            let nodes = circuit
                .nodes
                .iter()
                .flat_map(|node| node.operation.inputs());
            let heads = circuit.heads.iter().map(|head| head.input);
            nodes.chain(heads).filter(|read| *read == value).count()
        };
        let normed = circuit.norms().filter_map(|(input, norm)| {
            let Operation::Linear { layer, .. } = &circuit.nodes[input.0].operation else {
                return None;
            };
            let plain = matches!(layer.weights, Weights::Plain(_));
            let own = matches!(norm.statistics, Statistics::OfFeatures { .. });
            if !plain || !own || reads(input) > 1 {
                return None;
            }
            let weights = Matrix::of(layer)?;
            let gain = norm.gain.clone();
            Some(NormedLayer { weights, gain })
        });
        Layout {
            parameters: circuit.parameters,
            matrices: matrices.collect(),
            normed: normed.collect(),
            threads,
        }
    }
}
