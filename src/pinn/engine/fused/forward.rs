//! One block of rows forward: through the whole network to its outputs, and on to the residuals.

use super::pass::{self, Shape};
use super::task::{Source, Task};
use super::workspace::{Model, Workspace};
use crate::expr::{Columns, ColumnsMut};
use crate::pinn::engine::simd::{Dot, Element, Multiply};
use crate::pinn::points::Points;
use std::ops::Range;

impl<T: Element> Workspace<T> {
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
}
