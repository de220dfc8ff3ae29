//! Jacobian of the residuals: products with it, and its rows.

use super::{FusedEngine, gradient, own};
use crate::shapes::expect;
use crate::simd::Element;
use crate::{Columns, EngineError, Linearised, shapes};
use pinn_geometry::points::Points;
use rayon::prelude::*;

impl<T: Element> FusedEngine<T> {
    /// Checks shapes and reads the parameters; returns the number of residual rows of the task.
    fn prepare(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
    ) -> Result<usize, EngineError> {
        let residuals = {
            let task = shapes::task(&self.tasks, task)?;
            task.serves(&self.network, points)?;
            task.residuals()
        };
        self.set(parameters)?;
        Ok(residuals * points.rows())
    }
}

impl<T: Element> Linearised<T> for FusedEngine<T> {
    fn jacobian_vector(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError> {
        let rows = self.prepare(parameters, task, points)?;
        expect("entries of the vector", parameters.len(), vector.len())?;
        expect("entries of the product", rows, product.len())?;
        self.program.set_tangent(vector);
        let task = &self.tasks[task];
        let columns = self.collect(
            task,
            points.rows(),
            task.residuals(),
            |model, space, rows, part| space.jacobian_vector(model, task, points, rows, part),
        );
        product.copy_from_slice(&columns);
        Ok(())
    }

    fn vector_jacobian(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError> {
        let rows = self.prepare(parameters, task, points)?;
        expect("entries of the vector", rows, vector.len())?;
        expect("entries of the product", parameters.len(), product.len())?;
        let blocks = self.tasks[task].blocks(points.rows());
        let groups = self.sum_blocks(blocks, |tasks, model, space, block, partial| {
            let task = &tasks[task];
            let rows = task.rows(block, points.rows());
            space.add_vector_jacobian(model, task, points, rows, vector, partial);
        });
        let partials = &mut self.partials[..groups];
        gradient::sum(&self.program, partials, product, self.pool.as_ref());
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
        let rows = self.prepare(parameters, task, points)?;
        let wanted = columns.of(&self.program.circuit)?;
        let columns = wanted.len();
        expect("entries of the Jacobian", rows * columns, jacobian.len())?;
        let (task, model) = (&self.tasks[task], self.model());
        // Each block contains rows of every residual.
        let length = task.block * columns;
        let by_residual = jacobian.chunks_exact_mut((points.rows() * columns).max(1));
        let mut parts: Vec<Vec<&mut [T]>> = Vec::new();
        parts.resize_with(task.blocks(points.rows()), Vec::new);
        for rows in by_residual {
            for (block, part) in parts.iter_mut().zip(rows.chunks_mut(length)) {
                block.push(part);
            }
        }
        let block = |(number, parts): (usize, &mut Vec<&mut [T]>)| {
            let mut space = own(&self.workspaces, self.pool.is_some());
            space.jacobian(
                &model,
                task,
                points,
                task.rows(number, points.rows()),
                wanted.start,
                parts,
            );
        };
        match &self.pool {
            Some(pool) => pool.install(|| {
                let blocks = parts.par_iter_mut().with_max_len(1).enumerate();
                blocks.for_each(block)
            }),
            None => parts.iter_mut().enumerate().for_each(block),
        }
        Ok(())
    }
}
