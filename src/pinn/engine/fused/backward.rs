//! One block of rows there and back: its part of the losses and of the gradient.

use super::gradient::{LayerGradient, Partial};
use super::pass::{self, Adjoint, Shape};
use super::task::{Source, Task};
use super::workspace::{Model, Workspace};
use crate::expr::{Columns, ColumnsMut};
use crate::pinn::engine::simd::{Element, InstructionSet, Multiply};
use crate::pinn::points::Points;
use std::ops::Range;

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
        self.residuals(model, task, points, rows);
        for r in 0..task.residuals() {
            let column = &self.residuals[r * task.block..][..n];
            let squares = column.iter().map(|x| x.to_f64() * x.to_f64());
            partial.losses[task.first_loss + r] += squares.sum::<f64>() * inverse;
            if let Some(weights) = weights {
                let factor = T::from_f64(2.0 * weights[task.first_loss + r] * inverse);
                let seeds = &mut self.seeds[r * task.block..][..n];
                for (seed, residual) in seeds.iter_mut().zip(column) {
                    *seed = factor * *residual;
                }
            }
        }
        if weights.is_some() {
            self.seed_outputs(model, task, n);
            self.pull_back(model, task, n * task.sites, partial);
        }
    }

    /// From seeds on residuals to seeds on the outputs of the network.
    fn seed_outputs(&mut self, model: &Model<T>, task: &Task<T>, n: usize) {
        let Some(kernel) = &task.kernel else { return };
        kernel.pull_back(
            n,
            Columns::new(&self.inputs, task.block),
            Columns::new(&self.seeds, task.block),
            &mut ColumnsMut::new(&mut self.input_seeds, task.block),
            &mut self.registers,
        );
        let capacity = task.block * task.sites;
        let fields = model.network.outputs;
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

    /// From seeds on the outputs to the gradient by all parameters.
    fn pull_back(
        &mut self,
        model: &Model<T>,
        task: &Task<T>,
        count: usize,
        partial: &mut Partial<T>,
    ) {
        self.last_layer(model, task, count, &mut partial.layers);
        for (l, layer) in model.layers.hidden().iter().enumerate().rev() {
            let stride = layer.output_stride;
            let point_stride = task.streams * stride;
            let shape = Shape {
                points: count,
                columns: layer.output_columns,
                stride,
                orders: &task.orders,
            };
            pass::backward(
                model.set,
                model.network.activation,
                Adjoint {
                    shape,
                    bias: &layer.bias,
                    z: &self.sums[l],
                    a: &self.activations[l],
                    gradient_a: &self.gradient_activations,
                    gradient_z: &mut self.gradient_sums,
                },
            );
            let gradient = &mut partial.layers[l];
            sum_rows(
                model.set,
                count,
                layer.output_columns,
                &self.gradient_sums,
                point_stride,
                &mut gradient.bias,
                true,
            );
            if l == 0 {
                self.first_layer(model, task, count, &mut gradient.weights);
                continue;
            }
            Multiply {
                rows: layer.place.outputs,
                depth: count * task.streams,
                columns: layer.input_columns,
                left: &self.gradient_sums,
                left_strides: (1, stride),
                right: &self.activations[l - 1],
                right_stride: layer.input_stride,
                result: &mut gradient.weights,
                result_stride: layer.input_stride,
                accumulate: true,
            }
            .run(model.set);
            Multiply {
                rows: count * task.streams,
                depth: layer.place.outputs,
                columns: layer.input_columns,
                left: &self.gradient_sums,
                left_strides: (stride, 1),
                right: &layer.matrix,
                right_stride: layer.input_stride,
                result: &mut self.gradient_activations,
                result_stride: layer.input_stride,
                accumulate: false,
            }
            .run(model.set);
        }
    }

    /// Gradient by the last layer's parameters and by the last hidden activations.
    fn last_layer(
        &mut self,
        model: &Model<T>,
        task: &Task<T>,
        count: usize,
        gradients: &mut [LayerGradient<T>],
    ) {
        let last = model.layers.last();
        let fields = last.place.outputs;
        let capacity = task.block * task.sites;
        let point_stride = task.streams * last.input_stride;
        let number = gradients.len() - 1;
        let gradient = &mut gradients[number];
        let activations = &self.activations[number - 1];
        for stream in 0..task.streams {
            let offset = stream * last.input_stride;
            let Ok(u) = task.used.binary_search(&stream) else {
                let rows = self.gradient_activations.chunks_exact_mut(point_stride);
                for point in rows.take(count) {
                    point[offset..][..last.input_columns].fill(T::ZERO);
                }
                continue;
            };
            let seeds = &self.output_seeds[u * fields * capacity..][..fields * capacity];
            Multiply {
                rows: count,
                depth: fields,
                columns: last.input_columns,
                left: seeds,
                left_strides: (1, capacity),
                right: &last.matrix,
                right_stride: last.input_stride,
                result: &mut self.gradient_activations[offset..],
                result_stride: point_stride,
                accumulate: false,
            }
            .run(model.set);
            Multiply {
                rows: fields,
                depth: count,
                columns: last.input_columns,
                left: seeds,
                left_strides: (capacity, 1),
                right: &activations[offset..],
                right_stride: point_stride,
                result: &mut gradient.weights,
                result_stride: last.input_stride,
                accumulate: true,
            }
            .run(model.set);
            if stream == 0 {
                for (field, bias) in gradient.bias[..fields].iter_mut().enumerate() {
                    *bias += seeds[field * capacity..][..count].iter().copied().sum();
                }
            }
        }
    }

    /// Gradient by the first layer's matrix: through the values and through the slopes.
    fn first_layer(&mut self, model: &Model<T>, task: &Task<T>, count: usize, gradient: &mut [T]) {
        let layer = &model.layers.hidden()[0];
        let stride = layer.output_stride;
        let point_stride = task.streams * stride;
        Multiply {
            rows: layer.place.inputs,
            depth: count,
            columns: layer.output_columns,
            left: &self.coordinates,
            left_strides: (task.block * task.sites, 1),
            right: &self.gradient_sums,
            right_stride: point_stride,
            result: gradient,
            result_stride: stride,
            accumulate: true,
        }
        .run(model.set);
        let mut stream = 1;
        for direction in &task.directions {
            sum_rows(
                model.set,
                count,
                layer.output_columns,
                &self.gradient_sums[stream * stride..],
                point_stride,
                &mut self.slope,
                false,
            );
            for (c, row) in gradient.chunks_exact_mut(stride).enumerate() {
                let slope = T::from_f64(Task::<T>::slope(model.network, direction, c));
                for (to, sum) in row[..layer.output_columns].iter_mut().zip(&*self.slope) {
                    *to += slope * *sum;
                }
            }
            stream += direction.order;
        }
    }
}

/// Sum of `count` rows: a product with a row of ones.
fn sum_rows<T: Element>(
    set: InstructionSet,
    count: usize,
    columns: usize,
    rows: &[T],
    stride: usize,
    result: &mut [T],
    accumulate: bool,
) {
    Multiply {
        rows: 1,
        depth: count,
        columns,
        left: &[T::ONE],
        left_strides: (0, 0),
        right: rows,
        right_stride: stride,
        result,
        result_stride: columns,
        accumulate,
    }
    .run(set);
}
