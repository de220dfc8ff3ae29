//! Initial parameters.

use super::WeightForm;
use super::circuit::{Bias, Circuit, Linear, Start, Weights};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use rand_distr::{Distribution, StandardNormal};

impl Linear {
    /// Half the width of the uniform distribution of the initial weights.
    fn bound(&self) -> f64 {
        match self.start {
            // Glorot & Bengio 2010, eq. 16.
            Start::Glorot => (6.0 / (self.inputs + self.outputs) as f64).sqrt(),
            // Sitzmann et al. 2020, section 3.2; ω₀ is folded into the first layer, and is 1 after it.
            Start::FirstSine { frequency } => frequency / self.inputs as f64,
            Start::Sine => (6.0 / self.inputs as f64).sqrt(),
            Start::Zero => 0.0,
            Start::Features { steepness } => steepness,
        }
    }
}

impl Circuit {
    /// Draws initial parameters.
    ///
    /// Biases are zero, and so is the share α of residual blocks: they start as the identity. Factorised and
    /// normalized weights start with the product that plain ones have from the same seed. Gains of norms
    /// start with their initial value. Biases of a layer that reads the coordinates and is normalized next
    /// are drawn like its weights: of W·x alone, a norm would leave only the direction of x. Random features have biases as
    /// [`Start::Features`] says.
    pub fn initialise(&self, seed: u64) -> Vec<f64> {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        let mut scales = random.clone();
        scales.set_stream(1);
        let mut biases = random.clone();
        biases.set_stream(2);
        let mut parameters = vec![0.0; self.parameters];
        for layer in self.linear_layers() {
            let bound = layer.bound();
            match &layer.weights {
                Weights::Frozen(_) => {}
                _ if layer.start == Start::Zero => {}
                Weights::Plain(range) => {
                    for weight in &mut parameters[range.clone()] {
                        *weight = random.random_range(-bound..bound);
                    }
                }
                Weights::Factorised {
                    directions,
                    log_scales,
                } => {
                    let (mean, deviation) = match layer.form {
                        WeightForm::Factorised { mean, deviation } => (mean, deviation),
                        WeightForm::Plain | WeightForm::Normalised => (0.0, 0.0),
                    };
                    for output in 0..layer.outputs {
                        let normal: f64 = StandardNormal.sample(&mut scales);
                        let log_scale = mean + deviation * normal;
                        parameters[log_scales.start + output] = log_scale;
                        let row = directions.start + output * layer.inputs;
                        for direction in &mut parameters[row..row + layer.inputs] {
                            *direction = random.random_range(-bound..bound) / log_scale.exp();
                        }
                    }
                }
                Weights::Normalised {
                    directions,
                    lengths,
                } => {
                    for output in 0..layer.outputs {
                        let row = directions.start + output * layer.inputs;
                        let row = &mut parameters[row..row + layer.inputs];
                        row.fill_with(|| random.random_range(-bound..bound));
                        let length = row.iter().map(|v| v * v).sum::<f64>().sqrt();
                        parameters[lengths.start + output] = length;
                    }
                }
            }
            if layer.biased
                && let Bias::Trained(range) = &layer.bias
            {
                parameters[range.clone()].fill_with(|| biases.random_range(-bound..bound));
            }
            if let (Start::Features { .. }, Weights::Plain(weights), Bias::Trained(range)) =
                (layer.start, &layer.weights, &layer.bias)
            {
                for unit in 0..layer.outputs {
                    let row = weights.start + unit * layer.inputs;
                    let row = parameters[row..row + layer.inputs].iter();
                    let through = row.map(|w| w * biases.random_range(-1.0..1.0));
                    parameters[range.start + unit] = -through.sum::<f64>();
                }
            }
        }
        for (_, norm) in self.norms() {
            parameters[norm.gain.clone()].fill(norm.initial_gain);
        }
        parameters
    }
}
