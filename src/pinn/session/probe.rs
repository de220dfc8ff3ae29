//! Evaluations of a network between steps, which do not change the run.

use super::{Session, SessionError};
use pinn_expr::Real;
use pinn_geometry::sampling::settings::{SamplingMethod, SamplingSettings};

/// Numbers of held-out points in the interior and on every condition, and their seed. Seeds of runs are small numbers, so
/// that no run trains at these points.
const INTERIOR: usize = 4096;
const CONDITION: usize = 512;
const SEED: u64 = 0x5eed_0f4e_1d00_7000;

impl<T: Real> Session<T> {
    /// Unweighted dimensionless losses at held-out points.
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

    /// Norms ‖∂L/∂W‖ of the weighted loss L for the weights W of every layer (for their directions if they are
    /// factorised).
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
