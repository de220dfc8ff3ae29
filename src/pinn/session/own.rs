//! Sessions with parts that no settings name: optimisers and residual norms of a user's own.

use super::Session;
use crate::optimiser::Optimiser;
use pinn_expr::Real;
use pinn_norm::residual::ResidualNorm;

impl<T: Real> Session<T> {
    /// Takes the steps of the first phase by this method instead of the one that the settings name.
    ///
    /// Checkpoints hold its state; a session that continues one must be given the same method.
    #[must_use]
    pub fn with_optimiser(mut self, optimiser: impl Optimiser<T> + 'static) -> Self {
        self.optimiser = Some(Box::new(optimiser));
        self
    }

    /// Weighs residuals by this norm instead of the one that the settings name. `make` is told the number of losses.
    #[must_use]
    pub fn with_residual_norm<N: ResidualNorm + 'static>(
        mut self,
        make: impl FnOnce(usize) -> N,
    ) -> Self {
        self.norm = Box::new(make(self.names.len()));
        self
    }
}
