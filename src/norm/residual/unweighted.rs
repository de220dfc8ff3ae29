//! Absence of residual normalization.

use super::{Observation, ResidualNorm, Statistic};

/// Weights of one: dimensionless residuals as they are.
#[derive(Clone, Debug)]
pub struct Unweighted {
    weights: Vec<f64>,
}

impl Unweighted {
    /// Creates weights of one for this number of losses.
    pub fn new(losses: usize) -> Self {
        Unweighted {
            weights: vec![1.0; losses],
        }
    }
}

impl ResidualNorm for Unweighted {
    fn demand(&self, _: usize) -> Option<Statistic> {
        None
    }

    fn observe(&mut self, _: &Observation) {}

    fn weights(&self) -> &[f64] {
        &self.weights
    }

    fn restore(&mut self, _: &[f64]) {}
}
