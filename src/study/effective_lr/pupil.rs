//! A normalised layer γ⊙N(W·x) that learns the function of another one.
//!
//! The loss is the mean square of the difference, in gains. The gradient from above then does not depend on γ, and
//! neither does the function, apart from its size. γ affects learning only through the layer's own gradient.

use super::{Measurement, StudyError};
use nalgebra::DMatrix;
use pinn_core::optimiser::{Adam, Objective, Optimiser, Sgd};
use pinn_core::settings::LayerRates;
use pinn_engine::EngineError;
use pinn_network::{Layout, Matrix, NormedLayer};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::sync::atomic::{AtomicBool, Ordering};

const INPUTS: usize = 4;
const UNITS: usize = 16;
const SAMPLES: usize = 64;
/// Mean square of the difference, in gains, that ends learning; it begins near two.
const TOLERANCE: f64 = 1e-3;
/// Gradient descent with gains of ten is still stable with it.
const DESCENT_RATE: f64 = 0.5;
const ADAM_RATE: f64 = 0.01;
/// Number ε far below the variance of a layer.
const EPSILON: f64 = 1e-12;

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Method {
    Descent(LayerRates),
    Adam,
}

/// Parameters are W, row by row, then γ, which is constant.
pub(super) struct Pupil {
    gain: f64,
    /// One sample per column.
    inputs: DMatrix<f64>,
    wanted: DMatrix<f64>,
    start: DMatrix<f64>,
    /// At the last evaluation.
    mean_square: f64,
}

/// N of each column, with its divisor.
fn normalised(weights: &DMatrix<f64>, inputs: &DMatrix<f64>) -> (DMatrix<f64>, Vec<f64>) {
    let mut sums = weights * inputs;
    let mut divisors = Vec::new();
    for mut column in sums.column_iter_mut() {
        let mean = column.mean();
        column.add_scalar_mut(-mean);
        let divisor = (column.norm_squared() / UNITS as f64 + EPSILON).sqrt();
        column /= divisor;
        divisors.push(divisor);
    }
    (sums, divisors)
}

impl Pupil {
    pub fn new(gain: f64, seed: u64) -> Self {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        let mut matrix =
            |rows, columns| DMatrix::from_fn(rows, columns, |_, _| random.random_range(-1.0..1.0));
        let inputs = matrix(INPUTS, SAMPLES);
        let (wanted, _) = normalised(&matrix(UNITS, INPUTS), &inputs);
        Pupil {
            gain,
            inputs,
            wanted,
            start: matrix(UNITS, INPUTS),
            mean_square: f64::NAN,
        }
    }

    fn layout() -> Layout {
        let weights = Matrix {
            place: 0..UNITS * INPUTS,
            rows: UNITS,
            columns: INPUTS,
        };
        let gain = UNITS * INPUTS..UNITS * INPUTS + UNITS;
        Layout {
            parameters: gain.end,
            matrices: vec![weights.clone()],
            normed: vec![NormedLayer { weights, gain }],
            threads: 1,
            output_layer: None,
        }
    }

    /// Number of steps to the tolerance; infinite if it is not reached.
    pub fn learn(
        mut self,
        method: Method,
        steps: usize,
        stop: &AtomicBool,
    ) -> Result<Measurement, StudyError> {
        let layout = Pupil::layout();
        let length = layout.parameters;
        let mut optimiser: Box<dyn Optimiser<f64>> = match method {
            Method::Adam => Box::new(Adam::new(length, ADAM_RATE)),
            Method::Descent(rates) => {
                Box::new(Sgd::new(length, DESCENT_RATE).with_layer_rates(rates, &layout))
            }
        };
        let mut parameters = self.start.transpose().as_slice().to_vec();
        parameters.resize(length, self.gain);
        let mut curve = Vec::new();
        for step in 0..=steps {
            // Evaluates where it starts.
            let ended = optimiser.step(&mut parameters, &mut self)?.stop;
            curve.push((step, self.mean_square));
            if self.mean_square <= TOLERANCE {
                let error = step as f64;
                return Ok(Measurement { error, curve });
            }
            if ended.is_some() || stop.load(Ordering::Relaxed) {
                break;
            }
        }
        let error = f64::INFINITY;
        Ok(Measurement { error, curve })
    }
}

impl Objective<f64> for Pupil {
    fn evaluate(&mut self, parameters: &[f64], gradient: &mut [f64]) -> Result<f64, EngineError> {
        let (weights, gains) = parameters.split_at(UNITS * INPUTS);
        let weights = DMatrix::from_row_slice(UNITS, INPUTS, weights);
        let (found, divisors) = normalised(&weights, &self.inputs);
        let mut back = DMatrix::zeros(UNITS, SAMPLES);
        let count = (UNITS * SAMPLES) as f64;
        let mut loss = 0.0;
        for sample in 0..SAMPLES {
            for unit in 0..UNITS {
                let n = found[(unit, sample)];
                let difference = gains[unit] * n - self.gain * self.wanted[(unit, sample)];
                loss += difference * difference / self.gain / count;
                back[(unit, sample)] = gains[unit] * 2.0 * difference / self.gain / count;
            }
            let n = found.column(sample);
            let mut g = back.column_mut(sample);
            let (mean, along) = (g.mean(), g.dot(&n) / UNITS as f64);
            g.add_scalar_mut(-mean);
            g.axpy(-along, &n, 1.0);
            g /= divisors[sample];
        }
        let by_weights = back * self.inputs.transpose();
        gradient[..UNITS * INPUTS].copy_from_slice(by_weights.transpose().as_slice());
        gradient[UNITS * INPUTS..].fill(0.0);
        self.mean_square = loss / self.gain;
        Ok(loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let mut pupil = Pupil::new(3.0, 7);
        let mut parameters = pupil.start.transpose().as_slice().to_vec();
        parameters.resize(Pupil::layout().parameters, 3.0);
        let mut gradient = vec![f64::NAN; parameters.len()];
        pupil.evaluate(&parameters, &mut gradient).unwrap();
        let mut rest = vec![0.0; parameters.len()];
        for p in (0..UNITS * INPUTS).step_by(5) {
            let mut at = |step: f64| {
                let mut moved = parameters.clone();
                moved[p] += step;
                pupil.evaluate(&moved, &mut rest).unwrap()
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((difference - gradient[p]).abs() < 1e-8, "{p}");
        }
    }
}
