//! Jacobian of a family's residuals: that of each member by θ, times that of θ.

use super::engine::FamilyEngine;
use pinn_engine::fused::own;
use pinn_engine::shapes::expect;
use pinn_engine::simd::Element;
use pinn_engine::{Columns, EngineError, Linearised};
use pinn_expr::Real;
use pinn_geometry::points::Points;
use std::ops::Range;

/// Entries of a column by residual that belong to a block of rows.
fn cut<T: Real>(column: &[T], rows: usize, block: &Range<usize>) -> Vec<T> {
    let residuals = column.chunks_exact(rows);
    residuals.flat_map(|r| &r[block.clone()]).copied().collect()
}

impl<T: Element> Linearised<T> for FamilyEngine<T> {
    fn jacobian_vector(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError> {
        self.expect_parameters(parameters.len())?;
        expect("entries of the vector", parameters.len(), vector.len())?;
        let blocks = self.blocks(points)?;
        self.generate(parameters, points, &blocks);
        let rows = points.rows();
        let mut slopes = vec![T::ZERO; self.hyper.generated()];
        for (member, block) in blocks.iter().enumerate() {
            let space = &mut self.space;
            self.hyper
                .tangent(parameters, vector, member, space, &mut slopes);
            let mut part = vec![T::ZERO; product.len() / rows * block.len()];
            let mut engine = own(&self.engines, false);
            let points = points.range(block.clone());
            engine.jacobian_vector(self.theta(member), task, &points, &slopes, &mut part)?;
            let residuals = product.chunks_exact_mut(rows);
            for (to, from) in residuals.zip(part.chunks_exact(block.len())) {
                to[block.clone()].copy_from_slice(from);
            }
        }
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
        self.expect_parameters(parameters.len())?;
        expect("entries of the product", parameters.len(), product.len())?;
        let blocks = self.blocks(points)?;
        self.generate(parameters, points, &blocks);
        let length = self.hyper.generated();
        let mut by_theta = std::mem::take(&mut self.by_theta);
        by_theta.resize(blocks.len() * length, T::ZERO);
        for ((member, block), by_theta) in blocks
            .iter()
            .enumerate()
            .zip(by_theta.chunks_exact_mut(length))
        {
            let part = cut(vector, points.rows(), block);
            let mut engine = own(&self.engines, false);
            let points = points.range(block.clone());
            engine.vector_jacobian(self.theta(member), task, &points, &part, by_theta)?;
        }
        self.by_theta = by_theta;
        self.pull_back(parameters, product);
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
        // The fields are not affine in the parameters of a hypernetwork's last layer: these are weights of all layers.
        if columns == Columns::OutputLayer {
            return Err(EngineError::NoOutputLayer);
        }
        self.expect_parameters(parameters.len())?;
        let blocks = self.blocks(points)?;
        self.generate(parameters, points, &blocks);
        let (columns, length, rows) = (parameters.len(), self.hyper.generated(), points.rows());
        let residuals = jacobian.len() / (columns * rows).max(1);
        for (member, block) in blocks.iter().enumerate() {
            let mut by_theta = vec![T::ZERO; residuals * block.len() * length];
            let part = points.range(block.clone());
            {
                let mut engine = own(&self.engines, false);
                let all = Columns::All;
                engine.jacobian(self.theta(member), task, &part, all, &mut by_theta)?;
            }
            for (number, by_theta) in by_theta.chunks_exact(length).enumerate() {
                let (residual, row) = (number / block.len(), number % block.len());
                let place = residual * rows + block.start + row;
                let gradient = &mut jacobian[place * columns..][..columns];
                self.pull_back_of(parameters, member, by_theta, gradient);
            }
        }
        Ok(())
    }
}
