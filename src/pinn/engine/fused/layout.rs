//! Shapes of the layers in memory, and the parameters brought into them.

use super::buffer::Buffer;
use crate::pinn::engine::EngineError;
use crate::pinn::engine::shapes::expect_at_least;
use crate::pinn::engine::simd::{CACHE_LINE, Element};
use crate::pinn::network::{LayerLayout, Network};

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

/// One layer's parameters, padded with zeros.
#[derive(Debug)]
pub struct Layer<T> {
    pub place: LayerLayout,
    /// `inputs` and `outputs` filled up to cache lines.
    pub input_columns: usize,
    pub output_columns: usize,
    pub input_stride: usize,
    pub output_stride: usize,
    /// inputs × output_stride: the transposed matrix.
    pub transposed: Buffer<T>,
    /// outputs × input_stride.
    pub matrix: Buffer<T>,
    pub bias: Buffer<T>,
}

impl<T: Element> Layer<T> {
    fn new(place: LayerLayout) -> Self {
        let (input_stride, output_stride) = (stride::<T>(place.inputs), stride::<T>(place.outputs));
        Layer {
            input_columns: T::padded(place.inputs),
            output_columns: T::padded(place.outputs),
            transposed: Buffer::new(place.inputs * output_stride),
            matrix: Buffer::new(place.outputs * input_stride),
            bias: Buffer::new(output_stride),
            place,
            input_stride,
            output_stride,
        }
    }

    fn set(&mut self, parameters: &[T]) {
        let weights = &parameters[self.place.weights.clone()];
        for (o, row) in weights.chunks_exact(self.place.inputs).enumerate() {
            self.matrix[o * self.input_stride..][..self.place.inputs].copy_from_slice(row);
            let column = self.transposed[o..].iter_mut().step_by(self.output_stride);
            for (to, from) in column.zip(row) {
                *to = *from;
            }
        }
        self.bias[..self.place.outputs].copy_from_slice(&parameters[self.place.biases.clone()]);
    }
}

/// All layers; at least one hidden and the last.
#[derive(Debug)]
pub struct Layers<T>(pub Vec<Layer<T>>);

impl<T: Element> Layers<T> {
    pub fn new(network: &Network) -> Result<Self, EngineError> {
        expect_at_least("network inputs", 1, network.inputs())?;
        expect_at_least("network outputs", 1, network.outputs)?;
        expect_at_least("hidden layers", 1, network.hidden.len())?;
        for width in &network.hidden {
            expect_at_least("units in every hidden layer", 1, *width)?;
        }
        Ok(Layers(
            network.layers().into_iter().map(Layer::new).collect(),
        ))
    }

    pub fn set(&mut self, parameters: &[T]) {
        for layer in &mut self.0 {
            layer.set(parameters);
        }
    }

    /// Length of the flat parameter vector.
    pub fn parameters(&self) -> usize {
        self.last().place.biases.end
    }

    pub fn hidden(&self) -> &[Layer<T>] {
        &self.0[..self.0.len() - 1]
    }

    pub fn last(&self) -> &Layer<T> {
        &self.0[self.0.len() - 1]
    }
}
