//! Structure of the parameter vector, for optimisers.

use super::{Circuit, Linear, Operation, Statistics, Weights};
use std::ops::Range;

/// Flat parameter vector and its parts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Layout {
    /// Number of parameters.
    pub parameters: usize,
    /// Weights of all layers.
    pub matrices: Vec<Matrix>,
    /// Layers whose scale a norm cancels.
    pub normed: Vec<NormedLayer>,
    /// Indices of the parameters in which the fields are affine; see [`Circuit::output_layer`].
    pub output_layer: Option<Range<usize>>,
    /// Number of threads for linear algebra; 0 stands for one per core. It never changes results.
    pub threads: usize,
}

/// Parameters that form a row-major matrix.
#[derive(Clone, PartialEq, Debug)]
pub struct Matrix {
    /// Indices of the parameters.
    pub place: Range<usize>,
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
}

/// Layer with plain weights whose result only a norm with statistics of its own reads, and the norm's gains.
#[derive(Clone, PartialEq, Debug)]
pub struct NormedLayer {
    /// Weights of the layer.
    pub weights: Matrix,
    /// Indices of the gains.
    pub gain: Range<usize>,
}

impl Matrix {
    /// Weights of a layer, or their directions.
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
    /// Layout of a circuit, with the weights of all layers as matrices.
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
            output_layer: circuit.output_layer(),
            threads,
        }
    }
}
