//! Builder of circuits, node by node, with the layout of their parameters.

use super::circuit::{
    Bias, Circuit, Head, Linear, Node, NormLayer, Operation, Start, Statistics, Value, Weights,
};
use super::{Network, NetworkError, WeightForm};
use crate::activation::Activation;
use pinn_norm::layer::{Frozen, NormLayers, Place, PointwiseNorm, UnitStatistics};
use std::ops::Range;
use std::sync::Arc;

pub(super) struct Builder<'a> {
    network: &'a Network,
    nodes: Vec<Node>,
    heads: Vec<Head>,
    parameters: usize,
    /// First error.
    failed: Option<NetworkError>,
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
            failed: None,
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

    /// Adds a trained layer.
    pub fn linear(&mut self, input: Value, width: usize) -> Value {
        let first = input == Value::COORDINATES;
        let features = self.network.steepness.filter(|_| first);
        let features = features.map(|steepness| Start::Features { steepness });
        let start = features.unwrap_or(match self.network.activation {
            Activation::Sine if first => Start::FirstSine {
                frequency: self.network.first_frequency,
            },
            Activation::Sine => Start::Sine,
            _ => Start::Glorot,
        });
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
            biased: false,
            form,
        }
    }

    /// Adds a layer with constant weights and biases; `weights` row-major (outputs × inputs).
    pub fn frozen(&mut self, input: Value, weights: Vec<f64>, bias: Option<Vec<f64>>) -> Value {
        let inputs = self.width(input);
        let outputs = weights.len() / inputs;
        let layer = Linear {
            inputs,
            outputs,
            weights: Weights::Frozen(weights.into()),
            bias: bias.map_or(Bias::None, |bias| Bias::Frozen(bias.into())),
            start: Start::Glorot,
            biased: false,
            form: WeightForm::Plain,
        };
        self.push(Operation::Linear { input, layer }, outputs)
    }

    pub fn activation(&mut self, input: Value, activation: Activation) -> Value {
        let width = self.width(input);
        self.push(Operation::Activation { input, activation }, width)
    }

    /// Adds σ(W·a + b) with the network's activation.
    pub fn layer(&mut self, input: Value, width: usize) -> Value {
        let sums = self.linear(input, width);
        self.activation(sums, self.network.activation)
    }

    /// Adds hidden layer `number` (from 0), with the norms of the network before and after its activation.
    pub fn hidden(&mut self, input: Value, width: usize, number: usize) -> Value {
        let value = self.inner(input, width, number);
        self.normed(value, number, &[Place::Post, Place::Peri])
    }

    /// Adds a hidden layer without a norm after the activation.
    pub fn inner(&mut self, input: Value, width: usize, number: usize) -> Value {
        let sums = self.linear(input, width);
        let sums = self.normed(sums, number, &[Place::Pre, Place::Peri]);
        self.activation(sums, self.network.activation)
    }

    /// Normalizes the value if the network has a norm at one of these places of layer `number` (from 0).
    pub fn normed(&mut self, value: Value, number: usize, places: &[Place]) -> Value {
        let mut norms = self.network.norms.iter();
        let norm = norms.find(|n| places.contains(&n.place) && n.layers.contain(number + 1));
        norm.map_or(value, |norm| self.norm(value, norm))
    }

    /// Normalizes the embedding, if the network has a norm there.
    pub fn normed_embedding(&mut self, value: Value) -> Value {
        let mut norms = self.network.norms.iter();
        let norm = norms.find(|norm| norm.place == Place::Embedding);
        norm.map_or(value, |norm| self.norm(value, norm))
    }

    fn norm(&mut self, input: Value, given: &NormLayers) -> Value {
        self.draw_biases(input);
        let width = self.width(input);
        let statistics = match self.statistics(&given.norm, width) {
            Ok(statistics) => statistics,
            Err(error) => {
                self.failed.get_or_insert(error);
                return input;
            }
        };
        let gain = self.parameters..self.parameters + width;
        self.parameters = gain.end;
        // A norm without centring needs no shift (Zhang & Sennrich 2019).
        let bias = match given.norm {
            PointwiseNorm::Rms => None,
            _ => {
                self.parameters += width;
                Some(gain.end..gain.end + width)
            }
        };
        let norm = NormLayer {
            statistics,
            epsilon: given.epsilon,
            gain,
            initial_gain: given.gain,
            bias,
        };
        self.push(Operation::Norm { input, norm }, width)
    }

    /// W·x without a bias has no size that a norm should take away; see [`Circuit::initialise`].
    pub fn draw_biases(&mut self, value: Value) {
        if let Operation::Linear {
            input: Value::COORDINATES,
            layer,
        } = &mut self.nodes[value.0].operation
        {
            layer.biased = true;
        }
    }

    fn statistics(&self, norm: &PointwiseNorm, width: usize) -> Result<Statistics, NetworkError> {
        let of_features = |groups: usize, centred| match width.checked_rem(groups) {
            Some(0) if centred && width == groups => Err(NetworkError::OneUnit { groups, width }),
            Some(0) => Ok(Statistics::OfFeatures { groups, centred }),
            _ => Err(NetworkError::UnevenGroups { groups, width }),
        };
        match norm {
            PointwiseNorm::Layer => of_features(1, true),
            PointwiseNorm::Rms => of_features(1, false),
            PointwiseNorm::Group { groups } => of_features(*groups, true),
            PointwiseNorm::Batch { frozen } => {
                let statistics = match frozen {
                    // Set when all layers before it are known.
                    Frozen::Initial { .. } => UnitStatistics {
                        mean: vec![0.0; width],
                        variance: vec![1.0; width],
                    },
                    Frozen::Given(all) => self.given(all, width)?,
                };
                Ok(Statistics::Frozen(Arc::new(statistics)))
            }
        }
    }

    /// Those of the norm that is being built.
    fn given(&self, all: &[UnitStatistics], width: usize) -> Result<UnitStatistics, NetworkError> {
        let before = self.nodes.iter();
        let number = before.filter(|n| matches!(n.operation, Operation::Norm { .. }));
        let number = number.count();
        let statistics = match all {
            [one] => one,
            all => all.get(number).ok_or(NetworkError::FrozenStatistics {
                what: "of norms",
                expected: number + 1,
                found: all.len(),
            })?,
        };
        for (what, found) in [
            ("means", statistics.mean.len()),
            ("variances", statistics.variance.len()),
        ] {
            if found != width {
                return Err(NetworkError::FrozenStatistics {
                    what,
                    expected: width,
                    found,
                });
            }
        }
        let variances = statistics.variance.iter();
        match variances.copied().find(|v| !(*v >= 0.0 && v.is_finite())) {
            Some(found) => Err(NetworkError::NotPositive {
                what: "a frozen variance",
                found,
            }),
            None => Ok(statistics.clone()),
        }
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

    /// Copies the coordinates to an ordinary value, for operations that cannot read them directly.
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
            // Random features leave the coefficients to be found, and nothing to begin with but the scales' references.
            _ if self.network.steepness.is_some() => Start::Zero,
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

    /// Adds outputs that are trained numbers: a layer without weights, whose derivatives vanish.
    pub fn constants(&mut self, fields: Range<usize>) {
        // The input is multiplied by zero.
        let Some(input) = self.heads.last().map(|head| head.input) else {
            return;
        };
        let (inputs, outputs) = (self.width(input), fields.len());
        let values = self.parameters..self.parameters + outputs;
        self.parameters = values.end;
        let layer = Linear {
            inputs,
            outputs,
            weights: Weights::Frozen(vec![0.0; inputs * outputs].into()),
            bias: Bias::Trained(values),
            start: Start::Glorot,
            biased: false,
            form: WeightForm::Plain,
        };
        self.heads.push(Head {
            input,
            layer,
            fields,
        });
    }

    pub fn finish(self) -> Result<Circuit, NetworkError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        Ok(Circuit {
            input_maps: self.network.input_maps.clone(),
            nodes: self.nodes,
            heads: self.heads,
            parameters: self.parameters,
        })
    }
}
