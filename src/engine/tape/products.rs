//! Broadcasts, sums and stacks as products with constant matrices.
//!
//! On CUDA dfdx adds the gradient of a broadcast, and a sum, by atomic additions, whose order and so whose rounding
//! differ from run to run; and it compiles stacking when the program runs, with headers of the machine that it was
//! built on. A product with zeros and ones gives the same numbers, and its gradient is a product too. (If only the
//! gradient of a sum is needed, as of the loss, dfdx's own sum is used: its adjoint writes every place once.)

use super::recorder::{Column, Matrix, Recorder, failed};
use crate::EngineError;
use dfdx::prelude::*;
use pinn_expr::Real;

/// Repeats a column, in the shape of a matrix: c·1ᵀ.
pub(super) fn spread<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    column: &Column<T, D>,
    (rows, columns): (usize, usize),
) -> Result<Matrix<T, D>, EngineError> {
    let ones = column.device().try_ones_like(&(1, columns));
    let ones = ones.map_err(failed)?;
    recorder.apply(column, |c| c.try_reshape_like(&(rows, 1))?.try_matmul(ones))
}

/// Sums every row: M·1.
pub(super) fn row_sums<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    matrix: &Matrix<T, D>,
) -> Result<Column<T, D>, EngineError> {
    let (rows, columns) = *matrix.shape();
    let ones = matrix.device().try_ones_like(&(columns, 1));
    let ones = ones.map_err(failed)?;
    recorder.apply(matrix, |m| m.try_matmul(ones)?.try_reshape_like(&(rows,)))
}

/// Places the rows of a matrix in a taller one, below `above` rows of zeros: E·M.
pub(super) fn padded<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    matrix: &Matrix<T, D>,
    above: usize,
    height: usize,
) -> Result<Matrix<T, D>, EngineError> {
    let rows = matrix.shape().0;
    let entry = |i: usize| match i / rows == above + i % rows {
        true => <T as Real>::ONE,
        false => <T as Real>::ZERO,
    };
    let shape = (height, rows);
    let embedding = (0..height * rows).map(entry).collect();
    let embedding = matrix.device().try_tensor_from_vec(embedding, shape);
    // The operand that carries the tape comes first.
    recorder.apply(&embedding.map_err(failed)?, |e| {
        e.try_matmul(matrix.clone())
    })
}
