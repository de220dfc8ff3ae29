//! σ(z), unit by unit; the rules are in [`composition`](crate::fused::composition).

use super::{Gradients, Layer, Sink, Width};
use crate::fused::activate;
use crate::fused::activate::{Adjoint, TangentRows};
use crate::fused::buffer::Buffer;
use crate::fused::pass::Pass;
use crate::simd::Element;
use pinn_network::Value;
use pinn_network::activation::Activation;

#[derive(Debug)]
pub struct ActivationLayer<T> {
    input: Value,
    output: Value,
    width: Width,
    activation: Activation,
    /// Zeros in place of a bias.
    zeros: Buffer<T>,
}

impl<T: Element> ActivationLayer<T> {
    pub fn new(activation: Activation, input: Value, output: Value, width: Width) -> Self {
        ActivationLayer {
            input,
            output,
            width,
            activation,
            zeros: Buffer::new(width.columns),
        }
    }
}

impl<T: Element> Layer<T> for ActivationLayer<T> {
    fn inputs(&self) -> Vec<Value> {
        vec![self.input]
    }

    fn output(&self) -> Value {
        self.output
    }

    fn forward(&self, pass: &Pass<T>, values: &mut [Buffer<T>]) {
        let (before, rest) = values.split_at_mut(self.output.0);
        let (z, rows) = (&before[self.input.0], self.width.rows(pass));
        activate::forward(
            pass.set,
            self.activation,
            rows,
            &self.zeros,
            z,
            &mut rest[0],
        );
    }

    fn backward(
        &self,
        pass: &Pass<T>,
        values: &[Buffer<T>],
        own: &mut [T],
        gradients: &mut Gradients<T>,
        _: &mut Sink<T>,
    ) {
        let adjoint = Adjoint {
            rows: self.width.rows(pass),
            bias: &self.zeros,
            z: &values[self.input.0],
            a: &values[self.output.0],
            gradient: own,
        };
        activate::backward(pass.set, self.activation, adjoint);
        gradients.settle(0, &own[..self.width.length(pass)]);
    }

    fn in_place(&self) -> bool {
        true
    }

    fn tangent(&self, pass: &Pass<T>, values: &[Buffer<T>], tangents: &mut [Buffer<T>]) {
        let (before, rest) = tangents.split_at_mut(self.output.0);
        let operands = TangentRows {
            rows: self.width.rows(pass),
            bias: &self.zeros,
            bias_tangent: &self.zeros,
            z: &values[self.input.0],
            z_tangent: &before[self.input.0],
            a_tangent: &mut rest[0],
        };
        activate::tangent(pass.set, self.activation, operands);
    }
}
