//! Balance of convergence rates.

use super::running::Running;
use super::{Observation, ResidualNorm, Statistic};

/// Weights by the total trace of the neural tangent kernel over the trace of each loss's own block, so that
/// all residuals fall at the same mean rate under gradient descent (Wang, Yu & Perdikaris, *When and why
/// PINNs fail to train: a neural tangent kernel perspective*, J. Comput. Phys. 449, 2022, eq. 6.5–6.7).
///
/// Blocks are taken per point, since losses are means: the trace is the mean over rows of ‖∂r/∂parameters‖².
/// The weights are a running mean, refreshed every [`EVERY`](super::EVERY) steps.
#[derive(Clone, Debug)]
pub struct NtkTrace {
    running: Running,
}

impl NtkTrace {
    /// Creates weights of one for this number of losses.
    pub fn new(losses: usize) -> Self {
        NtkTrace {
            running: Running::new(losses),
        }
    }
}

impl ResidualNorm for NtkTrace {
    fn demand(&self, step: usize) -> Option<Statistic> {
        self.running.is_due(step).then_some(Statistic::NtkTrace)
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
