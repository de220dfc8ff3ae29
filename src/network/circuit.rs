//! Circuits for engines: lists of operations on jets, each of which reads earlier values.

use super::{InputMap, WeightForm};
use crate::activation::Activation;
use pinn_norm::layer::UnitStatistics;
use std::ops::Range;
use std::sync::Arc;

/// Network compiled to layers.
///
/// Node n yields value n. Node 0 is the mapped coordinates, which only linear layers read. Every operation
/// reads values with smaller numbers.
#[derive(Clone, PartialEq, Debug)]
pub struct Circuit {
    /// Maps of the coordinates.
    pub input_maps: Vec<InputMap>,
    /// Nodes in the order of evaluation.
    pub nodes: Vec<Node>,
    /// Last layers, which together give every field once, in order.
    pub heads: Vec<Head>,
    /// Length of the flat parameter vector.
    pub parameters: usize,
}

/// Number of a node, and of the value that it yields.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Value(pub usize);

impl Value {
    /// Value of the mapped coordinates.
    pub const COORDINATES: Value = Value(0);
}

/// Operation and the width of its value.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// Operation that yields the value.
    pub operation: Operation,
    /// Number of units of the value.
    pub width: usize,
}

/// Layer. Products are products of jets, element by element.
#[derive(Clone, PartialEq, Debug)]
pub enum Operation {
    /// Mapped coordinates themselves.
    Coordinates,
    /// Affine map W·a + b.
    Linear {
        /// Value a.
        input: Value,
        /// Weights and bias.
        layer: Linear,
    },
    /// Activation σ(z).
    Activation {
        /// Value z.
        input: Value,
        /// Function σ.
        activation: Activation,
    },
    /// Gate g⊙u + (1 − g)⊙v; all three have the same width.
    Gate {
        /// Value g.
        gate: Value,
        /// Value u.
        upper: Value,
        /// Value v.
        lower: Value,
    },
    /// Trained share α·f + (1 − α)·x; both have the same width.
    Blend {
        /// Value f.
        new: Value,
        /// Value x.
        old: Value,
        /// Index of the parameter α.
        share: usize,
    },
    /// Concatenation: the units of the first, then those of the second.
    Concatenate {
        /// First value.
        first: Value,
        /// Second value.
        second: Value,
    },
    /// Norm γ⊙(a − mean)/√(variance + ε) + β.
    Norm {
        /// Value a.
        input: Value,
        /// Statistics, ε, γ and β.
        norm: NormLayer,
    },
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

/// Norm with learnable gains and biases. Its statistics are of one point, or constant, and never of several
/// points.
#[derive(Clone, PartialEq, Debug)]
pub struct NormLayer {
    /// Source of mean and variance.
    pub statistics: Statistics,
    /// Number ε added to the variance.
    pub epsilon: f64,
    /// Indices of the parameters γ, one per unit.
    pub gain: Range<usize>,
    /// Initial value of γ.
    pub initial_gain: f64,
    /// Indices of the parameters β, one per unit, if there are any.
    pub bias: Option<Range<usize>>,
}

/// Source of the mean that a norm subtracts and of the variance that it divides by.
#[derive(Clone, PartialEq, Debug)]
pub enum Statistics {
    /// Statistics of each of `groups` equal ranges of units of a point.
    OfFeatures {
        /// Number of ranges.
        groups: usize,
        /// If false, the mean square takes the place of the variance, and no mean is subtracted.
        centred: bool,
    },
    /// Constant statistics of each unit.
    Frozen(Arc<UnitStatistics>),
}

/// Affine map.
#[derive(Clone, PartialEq, Debug)]
pub struct Linear {
    /// Number of inputs.
    pub inputs: usize,
    /// Number of outputs.
    pub outputs: usize,
    /// Matrix.
    pub weights: Weights,
    /// Bias, one number per output.
    pub bias: Bias,
    /// Distribution of the initial weights.
    pub start: Start,
    /// True if initial biases are drawn like the weights instead of being zero.
    pub biased: bool,
    /// Parametrization that [`Linear::weights`] came from, for their initial values.
    pub form: WeightForm,
}

/// Matrix of a linear layer, row-major (outputs × inputs).
#[derive(Clone, PartialEq, Debug)]
pub enum Weights {
    /// Constant numbers, never trained.
    Frozen(Arc<[f64]>),
    /// Parameters in this range.
    Plain(Range<usize>),
    /// Product diag(exp s)·V.
    Factorised {
        /// Indices of V.
        directions: Range<usize>,
        /// Indices of s, one per output.
        log_scales: Range<usize>,
    },
    /// Product diag(g/‖v‖)·V with the rows v of V.
    Normalised {
        /// Indices of V.
        directions: Range<usize>,
        /// Indices of g, one per output.
        lengths: Range<usize>,
    },
}

/// Bias of a linear layer, one number per output.
#[derive(Clone, PartialEq, Debug)]
pub enum Bias {
    /// No bias.
    None,
    /// Constant numbers, never trained.
    Frozen(Arc<[f64]>),
    /// Parameters in this range.
    Trained(Range<usize>),
}

/// Distribution of the initial weights; see [`Circuit::initialise`].
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum Start {
    /// Uniform within ±√(6/(inputs + outputs)).
    Glorot,
    /// Uniform within ±frequency/inputs, for the first layer of a sine network.
    FirstSine {
        /// Highest angular frequency ω₀.
        frequency: f64,
    },
    /// Uniform within ±√(6/inputs), for the other layers of a sine network.
    Sine,
    /// Zero.
    Zero,
    /// Random features of the box [−1, 1]ⁿ: weights uniform within ±steepness, and biases with which the hyperplane of every
    /// unit passes through a random point of the box.
    Features {
        /// Largest weight.
        steepness: f64,
    },
}

/// Last, linear layer, and the fields that it yields.
#[derive(Clone, PartialEq, Debug)]
pub struct Head {
    /// Value that the layer reads.
    pub input: Value,
    /// Weights and bias.
    pub layer: Linear,
    /// Numbers of the fields.
    pub fields: Range<usize>,
}

impl Circuit {
    /// Number of coordinates.
    pub fn inputs(&self) -> usize {
        self.input_maps.len()
    }

    /// Number of fields.
    pub fn outputs(&self) -> usize {
        self.heads.last().map_or(0, |head| head.fields.end)
    }

    /// Indices of the parameters that are outputs themselves: the last ones.
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

    /// Indices of the parameters that the fields are affine in: those of the output layer and the constants, which come last.
    /// `None` where parameters of other layers lie between them, or where their weights are products.
    pub fn output_layer(&self) -> Option<Range<usize>> {
        let heads = self.heads.iter().map(|head| &head.layer);
        let affine =
            |layer: &Linear| matches!(layer.weights, Weights::Plain(_) | Weights::Frozen(_));
        if !heads.clone().all(affine) {
            return None;
        }
        let start = heads.clone().map(Linear::first_parameter).min()?;
        let before = |node: &Node| match &node.operation {
            Operation::Linear { layer, .. } => {
                !layer.is_trained() || layer.first_parameter() < start
            }
            Operation::Blend { share, .. } => *share < start,
            Operation::Norm { norm, .. } => norm.gain.start < start,
            _ => true,
        };
        self.nodes
            .iter()
            .all(before)
            .then_some(start..self.parameters)
    }

    /// Returns for every value true if it depends on parameters.
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

    /// Iterates over all norms, in order, with the values that they read.
    pub fn norms(&self) -> impl Iterator<Item = (Value, &NormLayer)> {
        self.nodes.iter().filter_map(|node| match &node.operation {
            Operation::Norm { input, norm } => Some((*input, norm)),
            _ => None,
        })
    }

    /// Iterates over all linear layers in the order of their parameters.
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
    /// Returns true if the weights or the bias are trained.
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
    /// Lays out the parameters of a layer from `start`: the weights (or V), s if there is one, the biases.
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
