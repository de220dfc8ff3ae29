//! Per-point scaling over the residual vector.

use pinn_expr::Real;
use pinn_units::{Batch, IsNondimensional};

/// Divides the residual vector of every point by its root mean square over the equations, √(⟨r²⟩ +
/// `epsilon`).
///
/// This is LayerNorm (Ba, Kiros & Hinton 2016) without centring, which would make residuals equal instead of
/// zero.
///
/// The quotient serves weighting and diagnosis, with a divisor that is constant to the gradient: the mean
/// square of the live form is constant, whatever the residuals are.
pub fn layer_norm<T: Real, St: IsNondimensional>(
    residuals: &Batch<T, St>,
    epsilon: f64,
) -> Batch<T, St> {
    let (rows, equations) = (residuals.rows(), residuals.residuals());
    let mut normalised = Vec::with_capacity(rows * equations);
    let divisor: Vec<f64> = (0..rows)
        .map(|row| {
            let squares = (0..equations).map(|r| residuals.column(r)[row].to_f64().powi(2));
            (squares.sum::<f64>() / equations as f64 + epsilon).sqrt()
        })
        .collect();
    for r in 0..equations {
        let pairs = residuals.column(r).iter().zip(&divisor);
        normalised.extend(pairs.map(|(x, d)| T::from_f64(x.to_f64() / d)));
    }
    residuals.like(normalised, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batches::batch;

    #[test]
    fn every_point_has_unit_mean_square_and_keeps_its_direction() {
        let batch = batch(vec![3.0, 0.1, 4.0, 0.1], 2);
        let normalised = layer_norm(&batch, 0.0);
        for row in 0..2 {
            let (a, b) = (normalised.column(0)[row], normalised.column(1)[row]);
            assert!(((a * a + b * b) / 2.0 - 1.0).abs() < 1e-14);
            let ratio = batch.column(0)[row] / batch.column(1)[row];
            assert!((a / b - ratio).abs() < 1e-14);
        }
    }
}
