//! Affine maps on jets: W·a on every stream, and + b on the value, in the shapes of the matrix products.

mod weights;

use super::buffer::Buffer;
use super::pass::Pass;
use crate::simd::{CACHE_LINE, Element, Multiply, Operation, Vector};
use pinn_network::{Bias, Linear, Value, Weights};

/// Distance between rows of `width` numbers: whole cache lines, and an odd number of them if there are many, so that the
/// rows of a block do not share few sets of the cache.
pub fn stride<T: Element>(width: usize) -> usize {
    let line = CACHE_LINE / size_of::<T>();
    let lines = width.div_ceil(line);
    if lines > 4 && lines.is_multiple_of(2) {
        (lines + 1) * line
    } else {
        lines * line
    }
}

/// Matrix and bias, padded with zeros.
#[derive(Debug)]
pub struct Matrices<T> {
    /// Transposed matrix, inputs × output_stride.
    pub transposed: Buffer<T>,
    /// Matrix, outputs × input_stride.
    pub matrix: Buffer<T>,
    pub bias: Buffer<T>,
}

/// Adds the bias to the first row of each point.
struct AddBias<'a, T> {
    bias: &'a [T],
    result: &'a mut [T],
    /// Length of all rows of a point.
    length: usize,
}

impl<T: Element> Operation<T> for AddBias<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        for point in self.result.chunks_exact_mut(self.length) {
            let value = &mut point[..self.bias.len()];
            for at in (0..self.bias.len()).step_by(V::LANES) {
                (V::load(value, at) + V::load(self.bias, at)).store(value, at);
            }
        }
    }
}

#[derive(Debug)]
pub struct Affine<T> {
    pub layer: Linear,
    /// Numbers of inputs and outputs, padded to cache lines.
    pub input_columns: usize,
    pub output_columns: usize,
    pub input_stride: usize,
    pub output_stride: usize,
    pub now: Matrices<T>,
    /// Derivative along a direction in parameter space; empty until requested.
    pub tangent: Matrices<T>,
    /// Factors of the directions: exp s of factorised weights, g/‖v‖ of normalized ones.
    scales: Vec<T>,
    /// Rows v/‖v‖ of normalized weights.
    units: Vec<T>,
    /// Reads the coordinates: columns of points, and constant slopes.
    first: bool,
}

impl<T: Element> Affine<T> {
    pub fn new(layer: &Linear, input: Value) -> Self {
        let (inputs, outputs) = (layer.inputs, layer.outputs);
        let (input_stride, output_stride) = (stride::<T>(inputs), stride::<T>(outputs));
        let mut affine = Affine {
            input_columns: T::padded(inputs),
            output_columns: T::padded(outputs),
            input_stride,
            output_stride,
            now: Matrices {
                transposed: Buffer::new(inputs * output_stride),
                matrix: Buffer::new(outputs * input_stride),
                bias: Buffer::new(output_stride),
            },
            tangent: Matrices {
                transposed: Buffer::new(0),
                matrix: Buffer::new(0),
                bias: Buffer::new(0),
            },
            scales: vec![T::ONE; outputs],
            units: match layer.weights {
                Weights::Normalised { .. } => vec![T::ZERO; inputs * outputs],
                _ => Vec::new(),
            },
            first: input == Value::COORDINATES,
            layer: layer.clone(),
        };
        if let Weights::Frozen(weights) = &layer.weights {
            affine.fill(|o, i| T::from_f64(weights[o * inputs + i]));
        }
        if let Bias::Frozen(bias) = &layer.bias {
            for (to, b) in affine.now.bias.iter_mut().zip(bias.iter()) {
                *to = T::from_f64(*b);
            }
        }
        affine
    }

    fn fill(&mut self, weight: impl Fn(usize, usize) -> T) {
        for o in 0..self.layer.outputs {
            for i in 0..self.layer.inputs {
                let w = weight(o, i);
                self.now.matrix[o * self.input_stride + i] = w;
                self.now.transposed[i * self.output_stride + o] = w;
            }
        }
    }

    /// result = W·input on every stream, without the bias.
    pub fn product(&self, pass: &Pass<T>, input: &[T], result: &mut [T]) {
        self.multiply(pass, &self.now.transposed, input, result, false);
    }

    /// result = W·input′ + W′·input, without the bias.
    pub fn product_tangent(&self, pass: &Pass<T>, input: &[T], tangent: &[T], result: &mut [T]) {
        self.multiply(pass, &self.tangent.transposed, input, result, false);
        if !self.first {
            self.multiply(pass, &self.now.transposed, tangent, result, true);
        }
    }

    fn multiply(
        &self,
        pass: &Pass<T>,
        transposed: &[T],
        input: &[T],
        result: &mut [T],
        accumulate: bool,
    ) {
        if self.first {
            return self.first_product(pass, transposed, result);
        }
        Multiply {
            rows: pass.rows(),
            depth: self.layer.inputs,
            columns: self.output_columns,
            left: input,
            left_strides: (self.input_stride, 1),
            right: transposed,
            right_stride: self.output_stride,
            result,
            result_stride: self.output_stride,
            accumulate,
        }
        .run(pass.set);
    }

    /// Writes values from the coordinates, constant slopes of the streams that have one, and zeros for all others.
    fn first_product(&self, pass: &Pass<T>, transposed: &[T], result: &mut [T]) {
        let stride = self.output_stride;
        let point_stride = pass.streams() * stride;
        Multiply {
            rows: pass.count,
            depth: self.layer.inputs,
            columns: self.output_columns,
            left: pass.coordinates,
            left_strides: (1, pass.capacity),
            right: transposed,
            right_stride: stride,
            result,
            result_stride: point_stride,
            accumulate: false,
        }
        .run(pass.set);
        let mut points = result.chunks_exact_mut(point_stride).take(pass.count);
        let Some(first) = points.next() else { return };
        first[stride..].fill(T::ZERO);
        for (stream, slope) in &pass.structure.slopes {
            let row = &mut first[stream * stride..][..self.output_columns];
            for (c, column) in transposed.chunks_exact(stride).enumerate() {
                let slope = T::from_f64(slope[c] * pass.input_maps[c].scale);
                for (sum, weight) in row.iter_mut().zip(column) {
                    *sum += slope * *weight;
                }
            }
        }
        for point in points {
            point[stride..].copy_from_slice(&first[stride..]);
        }
    }

    /// Adds a bias to the value stream.
    pub fn add_bias(&self, pass: &Pass<T>, bias: &[T], result: &mut [T]) {
        let length = pass.streams() * self.output_stride;
        let operation = AddBias {
            bias: &bias[..self.output_columns],
            result: &mut result[..pass.count * length],
            length,
        };
        T::dispatch(pass.set, operation);
    }

    /// Computes the gradient by the input from that by the result.
    pub fn pull_back(&self, pass: &Pass<T>, gradient: &[T], input: &mut [T], accumulate: bool) {
        Multiply {
            rows: pass.rows(),
            depth: self.layer.outputs,
            columns: self.input_columns,
            left: gradient,
            left_strides: (self.output_stride, 1),
            right: &self.now.matrix,
            right_stride: self.input_stride,
            result: input,
            result_stride: self.input_stride,
            accumulate,
        }
        .run(pass.set);
    }

    /// outputs × input_stride; of a first layer inputs × output_stride.
    fn matrix_part(&self) -> usize {
        match self.first {
            true => self.layer.inputs * self.output_stride,
            false => self.layer.outputs * self.input_stride,
        }
    }

    /// Adds the gradient of the points of the pass to `part`, from that by the result.
    pub fn add_gradient(&self, pass: &Pass<T>, input: &[T], gradient: &[T], part: &mut [T]) {
        let stride = self.output_stride;
        let point_stride = pass.streams() * stride;
        let (matrix, bias) = part.split_at_mut(self.matrix_part());
        sum_rows(pass, self.output_columns, gradient, point_stride, bias);
        if self.first {
            return self.first_gradient(pass, gradient, matrix);
        }
        Multiply {
            rows: self.layer.outputs,
            depth: pass.rows(),
            columns: self.input_columns,
            left: gradient,
            left_strides: (1, stride),
            right: input,
            right_stride: self.input_stride,
            result: matrix,
            result_stride: self.input_stride,
            accumulate: true,
        }
        .run(pass.set);
    }

    /// Adds the parts of the values and of the slopes.
    fn first_gradient(&self, pass: &Pass<T>, gradient: &[T], matrix: &mut [T]) {
        let stride = self.output_stride;
        let point_stride = pass.streams() * stride;
        Multiply {
            rows: self.layer.inputs,
            depth: pass.count,
            columns: self.output_columns,
            left: pass.coordinates,
            left_strides: (pass.capacity, 1),
            right: gradient,
            right_stride: point_stride,
            result: matrix,
            result_stride: stride,
            accumulate: true,
        }
        .run(pass.set);
        for (stream, slope) in &pass.structure.slopes {
            for (c, row) in matrix.chunks_exact_mut(stride).enumerate() {
                let slope = T::from_f64(slope[c] * pass.input_maps[c].scale);
                if slope == T::ZERO {
                    continue;
                }
                Multiply {
                    rows: 1,
                    depth: pass.count,
                    columns: self.output_columns,
                    left: &[slope],
                    left_strides: (0, 0),
                    right: &gradient[stream * stride..],
                    right_stride: point_stride,
                    result: row,
                    result_stride: stride,
                    accumulate: true,
                }
                .run(pass.set);
            }
        }
    }
}

/// Adds the sum of the points' rows to `result`: a product with a row of ones.
pub fn sum_rows<T: Element>(
    pass: &Pass<T>,
    columns: usize,
    rows: &[T],
    stride: usize,
    result: &mut [T],
) {
    Multiply {
        rows: 1,
        depth: pass.count,
        columns,
        left: &[T::ONE],
        left_strides: (0, 0),
        right: rows,
        right_stride: stride,
        result,
        result_stride: columns,
        accumulate: true,
    }
    .run(pass.set);
}
