//! Layout of the device's memory: the matrices of linear layers, their gradients, and constants.

use pinn_network::{Bias, Circuit, Linear, NormLayer, Operation, Statistics, Value, Weights};

/// Alignment of the rows of matrices: vectors of four numbers.
pub fn padded(n: usize) -> usize {
    n.next_multiple_of(4)
}

/// Node of the circuit or head, with the values that it reads.
#[derive(Clone, Debug)]
pub struct Node {
    pub operation: Operation,
    pub width: usize,
    pub trained: bool,
}

/// Matrix of a linear layer, for every form of its parameters.
#[derive(Clone, Debug)]
pub struct Matrix {
    pub layer: Linear,
    /// Inputs × padded outputs.
    pub transposed: usize,
    /// Outputs × padded inputs.
    pub plain: usize,
    /// Padded outputs.
    pub bias: usize,
    /// Gradients by the plain matrix and by the bias, if it is trained.
    pub weight_gradient: Option<usize>,
    pub bias_gradient: Option<usize>,
    /// Place among the constants, if it is frozen.
    pub frozen_weights: Option<usize>,
    pub frozen_bias: Option<usize>,
}

/// Gains and biases of a norm, which are read from the parameters.
#[derive(Clone, Debug)]
pub struct Scales {
    pub gain_gradient: usize,
    pub bias_gradient: Option<usize>,
    /// Slopes, then shifts, among the constants, if the norm is frozen.
    pub frozen: Option<usize>,
}

/// Parameters of a node.
#[derive(Clone, Debug)]
pub enum Own {
    Nothing,
    Matrix(Matrix),
    Scales(Scales),
    /// Gradient by the share of a blend.
    Share {
        gradient: usize,
    },
}

#[derive(Clone, Debug)]
pub struct Layout {
    /// Nodes of the circuit, then its heads.
    pub nodes: Vec<Node>,
    pub own: Vec<Own>,
    /// Number of the first head among the nodes.
    pub first_head: usize,
    pub parameters: usize,
    /// Number of entries of the matrices, and of a gradient in their shapes.
    pub matrices: usize,
    pub gradient: usize,
    pub constants: Vec<f64>,
}

impl Layout {
    pub fn new(circuit: &Circuit) -> Self {
        let trained = circuit.trained();
        let nodes = circuit.nodes.iter().zip(&trained);
        let mut nodes: Vec<Node> = nodes
            .map(|(node, trained)| Node {
                operation: node.operation.clone(),
                width: node.width,
                trained: *trained,
            })
            .collect();
        let first_head = nodes.len();
        for head in &circuit.heads {
            nodes.push(Node {
                operation: Operation::Linear {
                    input: head.input,
                    layer: head.layer.clone(),
                },
                width: head.layer.outputs,
                trained: head.layer.is_trained() || trained[head.input.0],
            });
        }
        let mut layout = Layout {
            nodes: Vec::new(),
            own: Vec::new(),
            first_head,
            parameters: circuit.parameters,
            matrices: 0,
            gradient: 0,
            constants: Vec::new(),
        };
        for node in &nodes {
            let own = match &node.operation {
                Operation::Linear { layer, .. } => Own::Matrix(layout.matrix(layer)),
                Operation::Norm { norm, .. } => Own::Scales(layout.scales(norm, node.width)),
                Operation::Blend { .. } => Own::Share {
                    gradient: take(&mut layout.gradient, 4),
                },
                _ => Own::Nothing,
            };
            layout.own.push(own);
        }
        layout.nodes = nodes;
        layout
    }

    fn matrix(&mut self, layer: &Linear) -> Matrix {
        let (outputs, inputs) = (layer.outputs, layer.inputs);
        let (transposed, plain) = (inputs * padded(outputs), outputs * padded(inputs));
        let frozen_weights = match &layer.weights {
            Weights::Frozen(weights) => Some(self.constant(weights)),
            _ => None,
        };
        let (frozen_bias, trained_bias) = match &layer.bias {
            Bias::None => (None, false),
            Bias::Frozen(bias) => (Some(self.constant(bias)), false),
            Bias::Trained(_) => (None, true),
        };
        Matrix {
            layer: layer.clone(),
            transposed: take(&mut self.matrices, transposed),
            plain: take(&mut self.matrices, plain),
            bias: take(&mut self.matrices, outputs),
            weight_gradient: frozen_weights
                .is_none()
                .then(|| take(&mut self.gradient, plain)),
            bias_gradient: trained_bias.then(|| take(&mut self.gradient, outputs)),
            frozen_weights,
            frozen_bias,
        }
    }

    fn scales(&mut self, norm: &NormLayer, width: usize) -> Scales {
        let frozen = match &norm.statistics {
            Statistics::OfFeatures { .. } => None,
            Statistics::Frozen(statistics) => {
                let variances = statistics.variance.iter();
                let slopes: Vec<f64> = variances
                    .map(|variance| (variance + norm.epsilon).sqrt().recip())
                    .collect();
                let pairs = statistics.mean.iter().zip(&slopes);
                let shifts: Vec<f64> = pairs.map(|(mean, slope)| -mean * slope).collect();
                Some(self.constant(&[slopes, shifts].concat()))
            }
        };
        Scales {
            gain_gradient: take(&mut self.gradient, width),
            bias_gradient: norm.bias.is_some().then(|| take(&mut self.gradient, width)),
            frozen,
        }
    }

    fn constant(&mut self, values: &[f64]) -> usize {
        let start = self.constants.len();
        self.constants.extend_from_slice(values);
        start
    }

    /// Number of fields of the whole network.
    pub fn fields(&self) -> usize {
        let heads = &self.nodes[self.first_head..];
        heads.iter().map(|head| head.width).sum()
    }

    /// Node of a field, and its place there.
    pub fn field(&self, field: usize) -> (Value, usize) {
        let mut first = 0;
        for node in self.first_head..self.nodes.len() {
            let width = self.nodes[node].width;
            if field < first + width {
                return (Value(node), field - first);
            }
            first += width;
        }
        unreachable!("the network has every field that kernels read")
    }
}

/// Reserves memory for a number of entries, in whole vectors, and returns its start.
fn take(end: &mut usize, length: usize) -> usize {
    let start = *end;
    *end += padded(length);
    start
}
