//! Sessions with custom optimisers and residual norms.

use super::Session;
use crate::optimiser::Optimiser;
use pinn_expr::Real;
use pinn_norm::residual::ResidualNorm;

impl<T: Real> Session<T> {
    /// Uses this method for the first phase instead of that of the settings.
    ///
    /// Checkpoints hold its state; a session that continues one must use the same method.
    #[must_use]
    pub fn with_optimiser(mut self, optimiser: impl Optimiser<T> + 'static) -> Self {
        self.optimiser = Some(Box::new(optimiser));
        self
    }

    /// Weights residuals by this norm instead of that of the settings. `make` takes the number of losses.
    #[must_use]
    pub fn with_residual_norm<N: ResidualNorm + 'static>(
        mut self,
        make: impl FnOnce(usize) -> N,
    ) -> Self {
        self.norm = Box::new(make(self.names.len()));
        self
    }
}
