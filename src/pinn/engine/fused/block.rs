//! One block of rows: forward through the whole network, residuals, and back.

use super::buffer::Buffer;
use super::gradient::Partial;
use super::layout::Layers;
use super::pass::{self, Adjoint, Shape};
use super::task::{Source, Task};
use crate::expr::{Columns, ColumnsMut, Scratch as Registers};
use crate::pinn::engine::simd::{Dot, Element, InstructionSet, Multiply};
use crate::pinn::network::Network;
use crate::pinn::points::Points;
use std::ops::Range;

/// What a block is computed from.
pub struct Model<'a, T> {
    pub set: InstructionSet,
    pub network: &'a Network,
    pub layers: &'a Layers<T>,
}

/// Working space of one thread. Columns (`coordinates`, `outputs`, `inputs`, …) are as long as the largest
/// block, points of several sites one site after the other.
#[derive(Debug)]
pub struct Workspace<T> {
    coordinates: Buffer<T>,
    /// Before and after the activation of each hidden layer, in the rows of [`Shape`].
    sums: Vec<Buffer<T>>,
    activations: Vec<Buffer<T>>,
    gradient_activations: Buffer<T>,
    gradient_sums: Buffer<T>,
    /// Used stream by field.
    outputs: Buffer<T>,
    output_seeds: Buffer<T>,
    /// Columns of the kernel.
    inputs: Buffer<T>,
    input_seeds: Buffer<T>,
    residuals: Buffer<T>,
    seeds: Buffer<T>,
    /// Sum over points of the gradient by one slope.
    slope: Buffer<T>,
    registers: Registers<T>,
}

impl<T: Element> Workspace<T> {
    /// Room for a block of any of the tasks.
    pub fn new<'a>(layers: &Layers<T>, tasks: impl Iterator<Item = &'a Task<T>>) -> Self {
        let mut space = Workspace {
            coordinates: Buffer::new(0),
            sums: layers.hidden().iter().map(|_| Buffer::new(0)).collect(),
            activations: layers.hidden().iter().map(|_| Buffer::new(0)).collect(),
            gradient_activations: Buffer::new(0),
            gradient_sums: Buffer::new(0),
            outputs: Buffer::new(0),
            output_seeds: Buffer::new(0),
            inputs: Buffer::new(0),
            input_seeds: Buffer::new(0),
            residuals: Buffer::new(0),
            seeds: Buffer::new(0),
            slope: Buffer::new(layers.hidden()[0].output_stride),
            registers: Registers::new(),
        };
        for task in tasks {
            let points = task.block * task.sites;
            let fields = layers.last().place.outputs;
            space
                .coordinates
                .resize(points * layers.hidden()[0].place.inputs);
            for (l, layer) in layers.hidden().iter().enumerate() {
                let rows = points * task.streams * layer.output_stride;
                space.sums[l].resize(rows);
                space.activations[l].resize(rows);
                space.gradient_activations.resize(rows);
                space.gradient_sums.resize(rows);
            }
            space.outputs.resize(points * task.used.len() * fields);
            space.output_seeds.resize(points * task.used.len() * fields);
            space.inputs.resize(task.block * task.sources.len());
            space.input_seeds.resize(task.block * task.sources.len());
            space.residuals.resize(task.block * task.residuals());
            space.seeds.resize(task.block * task.residuals());
        }
        space
    }

    /// Bytes that it holds, without the kernels' registers.
    pub fn bytes(&self) -> usize {
        let layers = self.sums.iter().chain(&self.activations);
        let others = [
            &self.coordinates,
            &self.gradient_activations,
            &self.gradient_sums,
            &self.outputs,
            &self.output_seeds,
            &self.inputs,
            &self.input_seeds,
            &self.residuals,
            &self.seeds,
            &self.slope,
        ];
        let elements: usize = layers.chain(others).map(|buffer| buffer.len()).sum();
        elements * size_of::<T>()
    }

    /// Outputs of the network for the given rows: column `used · fields + field`, `block · sites` apart.
    pub fn outputs(
        &mut self,
        model: &Model<T>,
        task: &Task<T>,
        points: &Points<T>,
        rows: Range<usize>,
    ) -> (&[T], usize) {
        let n = rows.len();
        let count = n * task.sites;
        let capacity = task.block * task.sites;
        for (c, map) in model.network.input_maps.iter().enumerate() {
            let (scale, shift) = (T::from_f64(map.scale), T::from_f64(map.shift));
            for site in 0..task.sites {
                let column = &mut self.coordinates[c * capacity + site * n..][..n];
                let from = &points.column(site, c)[rows.clone()];
                for (to, x) in column.iter_mut().zip(from) {
                    *to = scale * *x + shift;
                }
            }
        }
        for (l, layer) in model.layers.hidden().iter().enumerate() {
            let stride = layer.output_stride;
            if l == 0 {
                self.first_sums(model, task, count);
            } else {
                Multiply {
                    rows: count * task.streams,
                    depth: layer.place.inputs,
                    columns: layer.output_columns,
                    left: &self.activations[l - 1],
                    left_strides: (layer.input_stride, 1),
                    right: &layer.transposed,
                    right_stride: stride,
                    result: &mut self.sums[l],
                    result_stride: stride,
                    accumulate: false,
                }
                .run(model.set);
            }
            let shape = Shape {
                points: count,
                columns: layer.output_columns,
                stride,
                orders: &task.orders,
            };
            pass::forward(
                model.set,
                model.network.activation,
                shape,
                &layer.bias,
                &self.sums[l],
                &mut self.activations[l],
            );
        }
        let last = model.layers.last();
        let fields = last.place.outputs;
        let activations = &self.activations[self.activations.len() - 1];
        for (u, stream) in task.used.iter().enumerate() {
            for field in 0..fields {
                let dot = Dot {
                    rows: count,
                    columns: last.input_columns,
                    left: &activations[stream * last.input_stride..],
                    left_stride: task.streams * last.input_stride,
                    right: &last.matrix[field * last.input_stride..],
                    constant: match *stream {
                        0 => last.bias[field],
                        _ => T::ZERO,
                    },
                    result: &mut self.outputs[(u * fields + field) * capacity..][..count],
                };
                T::dispatch(model.set, dot);
            }
        }
        (&self.outputs, capacity)
    }

    /// Values from the coordinates, constant slopes along each direction, zeros for all higher orders.
    fn first_sums(&mut self, model: &Model<T>, task: &Task<T>, count: usize) {
        let layer = &model.layers.hidden()[0];
        let stride = layer.output_stride;
        let point_stride = task.streams * stride;
        Multiply {
            rows: count,
            depth: layer.place.inputs,
            columns: layer.output_columns,
            left: &self.coordinates,
            left_strides: (1, task.block * task.sites),
            right: &layer.transposed,
            right_stride: stride,
            result: &mut self.sums[0],
            result_stride: point_stride,
            accumulate: false,
        }
        .run(model.set);
        for point in self.sums[0].chunks_exact_mut(point_stride).take(count) {
            let mut at = stride;
            for (d, order) in task.orders.iter().enumerate() {
                let slopes = &task.slopes[d * stride..][..stride];
                point[at..][..stride].copy_from_slice(slopes);
                point[at + stride..at + order * stride].fill(T::ZERO);
                at += order * stride;
            }
        }
    }

    /// Residuals of the given rows: column `r` begins at `r · block`.
    pub fn residuals(
        &mut self,
        model: &Model<T>,
        task: &Task<T>,
        points: &Points<T>,
        rows: Range<usize>,
    ) -> &[T] {
        let Some(kernel) = &task.kernel else {
            return &[];
        };
        self.outputs(model, task, points, rows.clone());
        let n = rows.len();
        let capacity = task.block * task.sites;
        let fields = model.network.outputs;
        for (i, source) in task.sources.iter().enumerate() {
            let column = &mut self.inputs[i * task.block..][..n];
            match source {
                Source::Coordinate { coordinate, site } => {
                    column.copy_from_slice(&points.column(*site, *coordinate)[rows.clone()]);
                }
                Source::Field { field, site, terms } => {
                    column.fill(T::ZERO);
                    for (u, coefficient) in terms {
                        let from = (u * fields + field) * capacity + site * n;
                        for (to, y) in column.iter_mut().zip(&self.outputs[from..][..n]) {
                            *to += *coefficient * *y;
                        }
                    }
                }
            }
        }
        kernel.evaluate(
            n,
            Columns::new(&self.inputs, task.block),
            &mut ColumnsMut::new(&mut self.residuals, task.block),
            &mut self.registers,
        );
        &self.residuals
    }

    /// Adds the block's part of each loss, and of the gradient if `weights` are given. `rows_in_all` is what
    /// the means are taken over.
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
        gradients: &mut [super::gradient::LayerGradient<T>],
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
