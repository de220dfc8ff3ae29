//! σ(W·a + b): a linear layer whose result only an activation reads. The pass of the activation adds the bias.

use super::linear::pull_back;
use super::{Gradients, Layer, Sink, Trained, Width};
use crate::fused::activate;
use crate::fused::activate::{Adjoint, TangentRows};
use crate::fused::affine::Affine;
use crate::fused::buffer::Buffer;
use crate::fused::pass::Pass;
use crate::simd::Element;
use pinn_network::activation::Activation;
use pinn_network::{Linear, Value};

#[derive(Debug)]
pub struct DenseLayer<T> {
    input: Value,
    sums: Value,
    output: Value,
    width: Width,
    activation: Activation,
    affine: Affine<T>,
}

impl<T: Element> DenseLayer<T> {
    /// `sums` is the value of the linear layer without the bias; `output` follows it.
    pub fn new(
        layer: &Linear,
        input: Value,
        sums: Value,
        output: Value,
        activation: Activation,
    ) -> Self {
        DenseLayer {
            input,
            sums,
            output,
            width: Width::new::<T>(layer.outputs),
            activation,
            affine: Affine::new(layer, input),
        }
    }
}

impl<T: Element> Layer<T> for DenseLayer<T> {
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
        let (before, rest) = values.split_at_mut(self.sums.0);
        let (sums, rest) = rest.split_at_mut(self.output.0 - self.sums.0);
        let (sums, output) = (&mut sums[0], &mut rest[0]);
        self.affine.product(pass, &before[self.input.0], sums);
        let bias = &self.affine.now.bias;
        let rows = self.width.rows(pass);
        activate::forward(pass.set, self.activation, rows, bias, sums, output);
    }

    fn backward(
        &self,
        pass: &Pass<T>,
        values: &[Buffer<T>],
        own: &mut [T],
        gradients: &mut Gradients<T>,
        sink: &mut Sink<T>,
    ) {
        let adjoint = Adjoint {
            rows: self.width.rows(pass),
            bias: &self.affine.now.bias,
            z: &values[self.sums.0],
            a: &values[self.output.0],
            gradient: own,
        };
        activate::backward(pass.set, self.activation, adjoint);
        let input = &values[self.input.0];
        pull_back(&self.affine, pass, input, own, gradients, sink);
    }

    fn tangent(&self, pass: &Pass<T>, values: &[Buffer<T>], tangents: &mut [Buffer<T>]) {
        let (before, rest) = tangents.split_at_mut(self.sums.0);
        let (sums, rest) = rest.split_at_mut(self.output.0 - self.sums.0);
        let (sums, output) = (&mut sums[0], &mut rest[0]);
        let (input, tangent) = (&values[self.input.0], &before[self.input.0]);
        self.affine.product_tangent(pass, input, tangent, sums);
        let operands = TangentRows {
            rows: self.width.rows(pass),
            bias: &self.affine.now.bias,
            bias_tangent: &self.affine.tangent.bias,
            z: &values[self.sums.0],
            z_tangent: sums,
            a_tangent: output,
        };
        activate::tangent(pass.set, self.activation, operands);
    }
}
