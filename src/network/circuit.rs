//! Layers as engines see them: a list of operations on jets, each reading values before it.

use super::{InputMap, WeightForm};
use crate::activation::Activation;
use pinn_norm::layer::UnitStatistics;
use std::ops::Range;
use std::sync::Arc;

/// A network compiled to layers. Node n yields value n; node 0 is the mapped coordinates, which only
/// linear layers read. Every operation reads values with smaller numbers.
#[derive(Clone, PartialEq, Debug)]
pub struct Circuit {
    pub input_maps: Vec<InputMap>,
    pub nodes: Vec<Node>,
    /// Together they give every field once, in order.
    pub heads: Vec<Head>,
    /// Length of the flat parameter vector.
    pub parameters: usize,
}

/// Number of a node, and of the value that it yields.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Value(pub usize);

impl Value {
    /// The mapped coordinates.
    pub const COORDINATES: Value = Value(0);
}

#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    pub operation: Operation,
    /// Units of the value.
    pub width: usize,
}

/// One layer. Products are of jets, element by element.
#[derive(Clone, PartialEq, Debug)]
pub enum Operation {
    /// The mapped coordinates themselves.
    Coordinates,
    /// W·a + b
    Linear { input: Value, layer: Linear },
    /// σ(z)
    Activation {
        input: Value,
        activation: Activation,
    },
    /// g⊙u + (1 − g)⊙v; all of one width.
    Gate {
        gate: Value,
        upper: Value,
        lower: Value,
    },
    /// α·f + (1 − α)·x with the parameter α at `share`; both of one width.
    Blend {
        new: Value,
        old: Value,
        share: usize,
    },
    /// The units of the first, then those of the second.
    Concatenate { first: Value, second: Value },
    /// γ⊙(a − mean)/√(variance + ε) + β
    Norm { input: Value, norm: NormLayer },
}

impl Operation {
    /// Values that are read, in order.
    pub fn inputs(&self) -> impl Iterator<Item = Value> {
        let inputs = match *self {
            Operation::Coordinates => [None, None, None],
            Operation::Linear { input, .. }
            | Operation::Activation { input, .. }
            | Operation::Norm { input, .. } => [Some(input), None, None],
            Operation::Gate { gate, upper, lower } => [Some(gate), Some(upper), Some(lower)],
            Operation::Blend { new, old, .. } => [Some(new), Some(old), None],
            Operation::Concatenate { first, second } => [Some(first), Some(second), None],
        };
        inputs.into_iter().flatten()
    }
}

/// A norm with learnable gains and biases. Statistics are of one point, or constant: never of several points.
#[derive(Clone, PartialEq, Debug)]
pub struct NormLayer {
    pub statistics: Statistics,
    /// Added to the variance.
    pub epsilon: f64,
    /// Parameters γ, one per unit.
    pub gain: Range<usize>,
    /// Their initial value.
    pub initial_gain: f64,
    /// Parameters β, one per unit.
    pub bias: Option<Range<usize>>,
}

/// What a norm subtracts and divides by.
#[derive(Clone, PartialEq, Debug)]
pub enum Statistics {
    /// Mean and variance over each of `groups` equal ranges of units; `centred` = false: the mean square, and no
    /// mean.
    OfFeatures { groups: usize, centred: bool },
    /// Constants of each unit.
    Frozen(Arc<UnitStatistics>),
}

/// An affine map.
#[derive(Clone, PartialEq, Debug)]
pub struct Linear {
    pub inputs: usize,
    pub outputs: usize,
    pub weights: Weights,
    pub bias: Bias,
    pub start: Start,
    /// Initial biases are drawn like the weights instead of being zero.
    pub biased: bool,
    /// What [`Linear::weights`] came from, for their initial values.
    pub form: WeightForm,
}

/// The matrix of a linear layer, row-major (outputs × inputs).
#[derive(Clone, PartialEq, Debug)]
pub enum Weights {
    /// Never trained.
    Frozen(Arc<[f64]>),
    /// The parameters in this range.
    Plain(Range<usize>),
    /// diag(exp s)·V: V in `directions`, s (one per output) in `log_scales`.
    Factorised {
        directions: Range<usize>,
        log_scales: Range<usize>,
    },
    /// diag(g/‖v‖)·V with the rows v of V: V in `directions`, g (one per output) in `lengths`.
    Normalised {
        directions: Range<usize>,
        lengths: Range<usize>,
    },
}

/// One number per output.
#[derive(Clone, PartialEq, Debug)]
pub enum Bias {
    None,
    /// Never trained.
    Frozen(Arc<[f64]>),
    /// The parameters in this range.
    Trained(Range<usize>),
}

/// Distribution of the initial weights; see [`Circuit::initialise`].
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum Start {
    /// Uniform within ±√(6/(inputs + outputs)).
    Glorot,
    /// Uniform within ±frequency/inputs: the first layer of a sine network.
    FirstSine { frequency: f64 },
    /// Uniform within ±√(6/inputs): its other layers.
    Sine,
}

/// A last, linear layer, and the fields that it yields.
#[derive(Clone, PartialEq, Debug)]
pub struct Head {
    pub input: Value,
    pub layer: Linear,
    pub fields: Range<usize>,
}

impl Circuit {
    pub fn inputs(&self) -> usize {
        self.input_maps.len()
    }

    /// Number of fields.
    pub fn outputs(&self) -> usize {
        self.heads.last().map_or(0, |head| head.fields.end)
    }

    /// Where the parameters lie that are outputs themselves: the last ones.
    pub fn constants(&self) -> Range<usize> {
        match self
            .heads
            .last()
            .map(|head| (&head.layer.weights, &head.layer.bias))
        {
            Some((Weights::Frozen(_), Bias::Trained(range))) => range.clone(),
            _ => self.parameters..self.parameters,
        }
    }

    /// For every value: whether it depends on parameters.
    pub fn trained(&self) -> Vec<bool> {
        let mut trained: Vec<bool> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let own = match &node.operation {
                Operation::Linear { layer, .. } => layer.is_trained(),
                Operation::Blend { .. } | Operation::Norm { .. } => true,
                _ => false,
            };
            trained.push(own || node.operation.inputs().any(|v| trained[v.0]));
        }
        trained
    }

    /// All norms, in order, and the values that they read.
    pub fn norms(&self) -> impl Iterator<Item = (Value, &NormLayer)> {
        self.nodes.iter().filter_map(|node| match &node.operation {
            Operation::Norm { input, norm } => Some((*input, norm)),
            _ => None,
        })
    }

    /// All linear layers in the order of their parameters.
    pub fn linear_layers(&self) -> impl Iterator<Item = &Linear> {
        let mut layers: Vec<&Linear> = self
            .nodes
            .iter()
            .filter_map(|node| match &node.operation {
                Operation::Linear { layer, .. } => Some(layer),
                _ => None,
            })
            .chain(self.heads.iter().map(|head| &head.layer))
            .collect();
        layers.sort_by_key(|layer| layer.first_parameter());
        layers.into_iter()
    }
}

impl Linear {
    pub fn is_trained(&self) -> bool {
        !matches!(self.weights, Weights::Frozen(_)) || matches!(self.bias, Bias::Trained(_))
    }

    fn first_parameter(&self) -> usize {
        match (&self.weights, &self.bias) {
            (Weights::Plain(range), _)
            | (
                Weights::Factorised {
                    directions: range, ..
                }
                | Weights::Normalised {
                    directions: range, ..
                },
                _,
            ) => range.start,
            (Weights::Frozen(_), Bias::Trained(range)) => range.start,
            (Weights::Frozen(_), _) => 0,
        }
    }
}

impl WeightForm {
    /// Parameters of a layer, laid out from `start` on: the weights (or V), s if there is one, the biases.
    pub(super) fn place(self, inputs: usize, outputs: usize, start: usize) -> (Weights, Bias) {
        let matrix = start..start + inputs * outputs;
        let (weights, end) = match self {
            WeightForm::Plain => (Weights::Plain(matrix.clone()), matrix.end),
            WeightForm::Factorised { .. } => {
                let log_scales = matrix.end..matrix.end + outputs;
                let end = log_scales.end;
                let weights = Weights::Factorised {
                    directions: matrix,
                    log_scales,
                };
                (weights, end)
            }
            WeightForm::Normalised => {
                let lengths = matrix.end..matrix.end + outputs;
                let end = lengths.end;
                let weights = Weights::Normalised {
                    directions: matrix,
                    lengths,
                };
                (weights, end)
            }
        };
        (weights, Bias::Trained(end..end + outputs))
    }
}
