//! The damped linear problem by orthogonal transformations.

use super::Linear;
use crate::optimiser::LeastSquares;
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_upper_triangular_in_place,
};
use faer::{ColMut, Mat, MatRef, Par};
use pinn_engine::{Columns, EngineError};
use pinn_expr::Real;

/// Solver that folds rows into a triangle, block by block: the QR factor of [R; block] is that of all rows so far
/// (Golub & Van Loan, *Matrix Computations*, 4th ed., §12.5 and §6.5.3). The last column carries the
/// residuals. The damping is √μ I below it (Madsen, Nielsen & Tingleff 2004, eq. 3.15).
pub(super) struct Orthogonal {
    length: usize,
    /// Upper triangle of [J r], with length + 1 columns.
    triangle: Mat<f64>,
    /// Upper triangle of the damped rows.
    damped: Mat<f64>,
}

impl Orthogonal {
    pub fn new(length: usize) -> Self {
        Orthogonal {
            length,
            triangle: Mat::zeros(0, length + 1),
            damped: Mat::zeros(0, length),
        }
    }
}

/// Computes the triangle of the rows `top` over `below`.
pub(crate) fn fold(
    top: MatRef<f64>,
    below: usize,
    entry: impl Fn(usize, usize) -> f64,
) -> Mat<f64> {
    let rows = Mat::from_fn(top.nrows() + below, top.ncols(), |i, j| {
        if i < top.nrows() {
            top[(i, j)]
        } else {
            entry(i - top.nrows(), j)
        }
    });
    rows.qr().thin_R().to_owned()
}

impl Linear for Orthogonal {
    fn linearise<T: Real>(
        &mut self,
        parameters: &[T],
        squares: &mut dyn LeastSquares<T>,
        gradient: &mut [f64],
        diagonal: &mut [f64],
    ) -> Result<(), EngineError> {
        let n = self.length;
        let mut triangle = Mat::zeros(0, n + 1);
        squares.linearise(parameters, Columns::All, &mut |residuals, jacobian| {
            triangle = fold(triangle.as_ref(), residuals.len(), |i, j| {
                if j < n {
                    jacobian[i * n + j].to_f64()
                } else {
                    residuals[i].to_f64()
                }
            });
        })?;
        for (j, (g, d)) in gradient.iter_mut().zip(diagonal).enumerate() {
            let column = triangle.col(j);
            *g = column.transpose() * triangle.col(n);
            *d = column.squared_norm_l2();
        }
        self.triangle = triangle;
        Ok(())
    }

    fn damp(&mut self, damping: &[f64]) -> bool {
        let n = self.length;
        let entry = |i: usize, j: usize| if i == j { damping[i].sqrt() } else { 0.0 };
        let damped = fold(self.triangle.subcols(0, n), n, entry);
        let regular = (0..n).all(|i| damped[(i, i)].is_finite() && damped[(i, i)] != 0.0);
        self.damped = damped;
        regular
    }

    /// Solves by the triangle R of the damped rows, for which RᵀR is the damped matrix.
    fn solve<T: Real>(
        &mut self,
        _: &[T],
        _: &mut dyn LeastSquares<T>,
        right: &[f64],
        step: &mut [f64],
    ) -> Result<(), EngineError> {
        for (s, r) in step.iter_mut().zip(right) {
            *s = -r;
        }
        let mut target = ColMut::from_slice_mut(step);
        let triangle = self.damped.as_ref();
        solve_lower_triangular_in_place(
            triangle.transpose(),
            target.as_mut().as_mat_mut(),
            Par::Seq,
        );
        solve_upper_triangular_in_place(triangle, target.as_mat_mut(), Par::Seq);
        Ok(())
    }
}
