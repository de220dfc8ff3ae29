//! Last, linear layer: few outputs of few streams, as columns over points.

use super::{Gradients, Sink};
use crate::fused::affine::{Affine, Matrices};
use crate::fused::pass::Pass;
use crate::simd::{Dot, Element, Multiply};
use pinn_network::{Head, Value};
use std::ops::Range;

/// Outputs of a network: column `used · fields + field`, `capacity` apart, for the streams in `used`.
#[derive(Copy, Clone)]
pub struct Columns<'a> {
    /// Streams that are read, ascending.
    pub used: &'a [usize],
    /// Fields of the whole network.
    pub fields: usize,
    pub capacity: usize,
}

impl Columns<'_> {
    fn start(&self, used: usize, field: usize) -> usize {
        (used * self.fields + field) * self.capacity
    }
}

#[derive(Debug)]
pub struct HeadLayer<T> {
    pub input: Value,
    fields: Range<usize>,
    pub affine: Affine<T>,
}

impl<T: Element> HeadLayer<T> {
    pub fn new(head: &Head) -> Self {
        HeadLayer {
            input: head.input,
            fields: head.fields.clone(),
            affine: Affine::new(&head.layer, head.input),
        }
    }

    /// Writes the columns of its fields.
    pub fn outputs(&self, pass: &Pass<T>, columns: Columns, input: &[T], outputs: &mut [T]) {
        self.dot(pass, columns, &self.affine.now, input, outputs, false);
    }

    /// Derivatives of the columns along the direction of [`Trained::set_tangent`](super::Trained::set_tangent).
    pub fn outputs_tangent(
        &self,
        pass: &Pass<T>,
        columns: Columns,
        input: &[T],
        tangent: &[T],
        outputs: &mut [T],
    ) {
        self.dot(pass, columns, &self.affine.tangent, input, outputs, false);
        let now = &self.affine.now;
        self.dot(pass, columns, now, tangent, outputs, true);
    }

    /// Computes W·input; `add` adds it to the result, without the bias.
    fn dot(
        &self,
        pass: &Pass<T>,
        columns: Columns,
        matrices: &Matrices<T>,
        input: &[T],
        outputs: &mut [T],
        add: bool,
    ) {
        let stride = self.affine.input_stride;
        for (u, stream) in columns.used.iter().enumerate() {
            for (row, field) in self.fields.clone().enumerate() {
                let result = &mut outputs[columns.start(u, field)..][..pass.count];
                T::dot(
                    pass.set,
                    Dot {
                        rows: pass.count,
                        columns: self.affine.input_columns,
                        left: &input[stream * stride..],
                        left_stride: pass.streams() * stride,
                        right: &matrices.matrix[row * stride..],
                        constant: match *stream {
                            0 if !add => matrices.bias[row],
                            _ => T::ZERO,
                        },
                        result,
                        accumulate: add,
                    },
                );
            }
        }
    }

    /// Computes the gradients by the input and by the parameters from seeds on the columns.
    pub fn pull_back(
        &self,
        pass: &Pass<T>,
        columns: Columns,
        input: &[T],
        seeds: &[T],
        gradients: &mut Gradients<T>,
        sink: &mut Sink<T>,
    ) {
        let stride = self.affine.input_stride;
        let point_stride = pass.streams() * stride;
        sink.take(&self.affine, pass, |pass, points, part| {
            let seeds = &seeds[points.start..];
            let input = &input[points.start * point_stride..];
            self.add_gradient(pass, columns, input, seeds, part);
        });
        let Some((room, accumulate)) = gradients.input(0) else {
            return;
        };
        for stream in 0..pass.streams() {
            let offset = stream * stride;
            let Ok(u) = columns.used.binary_search(&stream) else {
                if !accumulate {
                    let rows = room.chunks_exact_mut(point_stride).take(pass.count);
                    rows.for_each(|row| row[offset..][..self.affine.input_columns].fill(T::ZERO));
                }
                continue;
            };
            Multiply {
                rows: pass.count,
                depth: self.fields.len(),
                columns: self.affine.input_columns,
                left: &seeds[columns.start(u, self.fields.start)..],
                left_strides: (1, columns.capacity),
                right: &self.affine.now.matrix,
                right_stride: stride,
                result: &mut room[offset..],
                result_stride: point_stride,
                accumulate,
            }
            .run(pass.set);
        }
    }

    fn add_gradient(
        &self,
        pass: &Pass<T>,
        columns: Columns,
        input: &[T],
        seeds: &[T],
        part: &mut [T],
    ) {
        let stride = self.affine.input_stride;
        let (matrix, bias) = part.split_at_mut(self.fields.len() * stride);
        for (u, stream) in columns.used.iter().enumerate() {
            let seeds = &seeds[columns.start(u, self.fields.start)..];
            Multiply {
                rows: self.fields.len(),
                depth: pass.count,
                columns: self.affine.input_columns,
                left: seeds,
                left_strides: (columns.capacity, 1),
                right: &input[stream * stride..],
                right_stride: pass.streams() * stride,
                result: &mut *matrix,
                result_stride: stride,
                accumulate: true,
            }
            .run(pass.set);
            if *stream == 0 {
                for (row, bias) in bias[..self.fields.len()].iter_mut().enumerate() {
                    let seeds = &seeds[row * columns.capacity..][..pass.count];
                    *bias += seeds.iter().copied().sum();
                }
            }
        }
    }
}
