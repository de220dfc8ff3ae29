//! The damped linear problem by products with J and Jᵀ only.

use super::Linear;
use crate::optimiser::LeastSquares;
use crate::optimiser::sums::dot;
use pinn_engine::EngineError;
use pinn_expr::Real;

/// Largest number of products with J per solution.
const MOST_ITERATIONS: usize = 250;
/// Relative residual of the normal equations at which iterations stop: small enough for an inexact Newton method to
/// converge fast (Nocedal & Wright, §7.1, forcing sequences).
const REDUCTION: f64 = 1e-3;

/// Solves (JᵀJ + diag μ) p = −right by conjugate gradients, preconditioned by diag μ, which is proportional to the
/// squares of the columns' lengths (Nocedal & Wright, algorithm 5.3), stopped early. From zero, every iterate has
/// a lower model value than the one before and a greater length in the preconditioner's norm (Steihaug, SIAM J.
/// Numer. Anal. 20, 1983, theorem 2.1): a step stopped early is one of a smaller trust region.
pub(super) struct ConjugateGradients {
    damping: Vec<f64>,
}

impl ConjugateGradients {
    pub fn new(length: usize) -> Self {
        ConjugateGradients {
            damping: vec![1.0; length],
        }
    }
}

impl Linear for ConjugateGradients {
    fn linearise<T: Real>(
        &mut self,
        parameters: &[T],
        squares: &mut dyn LeastSquares<T>,
        gradient: &mut [f64],
        diagonal: &mut [f64],
    ) -> Result<(), EngineError> {
        let mut residuals = vec![T::ZERO; squares.rows()];
        squares.residuals(parameters, &mut residuals)?;
        let mut product = vec![T::ZERO; parameters.len()];
        squares.vector_jacobian(parameters, &residuals, &mut product)?;
        for (g, p) in gradient.iter_mut().zip(&product) {
            *g = p.to_f64();
        }
        // Rayleigh's quotient along the gradient, between the eigenvalues of JᵀJ, stands for all entries.
        let mut image = residuals;
        squares.jacobian_vector(parameters, &product, &mut image)?;
        let length = dot(gradient, gradient);
        let quotient = dot(&image, &image) / if length > 0.0 { length } else { 1.0 };
        diagonal.fill(quotient);
        Ok(())
    }

    fn damp(&mut self, damping: &[f64]) -> bool {
        self.damping.copy_from_slice(damping);
        damping.iter().all(|d| *d > 0.0)
    }

    fn solve<T: Real>(
        &mut self,
        parameters: &[T],
        squares: &mut dyn LeastSquares<T>,
        right: &[f64],
        step: &mut [f64],
    ) -> Result<(), EngineError> {
        step.fill(0.0);
        let mut left: Vec<f64> = right.iter().map(|r| -r).collect();
        let precondition = |left: &[f64], damping: &[f64]| -> Vec<f64> {
            left.iter().zip(damping).map(|(l, d)| l / d).collect()
        };
        let mut direction = precondition(&left, &self.damping);
        let mut size = dot(&left, &direction);
        let enough = REDUCTION * REDUCTION * size;
        let mut image = vec![T::ZERO; squares.rows()];
        let mut product = vec![T::ZERO; step.len()];
        for _ in 0..MOST_ITERATIONS.min(2 * step.len()) {
            let rounded: Vec<T> = direction.iter().map(|d| T::from_f64(*d)).collect();
            squares.jacobian_vector(parameters, &rounded, &mut image)?;
            squares.vector_jacobian(parameters, &image, &mut product)?;
            let products = product.iter().zip(&self.damping).zip(&direction);
            let image: Vec<f64> = products.map(|((p, m), d)| p.to_f64() + m * d).collect();
            let curvature = dot(&direction, &image);
            if !curvature.is_finite() || curvature <= 0.0 {
                break;
            }
            let along = size / curvature;
            for ((s, l), (d, i)) in step
                .iter_mut()
                .zip(&mut left)
                .zip(direction.iter().zip(&image))
            {
                *s += along * d;
                *l -= along * i;
            }
            let turned = precondition(&left, &self.damping);
            let next = dot(&left, &turned);
            if !next.is_finite() || next <= enough {
                break;
            }
            for (d, t) in direction.iter_mut().zip(&turned) {
                *d = t + next / size * *d;
            }
            size = next;
        }
        Ok(())
    }
}
