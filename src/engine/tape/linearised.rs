//! Rows of the Jacobian, each by one backward pass along the tape.

use super::own::Own;
use super::recorder::{Column, Recorder, failed};
use super::{TapeEngine, Task};
use crate::shapes::expect;
use crate::{Columns, EngineError, Linearised, shapes};
use dfdx::prelude::*;
use pinn_expr::Real;
use pinn_geometry::points::Points;

impl<T: Real + Dtype, D: Device<T> + Synchronize> TapeEngine<T, D> {
    /// Gradient of Σ u · residual over some columns of residuals.
    fn pull_back(
        recorder: Recorder<OwnedTape<T, D>>,
        leaf: &Column<T, D>,
        terms: impl Iterator<Item = (Column<T, D>, Vec<T>)>,
    ) -> Result<Vec<T>, EngineError> {
        let mut recorder = recorder;
        let mut total: Option<Tensor<Rank0, T, D>> = None;
        for (residual, seeds) in terms {
            let shape = (seeds.len(),);
            let seeds = residual.device().try_tensor_from_vec(seeds, shape);
            let product = recorder.mul(&residual, &seeds.map_err(failed)?)?;
            let term = recorder.apply(&product, |p| p.try_sum::<Rank0, _>())?;
            total = super::sum(&mut recorder, total.as_ref(), Some(&term))?;
        }
        match total {
            Some(total) => recorder.gradient(total, leaf),
            None => Ok(vec![<T as Real>::ZERO; leaf.shape().0]),
        }
    }

    /// Iterates over the rows of the Jacobian: number, row.
    fn rows(
        &self,
        parameters: &[T],
        task: &Task<T>,
        points: &Points<T>,
        mut visit: impl FnMut(usize, &[T]),
    ) -> Result<(), EngineError> {
        shapes::points_serve(&self.network, &task.kernel, points)?;
        let leaf = self.parameters(parameters)?;
        for row in 0..points.rows() {
            // A residual at one row depends only on the points of that row.
            let alone = points.row(row);
            for residual in 0..task.kernel.residuals() {
                let mut recorder = Recorder::<OwnedTape<T, D>>::new();
                let columns = self.record(&mut recorder, &leaf, task, &alone)?;
                let seeds = vec![<T as Real>::ONE];
                let one = columns.into_iter().skip(residual).take(1);
                let gradient = Self::pull_back(recorder, &leaf, one.map(|c| (c, seeds.clone())))?;
                visit(residual * points.rows() + row, &gradient);
            }
        }
        Ok(())
    }
}

impl<T: Real + Dtype, D: Device<T> + Synchronize> Linearised<T> for TapeEngine<T, D>
where
    Own<D>: Send,
{
    fn jacobian_vector(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError> {
        let task = shapes::task(&self.tasks, task)?;
        expect("vector entries", parameters.len(), vector.len())?;
        let residuals = task.kernel.residuals() * points.rows();
        expect("product entries", residuals, product.len())?;
        self.rows(parameters, task, points, |number, row| {
            let terms = row.iter().zip(vector);
            let sum = terms
                .map(|(a, b)| Real::to_f64(*a) * Real::to_f64(*b))
                .sum();
            product[number] = <T as Real>::from_f64(sum);
        })
    }

    fn vector_jacobian(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError> {
        let task = shapes::task(&self.tasks, task)?;
        let residuals = task.kernel.residuals() * points.rows();
        expect("vector entries", residuals, vector.len())?;
        expect("product entries", parameters.len(), product.len())?;
        let leaf = self.parameters(parameters)?;
        let mut recorder = Recorder::<OwnedTape<T, D>>::new();
        let columns = self.record(&mut recorder, &leaf, task, points)?;
        let seeds = vector.chunks(points.rows()).map(<[T]>::to_vec);
        let terms = columns.into_iter().zip(seeds);
        product.copy_from_slice(&Self::pull_back(recorder, &leaf, terms)?);
        Ok(())
    }

    fn jacobian(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        columns: Columns,
        jacobian: &mut [T],
    ) -> Result<(), EngineError> {
        let task = shapes::task(&self.tasks, task)?;
        let wanted = columns.of(&self.circuit)?;
        let columns = wanted.len();
        let residuals = task.kernel.residuals() * points.rows();
        expect("Jacobian entries", residuals * columns, jacobian.len())?;
        self.rows(parameters, task, points, |number, row| {
            jacobian[number * columns..][..columns].copy_from_slice(&row[wanted.clone()]);
        })
    }
}
