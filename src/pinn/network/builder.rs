//! Puts a circuit together, node by node, and lays out its parameters.

use super::circuit::{Bias, Circuit, Head, Linear, Node, Operation, Start, Value, Weights};
use super::{Network, WeightForm};
use crate::pinn::activation::Activation;
use std::ops::Range;

pub(super) struct Builder<'a> {
    network: &'a Network,
    nodes: Vec<Node>,
    heads: Vec<Head>,
    parameters: usize,
}

impl<'a> Builder<'a> {
    pub fn new(network: &'a Network) -> Self {
        let coordinates = Node {
            operation: Operation::Coordinates,
            width: network.inputs(),
        };
        Builder {
            network,
            nodes: vec![coordinates],
            heads: Vec::new(),
            parameters: 0,
        }
    }

    pub fn network(&self) -> &'a Network {
        self.network
    }

    pub fn width(&self, value: Value) -> usize {
        self.nodes[value.0].width
    }

    fn push(&mut self, operation: Operation, width: usize) -> Value {
        self.nodes.push(Node { operation, width });
        Value(self.nodes.len() - 1)
    }

    /// A trained layer.
    pub fn linear(&mut self, input: Value, width: usize) -> Value {
        let start = match self.network.activation {
            Activation::Sine if input == Value::COORDINATES => Start::FirstSine {
                frequency: self.network.first_frequency,
            },
            Activation::Sine => Start::Sine,
            _ => Start::Glorot,
        };
        let layer = self.trained(input, width, self.network.weights, start);
        self.push(Operation::Linear { input, layer }, width)
    }

    fn trained(&mut self, input: Value, width: usize, form: WeightForm, start: Start) -> Linear {
        let inputs = self.width(input);
        let (weights, bias) = form.place(inputs, width, self.parameters);
        if let Bias::Trained(range) = &bias {
            self.parameters = range.end;
        }
        Linear {
            inputs,
            outputs: width,
            weights,
            bias,
            start,
            form,
        }
    }

    /// A layer whose weights and biases never change; `weights` row-major (outputs × inputs).
    pub fn frozen(&mut self, input: Value, weights: Vec<f64>, bias: Option<Vec<f64>>) -> Value {
        let inputs = self.width(input);
        let outputs = weights.len() / inputs;
        let layer = Linear {
            inputs,
            outputs,
            weights: Weights::Frozen(weights.into()),
            bias: bias.map_or(Bias::None, |bias| Bias::Frozen(bias.into())),
            start: Start::Glorot,
            form: WeightForm::Plain,
        };
        self.push(Operation::Linear { input, layer }, outputs)
    }

    pub fn activation(&mut self, input: Value, activation: Activation) -> Value {
        let width = self.width(input);
        self.push(Operation::Activation { input, activation }, width)
    }

    /// σ(W·a + b) with the network's activation.
    pub fn layer(&mut self, input: Value, width: usize) -> Value {
        let sums = self.linear(input, width);
        self.activation(sums, self.network.activation)
    }

    pub fn gate(&mut self, gate: Value, upper: Value, lower: Value) -> Value {
        let width = self.width(gate);
        self.push(Operation::Gate { gate, upper, lower }, width)
    }

    pub fn blend(&mut self, new: Value, old: Value) -> Value {
        let (width, share) = (self.width(new), self.parameters);
        self.parameters += 1;
        self.push(Operation::Blend { new, old, share }, width)
    }

    pub fn concatenate(&mut self, first: Value, second: Value) -> Value {
        let width = self.width(first) + self.width(second);
        self.push(Operation::Concatenate { first, second }, width)
    }

    /// The coordinates as an ordinary value, for those operations that do not read them directly.
    pub fn materialised(&mut self, value: Value) -> Value {
        if value != Value::COORDINATES {
            return value;
        }
        let n = self.width(value);
        let identity = (0..n * n).map(|i| f64::from(u8::from(i % (n + 1) == 0)));
        self.frozen(value, identity.collect(), None)
    }

    pub fn head(&mut self, input: Value, fields: Range<usize>) {
        let start = match self.network.activation {
            Activation::Sine => Start::Sine,
            _ => Start::Glorot,
        };
        let layer = self.trained(input, fields.len(), self.network.weights, start);
        self.heads.push(Head {
            input,
            layer,
            fields,
        });
    }

    pub fn finish(self) -> Circuit {
        Circuit {
            input_maps: self.network.input_maps.clone(),
            nodes: self.nodes,
            heads: self.heads,
            parameters: self.parameters,
        }
    }
}
