//! W·a + b on jets: the matrix acts on all streams, the bias only on the value.

use super::{Gradients, Layer, Sink, Trained};
use crate::fused::affine::Affine;
use crate::fused::buffer::Buffer;
use crate::fused::pass::Pass;
use crate::simd::Element;
use pinn_network::{Linear, Value};

#[derive(Debug)]
pub struct LinearLayer<T> {
    input: Value,
    output: Value,
    affine: Affine<T>,
}

impl<T: Element> LinearLayer<T> {
    pub fn new(layer: &Linear, input: Value, output: Value) -> Self {
        LinearLayer {
            input,
            output,
            affine: Affine::new(layer, input),
        }
    }
}

/// Gradients by the inputs and by the parameters of an affine map, from that by its result.
pub fn pull_back<T: Element>(
    affine: &Affine<T>,
    pass: &Pass<T>,
    input: &[T],
    gradient: &[T],
    gradients: &mut Gradients<T>,
    sink: &mut Sink<T>,
) {
    if affine.layer.is_trained() {
        let lengths = [affine.input_stride, affine.output_stride].map(|s| s * pass.streams());
        sink.take(affine, pass, |pass, points, part| {
            // The coordinates are not a value: the pass contains them.
            let input = input.get(points.start * lengths[0]..).unwrap_or(&[]);
            let gradient = &gradient[points.start * lengths[1]..];
            affine.add_gradient(pass, input, gradient, part);
        });
    }
    if let Some((room, accumulate)) = gradients.input(0) {
        affine.pull_back(pass, gradient, room, accumulate);
    }
}

impl<T: Element> Layer<T> for LinearLayer<T> {
    fn inputs(&self) -> Vec<Value> {
        vec![self.input]
    }

    fn output(&self) -> Value {
        self.output
    }

    fn trained(&self) -> Option<&dyn Trained<T>> {
        Some(&self.affine)
    }

    fn trained_mut(&mut self) -> Option<&mut dyn Trained<T>> {
        Some(&mut self.affine)
    }

    fn forward(&self, pass: &Pass<T>, values: &mut [Buffer<T>]) {
        let (before, rest) = values.split_at_mut(self.output.0);
        let result = &mut rest[0];
        self.affine.product(pass, &before[self.input.0], result);
        self.affine.add_bias(pass, &self.affine.now.bias, result);
    }

    fn backward(
        &self,
        pass: &Pass<T>,
        values: &[Buffer<T>],
        own: &mut [T],
        gradients: &mut Gradients<T>,
        sink: &mut Sink<T>,
    ) {
        let input = &values[self.input.0];
        pull_back(&self.affine, pass, input, own, gradients, sink);
    }

    fn tangent(&self, pass: &Pass<T>, values: &[Buffer<T>], tangents: &mut [Buffer<T>]) {
        let (before, rest) = tangents.split_at_mut(self.output.0);
        let result = &mut rest[0];
        let (input, tangent) = (&values[self.input.0], &before[self.input.0]);
        self.affine.product_tangent(pass, input, tangent, result);
        self.affine
            .add_bias(pass, &self.affine.tangent.bias, result);
    }
}
