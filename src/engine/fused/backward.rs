//! Forward and backward pass of one block of rows: its part of the losses and of the gradient.

use super::gradient::Partial;
use super::layers::{Gradients, RowSink, Sink};
use super::task::{Source, Task};
use super::workspace::{Model, Workspace, pass};
use crate::simd::Element;
use pinn_expr::{Columns, ColumnsMut};
use pinn_geometry::points::Points;
use std::ops::Range;

/// Destination of the gradients by the layers' parameters.
enum Collect<'a, T> {
    /// Sum over all points into the layers' parts.
    Sum(&'a mut Partial<T>),
    /// Rows of the Jacobian, row-major, by the parameters from `first` on: all, or those of the heads.
    Rows { jacobian: &'a mut [T], first: usize },
}

impl<T: Element> Workspace<T> {
    /// Adds the block's part of each loss, and of the gradient if `weights` are given.
    pub fn add(
        &mut self,
        model: &Model<T>,
        task: &Task<T>,
        points: &Points<T>,
        rows: Range<usize>,
        weights: Option<&[f64]>,
        partial: &mut Partial<T>,
    ) {
        let n = rows.len();
        let inverse = 1.0 / points.rows() as f64;
        self.residuals(model, task, points, rows.clone());
        for r in 0..task.residuals() {
            let column = &self.residuals[r * task.block..][..n];
            let at_points = points.weights();
            let at_points = at_points.map(|all| &all[r * points.rows()..][rows.clone()]);
            let squares = column.iter().map(|x| x.to_f64() * x.to_f64());
            let sum = match points.measure() {
                None => squares.clone().sum::<f64>(),
                Some(measure) => {
                    let pairs = squares.clone().zip(&measure[rows.clone()]);
                    pairs.map(|(x, m)| m.to_f64() * x).sum()
                }
            };
            let loss = sum * inverse;
            partial.losses[task.first_loss + r] += loss;
            partial.weighted[task.first_loss + r] += match at_points {
                None => loss,
                Some(at_points) => {
                    let pairs = squares.zip(at_points);
                    pairs.map(|(x, w)| w.to_f64() * x).sum::<f64>() * inverse
                }
            };
            if let Some(weights) = weights {
                let factor = T::from_f64(2.0 * weights[task.first_loss + r] * inverse);
                let seeds = &mut self.seeds[r * task.block..][..n];
                for (seed, residual) in seeds.iter_mut().zip(column) {
                    *seed = factor * *residual;
                }
                for (seed, weight) in seeds.iter_mut().zip(at_points.unwrap_or(&[])) {
                    *seed *= *weight;
                }
            }
        }
        if weights.is_some() {
            self.pull_back(model, task, n, Collect::Sum(partial));
        }
    }

    /// Adds the block's part of Jᵀ·u; `vector` holds u as [`Linearised`](crate::Linearised) numbers
    /// it.
    pub fn add_vector_jacobian(
        &mut self,
        model: &Model<T>,
        task: &Task<T>,
        points: &Points<T>,
        rows: Range<usize>,
        vector: &[T],
        partial: &mut Partial<T>,
    ) {
        self.residuals(model, task, points, rows.clone());
        for r in 0..task.residuals() {
            let from = &vector[r * points.rows()..][rows.clone()];
            self.seeds[r * task.block..][..rows.len()].copy_from_slice(from);
        }
        self.pull_back(model, task, rows.len(), Collect::Sum(partial));
    }

    /// Rows of the Jacobian, row-major (rows × parameters from `first` on), of each residual into one of `jacobians`.
    /// `first` is the first parameter of all, or that of the heads.
    pub fn jacobian(
        &mut self,
        model: &Model<T>,
        task: &Task<T>,
        points: &Points<T>,
        rows: Range<usize>,
        first: usize,
        jacobians: &mut [&mut [T]],
    ) {
        let n = rows.len();
        self.residuals(model, task, points, rows);
        for (residual, jacobian) in jacobians.iter_mut().enumerate() {
            self.seeds.fill(T::ZERO);
            self.seeds[residual * task.block..][..n].fill(T::ONE);
            jacobian.fill(T::ZERO);
            self.pull_back(model, task, n, Collect::Rows { jacobian, first });
        }
    }

    /// Computes the gradients by all parameters from seeds on residuals.
    fn pull_back(&mut self, model: &Model<T>, task: &Task<T>, n: usize, mut collect: Collect<T>) {
        self.seed_outputs(model, task, n);
        let program = model.program;
        let longest = program.parts().max().unwrap_or(0);
        let mut heads_alone = false;
        if let Collect::Rows { first, .. } = collect {
            self.part.resize(longest);
            heads_alone = first > 0;
        }
        let pass = pass(model, task, &self.coordinates, n * task.sites);
        let columns = task.columns(program.circuit.outputs());
        for (number, head) in program.heads.iter().enumerate() {
            let mut gradients = Gradients {
                slots: &mut self.slots,
                targets: &head.target,
            };
            let part = program.steps.len() + number;
            let mut sink = collect.sink(part, &mut self.part, program.parameters(), n);
            let input = &self.values[head.layer.input.0];
            let seeds = &self.output_seeds;
            head.layer
                .pull_back(&pass, columns, input, seeds, &mut gradients, &mut sink);
        }
        if heads_alone {
            return;
        }
        for (number, step) in program.steps.iter().enumerate().rev() {
            let Some(slot) = step.own else { continue };
            let mut own = std::mem::take(&mut self.slots[slot]);
            let mut gradients = Gradients {
                slots: &mut self.slots,
                targets: &step.targets,
            };
            let mut sink = collect.sink(number, &mut self.part, program.parameters(), n);
            step.layer
                .backward(&pass, &self.values, &mut own, &mut gradients, &mut sink);
            self.slots[slot] = own;
        }
    }

    /// Computes seeds on the outputs of the network from seeds on residuals.
    fn seed_outputs(&mut self, model: &Model<T>, task: &Task<T>, n: usize) {
        let Some(kernel) = &task.kernel else { return };
        kernel.pull_back(
            n,
            Columns::new(&self.inputs, task.block),
            Columns::new(&self.seeds, task.block),
            &mut ColumnsMut::new(&mut self.input_seeds, task.block),
            &mut self.registers,
        );
        let capacity = task.capacity();
        let fields = model.program.circuit.outputs();
        self.output_seeds[..task.used.len() * fields * capacity].fill(T::ZERO);
        for (i, source) in task.sources.iter().enumerate() {
            let Source::Field { field, site, terms } = source else {
                continue;
            };
            let seeds = &self.input_seeds[i * task.block..][..n];
            for (u, coefficient) in terms {
                let to = (u * fields + field) * capacity + site * n;
                for (to, seed) in self.output_seeds[to..][..n].iter_mut().zip(seeds) {
                    *to += *coefficient * *seed;
                }
            }
        }
    }
}

impl<T: Element> Collect<'_, T> {
    fn sink<'a>(
        &'a mut self,
        number: usize,
        part: &'a mut super::buffer::Buffer<T>,
        parameters: usize,
        rows: usize,
    ) -> Sink<'a, T> {
        match self {
            Collect::Sum(partial) => Sink::Sum(&mut partial.parts[number]),
            Collect::Rows { jacobian, first } => Sink::Rows(RowSink {
                part,
                jacobian,
                first: *first,
                columns: parameters - *first,
                rows,
            }),
        }
    }
}
