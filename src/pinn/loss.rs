//! Losses: mean squares of dimensionless residuals, and their weighted sum.
//!
//! A sum over residuals of different equations has a meaning only without units; these functions therefore
//! take nondimensional residuals, and others do not compile.

use crate::expr::Real;
use crate::norm::residual;
use crate::units::{Batch, IsNondimensional};

/// Mean over rows of the square of every residual.
pub fn mean_square<T: Real, St: IsNondimensional>(residuals: &Batch<T, St>) -> Vec<f64> {
    residual::mean_squares(residuals)
}

/// Σ weight · loss: what an optimiser sees.
pub fn weighted(losses: &[f64], weights: &[f64]) -> f64 {
    losses.iter().zip(weights).map(|(l, w)| l * w).sum()
}

/// Σ loss: what stops, saves and compares, whatever the weights are.
pub fn total(losses: &[f64]) -> f64 {
    losses.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Nondimensional;

    #[test]
    fn means_are_taken_per_residual() {
        let batch = Batch::<f32, Nondimensional>::from_columns(vec![1.0, -1.0, 3.0, 1.0], 2);
        let losses = mean_square(&batch);
        assert_eq!(losses, [1.0, 5.0]);
        assert_eq!(weighted(&losses, &[2.0, 0.5]), 4.5);
        assert_eq!(total(&losses), 6.0);
    }
}
