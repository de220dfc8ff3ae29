//! Objective of a session for optimisers: the weighted loss, also as a sum of squares.

use crate::optimiser::{LeastSquares, Objective};
use pinn_engine::operation::TapeObjective;
use pinn_engine::{Columns, Engine, EngineError, Linearised};
use pinn_expr::Real;
use pinn_geometry::points::Points;

/// Largest number of entries of a block of the Jacobian: 16 MiB in f64.
const BLOCK: usize = 1 << 21;
/// Largest number of points of a block: products are not faster with more.
const BLOCK_POINTS: usize = 512;

/// Objective Σ weight · mean square, in which points have their own weights. Its gradient is computed by dfdx's tape.
///
/// As a sum of squares its rows are √(weight · weight of the point / points of the task) · residual, numbered by task,
/// then by residual, then by point.
pub(super) struct WeightedLoss<'a, T: Real> {
    pub tape: &'a TapeObjective,
    pub engine: &'a mut dyn Engine<T>,
    /// Number of residuals of each task.
    pub residuals: &'a [usize],
    pub points: &'a [Points<T>],
    pub weights: &'a [f64],
    pub losses: &'a mut [f64],
    /// Number of parameters of the output layer.
    pub output_layer: Option<usize>,
}

impl<T: Real + dfdx::prelude::Dtype> Objective<T> for WeightedLoss<'_, T> {
    fn evaluate(&mut self, parameters: &[T], gradient: &mut [T]) -> Result<f64, EngineError> {
        let (points, weights) = (self.points, self.weights);
        self.tape.evaluate(
            self.engine,
            parameters,
            points,
            weights,
            self.losses,
            gradient,
        )
    }

    fn pool(&self) -> Option<&rayon::ThreadPool> {
        self.engine.pool()
    }

    fn least_squares(&mut self) -> Option<&mut dyn LeastSquares<T>> {
        self.engine.linearised()?;
        Some(self)
    }
}

/// Rows of one task.
struct Part<'a, T> {
    task: usize,
    points: &'a Points<T>,
    /// Factors of the rows of each residual.
    factors: Vec<T>,
}

impl<T: Real> Part<'_, T> {
    fn rows(&self) -> usize {
        self.factors.len() * self.points.rows()
    }

    /// Multiplies rows of `width` numbers each, numbered `residual · points + point`, by their factors. `points` are
    /// those of the task, or those of the rows.
    fn scale(&self, points: &Points<T>, width: usize, rows: &mut [T]) {
        let residuals = rows.chunks_exact_mut(points.rows() * width);
        for (rows, factor) in residuals.zip(&self.factors) {
            for x in rows {
                *x *= *factor;
            }
        }
        let rows = rows.chunks_exact_mut(width);
        for (row, weight) in rows.zip(points.weights().unwrap_or(&[])) {
            let root = weight.sqrt();
            for x in row {
                *x *= root;
            }
        }
    }
}

impl<'a, T: Real> WeightedLoss<'a, T> {
    fn parts(&self) -> Vec<Part<'a, T>> {
        let mut first = 0;
        let tasks = self.points.iter().zip(self.residuals).enumerate();
        tasks
            .map(|(task, (points, count))| {
                let weights = &self.weights[first..first + count];
                first += count;
                let rows = points.rows().max(1) as f64;
                let factors = weights.iter().map(|w| (w / rows).sqrt());
                Part {
                    task,
                    points,
                    factors: factors.map(<T as Real>::from_f64).collect(),
                }
            })
            .collect()
    }

    fn linearised(&mut self) -> Result<&mut dyn Linearised<T>, EngineError> {
        self.engine.linearised().ok_or(EngineError::NoLeastSquares)
    }

    fn add_residuals(
        &mut self,
        part: &Part<'_, T>,
        points: &Points<T>,
        parameters: &[T],
        out: &mut Vec<T>,
    ) -> Result<(), EngineError> {
        let start = out.len();
        let batch = self.engine.residuals(parameters, part.task, points)?;
        for residual in 0..part.factors.len() {
            out.extend_from_slice(batch.column(residual));
        }
        part.scale(points, 1, &mut out[start..]);
        Ok(())
    }
}

impl<T: Real> LeastSquares<T> for WeightedLoss<'_, T> {
    fn rows(&self) -> usize {
        self.parts().iter().map(Part::rows).sum()
    }

    fn value(&mut self, parameters: &[T]) -> Result<f64, EngineError> {
        self.engine
            .loss(parameters, self.points, self.weights, self.losses, None)
    }

    fn residuals(&mut self, parameters: &[T], residuals: &mut [T]) -> Result<(), EngineError> {
        let mut all = Vec::with_capacity(residuals.len());
        for part in self.parts() {
            self.add_residuals(&part, part.points, parameters, &mut all)?;
        }
        residuals.copy_from_slice(&all);
        Ok(())
    }

    fn linearise(
        &mut self,
        parameters: &[T],
        columns: Columns,
        take: &mut dyn FnMut(&[T], &[T]),
    ) -> Result<(), EngineError> {
        let wanted = columns;
        let columns = match wanted {
            Columns::All => parameters.len(),
            Columns::OutputLayer => self.output_layer.ok_or(EngineError::NoOutputLayer)?,
        };
        let (mut residuals, mut jacobian) = (Vec::new(), Vec::new());
        for part in self.parts() {
            let width = part.factors.len() * columns;
            let most = (BLOCK / width.max(1)).clamp(1, BLOCK_POINTS);
            let mut done = 0;
            while done < part.points.rows() {
                let rows = most.min(part.points.rows() - done);
                let points = part.points.range(done..done + rows);
                residuals.clear();
                self.add_residuals(&part, &points, parameters, &mut residuals)?;
                jacobian.resize(rows * width, T::ZERO);
                let engine = self.linearised()?;
                engine.jacobian(parameters, part.task, &points, wanted, &mut jacobian)?;
                part.scale(&points, columns, &mut jacobian);
                take(&residuals, &jacobian);
                done += rows;
            }
        }
        Ok(())
    }

    fn jacobian_vector(
        &mut self,
        parameters: &[T],
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError> {
        let mut rest = product;
        for part in self.parts() {
            let (rows, after) = rest.split_at_mut(part.rows());
            let engine = self.linearised()?;
            engine.jacobian_vector(parameters, part.task, part.points, vector, rows)?;
            part.scale(part.points, 1, rows);
            rest = after;
        }
        Ok(())
    }

    fn vector_jacobian(
        &mut self,
        parameters: &[T],
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError> {
        product.fill(T::ZERO);
        let mut sum = vec![T::ZERO; product.len()];
        let mut done = 0;
        for part in self.parts() {
            let mut rows = vector[done..done + part.rows()].to_vec();
            done += rows.len();
            part.scale(part.points, 1, &mut rows);
            let engine = self.linearised()?;
            engine.vector_jacobian(parameters, part.task, part.points, &rows, &mut sum)?;
            for (product, part) in product.iter_mut().zip(&sum) {
                *product += *part;
            }
        }
        Ok(())
    }
}
