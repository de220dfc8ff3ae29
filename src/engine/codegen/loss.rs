//! Losses of all tasks, and the gradient of their weighted sum.

use super::{Argument, GeneratedEngine, Machine, argument, buffer, mode, number};
use crate::{EngineError, shapes};
use bytemuck::Pod;
use pinn_expr::Real;
use pinn_geometry::points::Points;

impl<T: Real + Pod, M: Machine> GeneratedEngine<T, M> {
    /// Copies points and weights to the device, allocates memory for the results, and returns the number of blocks.
    pub(super) fn stage(
        &mut self,
        points: &[Points<T>],
        weights: &[f64],
        gradient: bool,
    ) -> Result<usize, EngineError> {
        for (number, points) in points.iter().enumerate() {
            self.serves(number, points)?;
            shapes::weights_fit(self.tasks[number].residuals(), points)?;
        }
        let tiles = self.tasks.iter().zip(points);
        let tiles = tiles.map(|(task, points)| task.tiles(points.rows()));
        let blocks = self.blocks(tiles.max().unwrap_or(1));
        let bytes = blocks * 2 * self.losses * size_of::<f64>();
        self.sums.at_least(&self.machine, bytes)?;
        if gradient {
            let bytes = blocks * self.layout.gradient * size_of::<T>();
            self.partial.at_least(&self.machine, bytes)?;
        }
        for (number, points) in points.iter().enumerate() {
            self.points[number].hold(&self.machine, points)?;
            let task = &self.tasks[number];
            let own = &weights[task.first_loss..][..task.residuals()];
            let factors = own
                .iter()
                .map(|w| T::from_f64(2.0 * w / points.rows() as f64));
            let factors: Vec<T> = factors.collect();
            self.factors[number].hold(&self.machine, &factors)?;
        }
        Ok(blocks)
    }

    /// Runs all tasks at points on the device, which gives one sum per block.
    pub(super) fn pass(
        &self,
        points: &[Points<T>],
        blocks: usize,
        gradient: bool,
    ) -> Result<(), EngineError> {
        let what = if gradient {
            mode::GRADIENT
        } else {
            mode::LOSSES
        };
        for (number, points) in points.iter().enumerate() {
            let mut arguments = self.common(&self.points[number], points);
            arguments[argument::FACTORS] = buffer(&self.factors[number]);
            arguments[argument::MODE] = Argument::Integer(what);
            arguments[argument::FRESH] = Argument::Integer(u64::from(number == 0));
            let launch = self.task_launch(number::task(number), &self.tasks[number], blocks);
            self.machine.launch(launch, &arguments)?;
        }
        Ok(())
    }

    /// Sums of squares of every loss, plain and weighted by point, and the number of their points.
    pub(super) fn sums(
        &self,
        totals: &[f64],
        points: &[Points<T>],
    ) -> impl Iterator<Item = [f64; 3]> {
        let counts =
            self.tasks.iter().zip(points).flat_map(|(task, points)| {
                std::iter::repeat_n(points.rows() as f64, task.residuals())
            });
        let pairs = totals.as_chunks().0.iter().zip(counts);
        pairs.map(|([plain, weighted], count)| [*plain, *weighted, count])
    }
}
