//! Sums of squares, for methods like Gauss–Newton.

use pinn_engine::{Columns, EngineError};

/// Function Σ rᵢ² of residuals r with Jacobian J. Its gradient is 2 Jᵀr.
///
/// Residuals keep their order from call to call. Nothing depends on the number of threads.
pub trait LeastSquares<T> {
    /// Number of residuals.
    fn rows(&self) -> usize;

    /// Computes Σ rᵢ². Non-finite values are returned, not reported.
    fn value(&mut self, parameters: &[T]) -> Result<f64, EngineError>;

    /// Writes the residuals to `residuals`, of length [`LeastSquares::rows`].
    fn residuals(&mut self, parameters: &[T], residuals: &mut [T]) -> Result<(), EngineError>;

    /// Passes all rows to `take`, block by block: residuals, and the Jacobian, row-major with one column per
    /// parameter that `columns` names. Memory does not grow with the number of rows.
    fn linearise(
        &mut self,
        parameters: &[T],
        columns: Columns,
        take: &mut dyn FnMut(&[T], &[T]),
    ) -> Result<(), EngineError>;

    /// Writes J·v to `product`, of length [`LeastSquares::rows`].
    fn jacobian_vector(
        &mut self,
        parameters: &[T],
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError>;

    /// Writes Jᵀ·u to `product`, one entry per parameter.
    fn vector_jacobian(
        &mut self,
        parameters: &[T],
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError>;
}
