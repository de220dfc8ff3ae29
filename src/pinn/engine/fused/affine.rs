//! An affine map on jets: W·a on every stream, and + b on the value; in the shapes that the products want.

use super::buffer::Buffer;
use super::pass::Pass;
use crate::pinn::engine::simd::{CACHE_LINE, Element, Multiply};
use crate::pinn::network::{Bias, Linear, Value, Weights};

/// Distance between rows of `width` numbers: whole cache lines, and an odd number of them when there are
/// many, so that the rows of a block do not fall into a few sets of the cache.
pub fn stride<T: Element>(width: usize) -> usize {
    let line = CACHE_LINE / size_of::<T>();
    let lines = width.div_ceil(line);
    if lines > 4 && lines.is_multiple_of(2) {
        (lines + 1) * line
    } else {
        lines * line
    }
}

/// One matrix and bias, padded with zeros.
#[derive(Debug)]
pub struct Matrices<T> {
    /// inputs × output_stride: the transposed matrix.
    pub transposed: Buffer<T>,
    /// outputs × input_stride.
    pub matrix: Buffer<T>,
    pub bias: Buffer<T>,
}

#[derive(Debug)]
pub struct Affine<T> {
    pub layer: Linear,
    /// Inputs and outputs filled up to cache lines.
    pub input_columns: usize,
    pub output_columns: usize,
    pub input_stride: usize,
    pub output_stride: usize,
    pub now: Matrices<T>,
    /// Derivative along a direction in parameter space; empty until asked for.
    pub tangent: Matrices<T>,
    /// What directions are multiplied by: exp s of factorised weights, g/‖v‖ of normalised ones.
    scales: Vec<T>,
    /// v/‖v‖ of normalised weights, row by row.
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

    /// Reads the flat parameter vector.
    pub fn set(&mut self, parameters: &[T]) {
        let inputs = self.layer.inputs;
        match self.layer.weights.clone() {
            Weights::Frozen(_) => {}
            Weights::Plain(range) => {
                let weights = &parameters[range];
                self.fill(|o, i| weights[o * inputs + i]);
            }
            Weights::Factorised {
                directions,
                log_scales,
            } => {
                let log_scales = &parameters[log_scales];
                for (scale, log) in self.scales.iter_mut().zip(log_scales) {
                    *scale = log.exp();
                }
                let scales = std::mem::take(&mut self.scales);
                let directions = &parameters[directions];
                self.fill(|o, i| scales[o] * directions[o * inputs + i]);
                self.scales = scales;
            }
            Weights::Normalised {
                directions,
                lengths,
            } => {
                let lengths = &parameters[lengths];
                let mut units = std::mem::take(&mut self.units);
                let rows = parameters[directions].chunks_exact(inputs);
                for (o, row) in rows.enumerate() {
                    let inverse = T::ONE / row.iter().map(|v| *v * *v).sum::<T>().sqrt();
                    self.scales[o] = lengths[o] * inverse;
                    for (unit, v) in units[o * inputs..][..inputs].iter_mut().zip(row) {
                        *unit = *v * inverse;
                    }
                }
                self.fill(|o, i| lengths[o] * units[o * inputs + i]);
                self.units = units;
            }
        }
        if let Bias::Trained(range) = &self.layer.bias {
            self.now.bias[..range.len()].copy_from_slice(&parameters[range.clone()]);
        }
    }

    /// Reads a direction in parameter space; the parameters have been set.
    pub fn set_tangent(&mut self, vector: &[T]) {
        let (inputs, outputs) = (self.layer.inputs, self.layer.outputs);
        self.tangent.transposed.resize(inputs * self.output_stride);
        self.tangent.matrix.resize(outputs * self.input_stride);
        self.tangent.bias.resize(self.output_stride);
        for o in 0..outputs {
            // Part of v′ along v, of which a normalised row keeps nothing.
            let along = match &self.layer.weights {
                Weights::Normalised { directions, .. } => {
                    let row = vector[directions.start + o * inputs..][..inputs].iter();
                    let units = &self.units[o * inputs..][..inputs];
                    row.zip(units).map(|(v, unit)| *v * *unit).sum()
                }
                _ => T::ZERO,
            };
            for i in 0..inputs {
                let tangent = match &self.layer.weights {
                    Weights::Frozen(_) => T::ZERO,
                    Weights::Plain(range) => vector[range.start + o * inputs + i],
                    Weights::Factorised {
                        directions,
                        log_scales,
                    } => {
                        let weight = self.now.matrix[o * self.input_stride + i];
                        self.scales[o] * vector[directions.start + o * inputs + i]
                            + weight * vector[log_scales.start + o]
                    }
                    Weights::Normalised {
                        directions,
                        lengths,
                    } => {
                        let at = o * inputs + i;
                        let turned = vector[directions.start + at] - along * self.units[at];
                        self.scales[o] * turned + vector[lengths.start + o] * self.units[at]
                    }
                };
                self.tangent.transposed[i * self.output_stride + o] = tangent;
                self.tangent.matrix[o * self.input_stride + i] = tangent;
            }
        }
        if let Bias::Trained(range) = &self.layer.bias {
            self.tangent.bias[..range.len()].copy_from_slice(&vector[range.clone()]);
        }
    }

    /// result (+)= W·input on every stream, without the bias.
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

    /// Values from the coordinates, constant slopes of the streams that have one, zeros for all others.
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
        let rows = result.chunks_exact_mut(pass.streams() * self.output_stride);
        for row in rows.take(pass.count) {
            for (sum, b) in row.iter_mut().zip(&bias[..self.output_columns]) {
                *sum += *b;
            }
        }
    }

    /// Gradient by the input, from that by the result.
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

    /// Length of the gradient by matrix and bias in the padded shapes of [`Affine::add_gradient`].
    pub fn part(&self) -> usize {
        match self.layer.is_trained() {
            true => self.matrix_part() + self.output_stride,
            false => 0,
        }
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

    /// Through the values and through the slopes.
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

    /// Adds a gradient in padded shapes to that by the flat parameters.
    pub fn collect(&self, part: &[T], gradient: &mut [T]) {
        if !self.layer.is_trained() {
            return;
        }
        let inputs = self.layer.inputs;
        let (matrix, bias) = part.split_at(self.matrix_part());
        let at = |o: usize, i: usize| match self.first {
            true => matrix[i * self.output_stride + o],
            false => matrix[o * self.input_stride + i],
        };
        match &self.layer.weights {
            Weights::Frozen(_) => {}
            Weights::Plain(range) => {
                let rows = gradient[range.clone()].chunks_exact_mut(inputs);
                for (o, row) in rows.enumerate() {
                    for (i, to) in row.iter_mut().enumerate() {
                        *to += at(o, i);
                    }
                }
            }
            // ∂/∂V = exp s · ∂/∂W and ∂/∂s = Σ W·∂/∂W.
            Weights::Factorised {
                directions,
                log_scales,
            } => {
                for o in 0..self.layer.outputs {
                    let mut sum = T::ZERO;
                    for i in 0..inputs {
                        let by_weight = at(o, i);
                        gradient[directions.start + o * inputs + i] += self.scales[o] * by_weight;
                        sum += self.now.matrix[o * self.input_stride + i] * by_weight;
                    }
                    gradient[log_scales.start + o] += sum;
                }
            }
            // ∂/∂g = v/‖v‖·∂/∂W, and ∂/∂V = g/‖v‖ · what of ∂/∂W is not along v (Salimans & Kingma 2016, eq. 3).
            Weights::Normalised {
                directions,
                lengths,
            } => {
                for o in 0..self.layer.outputs {
                    let units = &self.units[o * inputs..][..inputs];
                    let pairs = units.iter().enumerate();
                    let along: T = pairs.map(|(i, unit)| *unit * at(o, i)).sum();
                    for (i, unit) in units.iter().enumerate() {
                        let turned = at(o, i) - along * *unit;
                        gradient[directions.start + o * inputs + i] += self.scales[o] * turned;
                    }
                    gradient[lengths.start + o] += along;
                }
            }
        }
        if let Bias::Trained(range) = &self.layer.bias {
            for (to, from) in gradient[range.clone()].iter_mut().zip(bias) {
                *to += *from;
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
