//! Weights that are trained against the residuals.

use super::{PointSet, PointSquares, PointWeighting, fill, ones};
use crate::residual::MAX_RATIO;

/// Self-adaptive weights (McClenny & Braga-Neto, *Self-adaptive physics-informed neural networks*, J. Comput.
/// Phys. 474, 2023).
///
/// Training seeks a saddle point: down along the parameters and up along the weights. The loss rises with the
/// weight of a point as the square of its residual, so λ ← λ + `rate` · r². Weights begin at one, never fall,
/// and stop at [`MAX_RATIO`].
#[derive(Clone, Debug)]
pub struct SelfAdaptive {
    rate: f64,
    weights: Vec<Vec<f64>>,
}

impl SelfAdaptive {
    /// Creates weights of one. `rate` is positive.
    pub fn new(rate: f64) -> Self {
        SelfAdaptive {
            rate,
            weights: Vec::new(),
        }
    }
}

impl PointWeighting for SelfAdaptive {
    fn begin(&mut self, sets: &[PointSet]) {
        self.weights = sets.iter().map(ones).collect();
    }

    fn is_due(&self, step: usize) -> bool {
        // The weights of the first step are those it begins with.
        step > 0
    }

    fn observe(&mut self, residuals: &[PointSquares]) {
        for (weights, squares) in self.weights.iter_mut().zip(residuals) {
            for (weight, square) in weights.iter_mut().zip(squares.columns().flatten()) {
                *weight = (*weight + self.rate * square).min(MAX_RATIO);
            }
        }
    }

    fn weights(&self) -> &[Vec<f64>] {
        &self.weights
    }

    fn restore(&mut self, state: &[f64]) {
        fill(&mut self.weights, state);
    }
}
