//! Balance of gradients.

use super::running::Running;
use super::{Observation, ResidualNorm, Statistic};

/// Weights by the inverse of the norm of each loss's gradient, so that all pull with the same force (Wang,
/// Teng & Perdikaris, *Understanding and mitigating gradient flow pathologies in physics-informed neural
/// networks*, SIAM J. Sci. Comput. 43, 2021; with Euclidean norms as in Wang, Sankaran, Wang & Perdikaris,
/// *An expert's guide to training physics-informed neural networks*, 2023, algorithm 1).
///
/// The weights are a running mean, refreshed every [`EVERY`](super::EVERY) steps.
#[derive(Clone, Debug)]
pub struct GradNorm {
    running: Running,
}

impl GradNorm {
    /// Creates weights of one for this number of losses.
    pub fn new(losses: usize) -> Self {
        GradNorm {
            running: Running::new(losses),
        }
    }
}

impl ResidualNorm for GradNorm {
    fn demand(&self, step: usize) -> Option<Statistic> {
        self.running.is_due(step).then_some(Statistic::GradientNorm)
    }

    fn observe(&mut self, observation: &Observation) {
        self.running.observe(observation.values());
    }

    fn weights(&self) -> &[f64] {
        self.running.weights()
    }

    fn state(&self) -> Vec<f64> {
        self.running.state()
    }

    fn restore(&mut self, state: &[f64]) {
        self.running.restore(state);
    }
}
