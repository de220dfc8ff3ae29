//! Parameter gradients in the padded shapes of the layers, summed in a fixed order.

use super::buffer::Buffer;
use super::layout::{Layer, Layers};
use crate::pinn::engine::simd::Element;

/// Gradient by one layer's parameters.
#[derive(Debug)]
pub struct LayerGradient<T> {
    /// outputs × input_stride; of the first layer inputs × output_stride.
    pub weights: Buffer<T>,
    pub bias: Buffer<T>,
}

/// What one group of blocks adds to the gradient and to the losses.
#[derive(Debug)]
pub struct Partial<T> {
    pub layers: Vec<LayerGradient<T>>,
    pub losses: Vec<f64>,
}

impl<T: Element> Partial<T> {
    pub fn new(layers: &Layers<T>, losses: usize) -> Self {
        let gradient = |(number, layer): (usize, &Layer<T>)| LayerGradient {
            weights: Buffer::new(match number {
                0 => layer.place.inputs * layer.output_stride,
                _ => layer.place.outputs * layer.input_stride,
            }),
            bias: Buffer::new(layer.output_stride),
        };
        Partial {
            layers: layers.0.iter().enumerate().map(gradient).collect(),
            losses: vec![0.0; losses],
        }
    }

    pub fn clear(&mut self) {
        for layer in &mut self.layers {
            layer.weights.fill(T::ZERO);
            layer.bias.fill(T::ZERO);
        }
        self.losses.fill(0.0);
    }
}

/// Sum of the partial gradients, first to last, in the order of the flat parameter vector.
pub fn sum<T: Element>(layers: &Layers<T>, partials: &[Partial<T>], gradient: &mut [T]) {
    gradient.fill(T::ZERO);
    for partial in partials {
        for (number, (layer, part)) in layers.0.iter().zip(&partial.layers).enumerate() {
            let weights = &mut gradient[layer.place.weights.clone()];
            for (o, row) in weights.chunks_exact_mut(layer.place.inputs).enumerate() {
                if number == 0 {
                    let column = part.weights[o..].iter().step_by(layer.output_stride);
                    row.iter_mut()
                        .zip(column)
                        .for_each(|(to, from)| *to += *from);
                } else {
                    add(row, &part.weights[o * layer.input_stride..]);
                }
            }
            add(&mut gradient[layer.place.biases.clone()], &part.bias);
        }
    }
}

fn add<T: Element>(to: &mut [T], from: &[T]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += *from;
    }
}
