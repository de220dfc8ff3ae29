//! Rows of the Jacobian, and products with it.

use super::{
    Argument, GeneratedEngine, Launch, Machine, argument, buffer, expect, mode, number, read,
    source,
};
use crate::{Columns, EngineError, Linearised};
use bytemuck::Pod;
use pinn_expr::Real;
use pinn_geometry::points::Points;

/// Size in bytes of the rows that are on the device at the same time.
const ROWS_BYTES: usize = 256 << 20;

impl<T: Real + Pod, M: Machine> GeneratedEngine<T, M> {
    /// Computes rows of the Jacobian in `self.flat`, part by part, and calls `visit` with the number of the first row
    /// and the number of rows.
    fn rows(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        mut visit: impl FnMut(&mut Self, usize, usize) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        self.set(parameters)?;
        self.others.hold(&self.machine, points)?;
        let tile = self.tasks[task].rows;
        let bytes = tile * self.layout.gradient.max(1) * size_of::<T>();
        let most = (ROWS_BYTES / bytes).max(1);
        let all = self.tasks[task].tiles(points.rows());
        self.partial
            .at_least(&self.machine, most.min(all) * bytes)?;
        for residual in 0..self.tasks[task].residuals() {
            for first in (0..all).step_by(most) {
                let tiles = most.min(all - first);
                let mut arguments = self.common(&self.others, points);
                arguments[argument::MODE] = Argument::Integer(mode::ROWS);
                arguments[argument::RESIDUAL] = Argument::Integer(residual as u64);
                arguments[argument::FIRST_TILE] = Argument::Integer(first as u64);
                arguments[argument::TILES] = Argument::Integer(tiles as u64);
                let blocks = tiles.min(self.limits.blocks);
                let launch = self.task_launch(number::rows(task), &self.tasks[task], blocks);
                self.machine.launch(launch, &arguments)?;
                let rows = (tiles * tile).min(points.rows() - first * tile);
                self.collect(true, rows)?;
                visit(self, residual * points.rows() + first * tile, rows)?;
            }
        }
        Ok(())
    }
}

impl<T: Real + Pod, M: Machine> Linearised<T> for GeneratedEngine<T, M> {
    fn jacobian_vector(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError> {
        self.serves(task, points)?;
        expect("vector entries", self.layout.parameters, vector.len())?;
        let residuals = self.tasks[task].residuals() * points.rows();
        expect("product entries", residuals, product.len())?;
        self.vector.hold(&self.machine, vector)?;
        self.rows(parameters, task, points, |engine, first, rows| {
            let bytes = rows * size_of::<T>();
            engine.products.at_least(&engine.machine, bytes)?;
            let [from, count, vector, to] = source::argument::PRODUCT;
            let mut arguments = super::arguments(4);
            arguments[from] = buffer(&engine.flat);
            arguments[count] = Argument::Integer(rows as u64);
            arguments[vector] = buffer(&engine.vector);
            arguments[to] = buffer(&engine.products);
            let launch = Launch {
                blocks: rows.clamp(1, engine.limits.blocks),
                ..engine.over(number::PRODUCT, 1)
            };
            engine.machine.launch(launch, &arguments)?;
            let part = &mut product[first..first + rows];
            read(&engine.machine, &engine.products, part)
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
        self.serves(task, points)?;
        let residuals = self.tasks[task].residuals() * points.rows();
        expect("vector entries", residuals, vector.len())?;
        expect("product entries", self.layout.parameters, product.len())?;
        self.set(parameters)?;
        self.others.hold(&self.machine, points)?;
        self.vector.hold(&self.machine, vector)?;
        let blocks = self.blocks(self.tasks[task].tiles(points.rows()));
        let bytes = blocks * self.layout.gradient * size_of::<T>();
        self.partial.at_least(&self.machine, bytes)?;
        let mut arguments = self.common(&self.others, points);
        arguments[argument::MODE] = Argument::Integer(mode::PRODUCT);
        arguments[argument::FRESH] = Argument::Integer(1);
        let launch = self.task_launch(number::task(task), &self.tasks[task], blocks);
        self.machine.launch(launch, &arguments)?;
        self.reduce(blocks, true, false)?;
        self.collect(false, 1)?;
        read(&self.machine, &self.flat, product)
    }

    fn jacobian(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        columns: Columns,
        jacobian: &mut [T],
    ) -> Result<(), EngineError> {
        self.serves(task, points)?;
        let wanted = columns.of(&self.network.layout()?)?;
        let (all, columns) = (self.layout.parameters, wanted.len());
        let residuals = self.tasks[task].residuals() * points.rows();
        expect("Jacobian entries", residuals * columns, jacobian.len())?;
        self.rows(parameters, task, points, |engine, first, rows| {
            let part = &mut jacobian[first * columns..][..rows * columns];
            if columns == all {
                return read(&engine.machine, &engine.flat, part);
            }
            let mut whole = vec![T::ZERO; rows * all];
            read(&engine.machine, &engine.flat, &mut whole)?;
            for (to, from) in part.chunks_exact_mut(columns).zip(whole.chunks_exact(all)) {
                to.copy_from_slice(&from[wanted.clone()]);
            }
            Ok(())
        })
    }
}
