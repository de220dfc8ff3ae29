//! Root mean square at the start.

use super::{Observation, ResidualNorm, Statistic, balanced};

/// Division of every residual by its root mean square before the first step: weight 1 / mean square, fixed
/// from then on.
#[derive(Clone, Debug)]
pub struct FrozenRms {
    weights: Vec<f64>,
}

impl FrozenRms {
    /// Creates weights of one for this number of losses.
    pub fn new(losses: usize) -> Self {
        FrozenRms {
            weights: vec![1.0; losses],
        }
    }
}

impl ResidualNorm for FrozenRms {
    fn demand(&self, step: usize) -> Option<Statistic> {
        (step == 0).then_some(Statistic::MeanSquare)
    }

    fn observe(&mut self, observation: &Observation) {
        let raw: Vec<f64> = observation.values().iter().map(|v| 1.0 / v).collect();
        self.weights = balanced(&raw);
    }

    fn weights(&self) -> &[f64] {
        &self.weights
    }

    fn restore(&mut self, state: &[f64]) {
        self.weights.copy_from_slice(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_equalise_the_first_losses() {
        let mut norm = FrozenRms::new(2);
        assert_eq!(norm.demand(0), Some(Statistic::MeanSquare));
        norm.observe(&Observation {
            values: vec![4.0, 0.25],
        });
        let weights = norm.weights();
        assert!((weights[0] * 4.0 - weights[1] * 0.25).abs() < 1e-15);
        assert_eq!(norm.demand(1), None);
    }
}
