//! The damped linear problem by its normal equations.

use super::Linear;
use crate::optimiser::{LeastSquares, pool};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::cholesky::llt::solve::solve_in_place;
use faer::linalg::matmul::matmul;
use faer::{Accum, ColMut, MatMut, MatRef, Par};
use pinn_engine::{Columns, EngineError};
use pinn_expr::Real;
use rayon::ThreadPool;
use rayon::prelude::*;

/// Number of columns of JᵀJ per task of a thread; fixed, so that sums do not depend on the threads.
const STRIP: usize = 96;

/// Sum of JᵀJ over blocks, with Cholesky's factor of JᵀJ + μI.
pub(super) struct NormalEquations {
    length: usize,
    pool: ThreadPool,
    /// Lower triangle of JᵀJ by columns; entries above the diagonal strips stay zero.
    matrix: Vec<f64>,
    /// Block of rows in f64.
    block: Vec<f64>,
    /// Cholesky's factor below the diagonal, by columns; as large as `matrix` after the first damping.
    factor: Vec<f64>,
    /// True if the last damped matrix was positive definite.
    definite: bool,
    /// Workspace of the factorisation.
    workspace: MemBuffer,
}

impl NormalEquations {
    pub fn new(length: usize, threads: usize) -> Result<Self, EngineError> {
        Ok(NormalEquations {
            length,
            pool: pool(threads)?,
            matrix: vec![0.0; length * length],
            block: Vec::new(),
            factor: Vec::new(),
            definite: false,
            workspace: MemBuffer::new(cholesky_in_place_scratch::<f64>(
                length,
                Par::Seq,
                Default::default(),
            )),
        })
    }
}

/// Adds the lower triangle of blockᵀ·block to the matrix; `block` is row-major.
pub(super) fn add_gram(matrix: &mut [f64], block: &[f64], length: usize) {
    let rows = MatRef::from_row_major_slice(block, block.len() / length, length);
    let strips = matrix.par_chunks_mut(STRIP * length).with_max_len(1);
    strips.enumerate().for_each(|(number, strip)| {
        let first = number * STRIP;
        let width = strip.len() / length;
        let strip = MatMut::from_column_major_slice_mut(strip, length, width);
        let below = rows.subcols(first, length - first).transpose();
        let right = rows.subcols(first, width);
        let target = strip.subrows_mut(first, length - first);
        matmul(target, Accum::Add, below, right, 1.0, Par::Seq);
    });
}

impl Linear for NormalEquations {
    fn linearise<T: Real>(
        &mut self,
        parameters: &[T],
        squares: &mut dyn LeastSquares<T>,
        gradient: &mut [f64],
        diagonal: &mut [f64],
    ) -> Result<(), EngineError> {
        let n = self.length;
        let (matrix, buffer, pool) = (&mut self.matrix, &mut self.block, &self.pool);
        matrix.fill(0.0);
        gradient.fill(0.0);
        squares.linearise(parameters, Columns::All, &mut |residuals, jacobian| {
            buffer.clear();
            buffer.extend(jacobian.iter().map(|j| j.to_f64()));
            for (row, r) in buffer.chunks_exact(n).zip(residuals) {
                for (g, j) in gradient.iter_mut().zip(row) {
                    *g += j * r.to_f64();
                }
            }
            pool.install(|| add_gram(matrix, buffer, n));
        })?;
        for (i, d) in diagonal.iter_mut().enumerate() {
            *d = matrix[i * n + i];
        }
        Ok(())
    }

    fn damp(&mut self, damping: &[f64]) -> bool {
        let n = self.length;
        self.factor.resize(n * n, 0.0);
        self.factor.copy_from_slice(&self.matrix);
        for (i, d) in damping.iter().enumerate() {
            self.factor[i * n + i] += d;
        }
        let factor = MatMut::from_column_major_slice_mut(&mut self.factor, n, n);
        let workspace = MemStack::new(&mut self.workspace);
        let (regularisation, parameters) = Default::default();
        let info = cholesky_in_place(factor, regularisation, Par::Seq, workspace, parameters);
        self.definite = info.is_ok();
        self.definite
    }

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
        if !self.definite {
            step.fill(f64::NAN);
            return Ok(());
        }
        let factor = MatRef::from_column_major_slice(&self.factor, self.length, self.length);
        let right = ColMut::from_slice_mut(step).as_mat_mut();
        let workspace = MemStack::new(&mut []);
        solve_in_place(factor, right, Par::Seq, workspace);
        Ok(())
    }
}
