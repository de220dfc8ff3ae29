//! The Jacobian of the residuals: products with it, and its rows.

use super::gradient::{self, Partial};
use super::workspace::{Model, Workspace};
use super::{FusedEngine, GROUPS, own};
use crate::pinn::engine::shapes::{self, expect};
use crate::pinn::engine::simd::Element;
use crate::pinn::engine::{EngineError, Linearised};
use crate::pinn::points::Points;
use rayon::prelude::*;
use std::ops::Range;

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
        let task = &self.tasks[task];
        let blocks = task.blocks(points.rows());
        let groups = blocks.min(GROUPS);
        while self.partials.len() < groups {
            self.partials.push(Partial::new(&self.program, self.losses));
        }
        let model = Model {
            set: self.set,
            program: &self.program,
        };
        let (workspaces, pooled) = (&self.workspaces, self.pool.is_some());
        let group = |(number, partial): (usize, &mut Partial<T>)| {
            let mut space = own(workspaces, pooled);
            partial.clear();
            for block in number * blocks / groups..(number + 1) * blocks / groups {
                let rows = block * task.block..points.rows().min((block + 1) * task.block);
                space.add_vector_jacobian(&model, task, points, rows, vector, partial);
            }
        };
        let partials = &mut self.partials[..groups];
        match &self.pool {
            Some(pool) => pool.install(|| {
                let groups = partials.par_iter_mut().with_max_len(1).enumerate();
                groups.for_each(group)
            }),
            None => partials.iter_mut().enumerate().for_each(group),
        }
        gradient::sum(&self.program, partials, product, self.pool.as_ref());
        Ok(())
    }

    fn jacobian(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        jacobian: &mut [T],
    ) -> Result<(), EngineError> {
        let rows = self.prepare(parameters, task, points)?;
        let columns = parameters.len();
        expect("entries of the Jacobian", rows * columns, jacobian.len())?;
        let task = &self.tasks[task];
        let model = Model {
            set: self.set,
            program: &self.program,
        };
        let one =
            |space: &mut Workspace<T>, residual: usize, range: Range<usize>, out: &mut [T]| {
                space.jacobian(&model, task, points, range, residual, out);
            };
        for (residual, part) in jacobian
            .chunks_exact_mut(points.rows() * columns)
            .enumerate()
        {
            let block = |(number, out): (usize, &mut [T])| {
                let start = number * task.block;
                let mut space = own(&self.workspaces, self.pool.is_some());
                one(
                    &mut space,
                    residual,
                    start..start + out.len() / columns,
                    out,
                );
            };
            let length = task.block * columns;
            match &self.pool {
                Some(pool) => pool.install(|| {
                    let blocks = part.par_chunks_mut(length).with_max_len(1).enumerate();
                    blocks.for_each(block)
                }),
                None => part.chunks_mut(length).enumerate().for_each(block),
            }
        }
        Ok(())
    }
}
