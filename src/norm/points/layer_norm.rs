//! Normalization of every point by the size of its residuals.

use super::{PointSet, PointSquares, PointWeighting, fill};
use crate::residual::{EVERY, KEPT, MAX_RATIO};

/// LayerNorm over the residual vector of each point (Ba, Kiros & Hinton 2016), detached and uncentred.
///
/// The squares of a point are weighted by the reciprocal of the running mean of their mean over the residuals
/// of the task. Weights are at most [`MAX_RATIO`] apart and one in the mean. Tasks of a single residual keep
/// weight one, because a vector of one, divided by its own size, carries no information.
///
/// The live form, in which the gradient passes through the divisor, has a constant value. The centred form
/// drives residuals to be equal instead of zero. Neither is offered.
#[derive(Clone, Debug, Default)]
pub struct LayerNorm {
    observed: bool,
    /// Running mean squares of every row; none for tasks that are left alone.
    squares: Vec<Vec<f64>>,
    residuals: Vec<usize>,
    weights: Vec<Vec<f64>>,
}

impl LayerNorm {
    /// Creates weights of one.
    pub fn new() -> Self {
        LayerNorm::default()
    }

    fn weigh(&mut self) {
        let tasks = self.squares.iter().zip(&self.residuals);
        for (weights, (squares, residuals)) in self.weights.iter_mut().zip(tasks) {
            weights.clear();
            let largest = squares.iter().fold(0.0, |a: f64, b| a.max(*b));
            let smallest = squares.iter().fold(f64::INFINITY, |a: f64, b| a.min(*b));
            // Nothing to be told apart, or nothing that can be.
            if !(largest > 0.0 && largest.is_finite()) {
                continue;
            }
            let floor = smallest.max(largest / MAX_RATIO);
            let raw = squares.iter().map(|square| floor / square.max(floor));
            let mean = raw.clone().sum::<f64>() / squares.len() as f64;
            for _ in 0..*residuals {
                weights.extend(raw.clone().map(|w| w / mean));
            }
        }
    }
}

impl PointWeighting for LayerNorm {
    fn begin(&mut self, sets: &[PointSet]) {
        self.observed = false;
        let rows = |set: &PointSet| if set.residuals > 1 { set.rows } else { 0 };
        self.squares = sets.iter().map(|set| vec![0.0; rows(set)]).collect();
        self.residuals = sets.iter().map(|set| set.residuals).collect();
        self.weights = vec![Vec::new(); sets.len()];
    }

    fn is_due(&self, step: usize) -> bool {
        !self.observed || step.is_multiple_of(EVERY)
    }

    fn observe(&mut self, residuals: &[PointSquares]) {
        let kept = if self.observed { KEPT } else { 0.0 };
        for (running, squares) in self.squares.iter_mut().zip(residuals) {
            let count = squares.columns().count() as f64;
            for (row, square) in running.iter_mut().enumerate() {
                let mean = squares.columns().map(|column| column[row]).sum::<f64>() / count;
                *square = kept * *square + (1.0 - kept) * mean;
            }
        }
        self.observed = true;
        self.weigh();
    }

    fn weights(&self) -> &[Vec<f64>] {
        &self.weights
    }

    /// State: 1 or 0 for an observation or none, and the running mean squares.
    fn state(&self) -> Vec<f64> {
        let observed = f64::from(u8::from(self.observed));
        let squares = self.squares.iter().flatten().copied();
        std::iter::once(observed).chain(squares).collect()
    }

    fn restore(&mut self, state: &[f64]) {
        if let Some((observed, squares)) = state.split_first() {
            self.observed = *observed != 0.0;
            fill(&mut self.squares, squares);
            if self.observed {
                self.weigh();
            }
        }
    }
}
