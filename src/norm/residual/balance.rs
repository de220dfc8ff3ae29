//! Weights that balance a statistic of the losses.

use super::{EVERY, KEPT, Observation, ResidualNorm, Statistic, balanced};

/// Weights by the inverse of a [`Statistic`] of each loss, as a running mean.
///
/// - [`Statistic::GradientNorm`] makes all losses pull with the same force (Wang, Teng & Perdikaris,
///   *Understanding and mitigating gradient flow pathologies in physics-informed neural networks*, SIAM J. Sci.
///   Comput. 43, 2021; with Euclidean norms as in Wang, Sankaran, Wang & Perdikaris, *An expert's guide to training
///   physics-informed neural networks*, 2023, algorithm 1).
/// - [`Statistic::NtkTrace`] makes all residuals fall at the same mean rate under gradient descent (Wang, Yu &
///   Perdikaris, *When and why PINNs fail to train: a neural tangent kernel perspective*, J. Comput. Phys. 449, 2022,
///   eq. 6.5–6.7). Blocks are taken per point, since losses are means.
///
/// Every [`EVERY`] steps, weights ← [`KEPT`] · weights + (1 − [`KEPT`]) · balanced ones of the observation. The first
/// observation counts in full. A mean of balanced weights is balanced: it sums to the same number, and its ratio is at
/// most theirs.
#[derive(Clone, Debug)]
pub struct Balance {
    statistic: Statistic,
    weights: Vec<f64>,
    observed: bool,
}

impl Balance {
    /// Creates weights of one for this number of losses.
    pub fn new(statistic: Statistic, losses: usize) -> Self {
        Balance {
            statistic,
            weights: vec![1.0; losses],
            observed: false,
        }
    }
}

impl ResidualNorm for Balance {
    fn demand(&self, step: usize) -> Option<Statistic> {
        (!self.observed || step.is_multiple_of(EVERY)).then_some(self.statistic)
    }

    fn observe(&mut self, observation: &Observation) {
        let raw: Vec<f64> = observation.values().iter().map(|v| 1.0 / v).collect();
        let kept = if self.observed { KEPT } else { 0.0 };
        for (weight, new) in self.weights.iter_mut().zip(balanced(&raw)) {
            *weight = kept * *weight + (1.0 - kept) * new;
        }
        self.observed = true;
    }

    fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// State: 1 or 0 for an observation or none, and the weights.
    fn state(&self) -> Vec<f64> {
        let observed = f64::from(u8::from(self.observed));
        std::iter::once(observed)
            .chain(self.weights.iter().copied())
            .collect()
    }

    fn restore(&mut self, state: &[f64]) {
        if let Some((observed, weights)) = state.split_first() {
            self.observed = *observed != 0.0;
            self.weights.copy_from_slice(weights);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_observations_fade_and_the_state_is_whole() {
        for statistic in [Statistic::GradientNorm, Statistic::NtkTrace] {
            let mut norm = Balance::new(statistic, 2);
            let observe = |norm: &mut Balance, values: [f64; 2]| {
                norm.observe(&Observation::by_engine(values.to_vec()));
            };
            assert_eq!(norm.state(), [0.0, 1.0, 1.0]);
            assert_eq!(norm.demand(7), Some(statistic));
            observe(&mut norm, [1.0, 3.0]);
            assert_eq!(norm.weights(), [1.5, 0.5]);
            assert_eq!(norm.demand(7), None);
            assert_eq!(norm.demand(EVERY), Some(statistic));
            observe(&mut norm, [3.0, 1.0]);
            let expected = [0.9 * 1.5 + 0.1 * 0.5, 0.9 * 0.5 + 0.1 * 1.5];
            for (found, expected) in norm.weights().iter().zip(expected) {
                assert!((found - expected).abs() < 1e-15);
            }
            let mut other = Balance::new(statistic, 2);
            other.restore(&norm.state());
            observe(&mut other, [0.1, 0.7]);
            observe(&mut norm, [0.1, 0.7]);
            assert_eq!(other.state(), norm.state());
            assert_eq!(other.demand(1), norm.demand(1));
        }
    }
}
