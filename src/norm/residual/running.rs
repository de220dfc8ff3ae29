//! Weights as a running mean.

use super::{EVERY, KEPT, balanced};

/// Balanced weights of several observations, the older ones fading: weights ← [`KEPT`] · weights +
/// (1 − [`KEPT`]) · balanced ones of the observation. The first observation counts in full.
///
/// A mean of balanced weights is balanced: it sums to the same number, and its ratio is at most theirs.
#[derive(Clone, Debug)]
pub(super) struct Running {
    weights: Vec<f64>,
    observed: bool,
}

impl Running {
    pub fn new(losses: usize) -> Self {
        Running {
            weights: vec![1.0; losses],
            observed: false,
        }
    }

    /// Returns true if an observation is due before a step.
    pub fn is_due(&self, step: usize) -> bool {
        !self.observed || step.is_multiple_of(EVERY)
    }

    /// Takes an observation: smaller numbers ask for larger weights.
    pub fn observe(&mut self, values: &[f64]) {
        let raw: Vec<f64> = values.iter().map(|v| 1.0 / v).collect();
        let kept = if self.observed { KEPT } else { 0.0 };
        for (weight, new) in self.weights.iter_mut().zip(balanced(&raw)) {
            *weight = kept * *weight + (1.0 - kept) * new;
        }
        self.observed = true;
    }

    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// State: 1 or 0 for an observation or none, and the weights.
    pub fn state(&self) -> Vec<f64> {
        let observed = f64::from(u8::from(self.observed));
        std::iter::once(observed)
            .chain(self.weights.iter().copied())
            .collect()
    }

    pub fn restore(&mut self, state: &[f64]) {
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
        let mut running = Running::new(2);
        assert!(running.is_due(7));
        running.observe(&[1.0, 3.0]);
        assert_eq!(running.weights(), [1.5, 0.5]);
        assert!(!running.is_due(7) && running.is_due(EVERY));
        running.observe(&[3.0, 1.0]);
        let expected = [0.9 * 1.5 + 0.1 * 0.5, 0.9 * 0.5 + 0.1 * 1.5];
        for (found, expected) in running.weights().iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15);
        }
        let mut other = Running::new(2);
        other.restore(&running.state());
        other.observe(&[0.1, 0.7]);
        running.observe(&[0.1, 0.7]);
        assert_eq!(other.weights(), running.weights());
        assert_eq!(other.is_due(1), running.is_due(1));
    }
}
