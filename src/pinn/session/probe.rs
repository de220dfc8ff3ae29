//! What is asked of a network between steps. Nothing here changes the run.

use super::{Session, SessionError};
use pinn_expr::Real;
use pinn_geometry::sampling::settings::{SamplingMethod, SamplingSettings};

/// Held-out points: of the interior, of every condition, and the seed that they are drawn from. Seeds of runs are
/// small numbers, so that nobody trains at these points.
const INTERIOR: usize = 4096;
const CONDITION: usize = 512;
const SEED: u64 = 0x5eed_0f4e_1d00_7000;

impl<T: Real> Session<T> {
    /// Unweighted dimensionless losses at points that training did not see.
    pub(super) fn losses_at_others(&mut self) -> Result<Vec<f64>, SessionError> {
        let sampling = SamplingSettings {
            method: SamplingMethod::Sobol,
            interior: INTERIOR,
            conditions: vec![CONDITION; self.settings.sampling.conditions.len()],
            resample_every: None,
            graded: Vec::new(),
            adaptive: None,
        };
        let others = self.collocation.others(sampling, SEED);
        let mut losses = vec![0.0; self.weights.len()];
        let points = others.points();
        self.engine
            .loss(&self.parameters, points, &self.weights, &mut losses, None)?;
        Ok(losses)
    }

    /// ‖∂L/∂W‖ of every layer's weights W (of their directions, where these are factorised), L the weighted loss.
    pub(super) fn gradients_by_layer(&mut self) -> Result<Vec<f64>, SessionError> {
        let mut gradient = vec![T::ZERO; self.parameters.len()];
        let mut losses = vec![0.0; self.weights.len()];
        self.engine.loss(
            &self.parameters,
            self.collocation.points(),
            &self.weights,
            &mut losses,
            Some(&mut gradient),
        )?;
        let square = |values: &[T]| values.iter().map(|g| g.to_f64() * g.to_f64()).sum::<f64>();
        let matrices = self.layout.matrices.iter();
        Ok(matrices
            .map(|matrix| square(&gradient[matrix.place.clone()]).sqrt())
            .collect())
    }
}
