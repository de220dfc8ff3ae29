//! What an optimiser knows of its parameters.

use crate::pinn::network::{Circuit, Weights};
use std::ops::Range;

/// The flat parameter vector and its parts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Layout {
    pub parameters: usize,
    pub matrices: Vec<Matrix>,
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

impl Layout {
    /// The weights of all layers as matrices.
    pub fn of(circuit: &Circuit, threads: usize) -> Self {
        let matrices = circuit.linear_layers().filter_map(|layer| {
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
        });
        Layout {
            parameters: circuit.parameters,
            matrices: matrices.collect(),
            threads,
        }
    }
}
