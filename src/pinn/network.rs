//! What a network is, as data: shape, activation, layout of the flat parameter vector, initial values.

use super::activation::Activation;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::ops::Range;

/// A multilayer perceptron from dimensionless coordinates to dimensionless fields.
///
/// Layer l computes `z = W·a + b`, with `W` stored row-major as (outputs × inputs), followed by `b`, one
/// layer after the other in one flat vector. Hidden layers apply the activation; the last layer is linear.
#[derive(Clone, PartialEq, Debug)]
pub struct Network {
    /// First of all each coordinate x̂ is mapped to `scale · x̂ + shift`, so that the domain becomes [−1, 1].
    pub input_maps: Vec<InputMap>,
    pub hidden: Vec<usize>,
    pub activation: Activation,
    /// Number of fields.
    pub outputs: usize,
}

/// `scale · x̂ + shift`
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct InputMap {
    pub scale: f64,
    pub shift: f64,
}

impl InputMap {
    /// Maps [lower, upper] to [−1, 1].
    pub fn onto_unit(lower: f64, upper: f64) -> Self {
        let scale = 2.0 / (upper - lower);
        InputMap {
            scale,
            shift: -1.0 - lower * scale,
        }
    }
}

/// Where one layer's parameters lie in the flat vector.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LayerLayout {
    pub inputs: usize,
    pub outputs: usize,
    /// Row-major (outputs × inputs).
    pub weights: Range<usize>,
    pub biases: Range<usize>,
}

impl Network {
    pub fn inputs(&self) -> usize {
        self.input_maps.len()
    }

    pub fn layers(&self) -> Vec<LayerLayout> {
        let mut layers = Vec::new();
        let mut inputs = self.inputs();
        let mut start = 0;
        for outputs in self.hidden.iter().copied().chain([self.outputs]) {
            let weights = start..start + inputs * outputs;
            let biases = weights.end..weights.end + outputs;
            start = biases.end;
            layers.push(LayerLayout {
                inputs,
                outputs,
                weights,
                biases,
            });
            inputs = outputs;
        }
        layers
    }

    /// Length of the flat parameter vector.
    pub fn parameters(&self) -> usize {
        self.layers().last().map_or(0, |layer| layer.biases.end)
    }

    /// Initial parameters. Weights are uniform with variance 2/(inputs + outputs) (Glorot & Bengio 2010,
    /// eq. 16); sine networks follow Sitzmann et al. 2020, section 3.2, with ω₀ = 1 after the first layer.
    /// Biases are zero.
    pub fn initialise(&self, seed: u64) -> Vec<f64> {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        let mut parameters = vec![0.0; self.parameters()];
        for layer in self.layers() {
            let bound = match self.activation {
                Activation::Sine => (6.0 / layer.inputs as f64).sqrt(),
                _ => (6.0 / (layer.inputs + layer.outputs) as f64).sqrt(),
            };
            for weight in &mut parameters[layer.weights] {
                *weight = random.random_range(-bound..bound);
            }
        }
        parameters
    }
}
