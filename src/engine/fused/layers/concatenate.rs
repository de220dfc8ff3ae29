//! Concatenation of the units of two values, stream by stream.

use super::{Gradients, Layer, Sink, Width};
use crate::fused::buffer::Buffer;
use crate::fused::pass::Pass;
use crate::simd::Element;
use pinn_network::Value;

#[derive(Debug)]
pub struct ConcatenateLayer {
    inputs: [Value; 2],
    widths: [Width; 2],
    output: Value,
    width: Width,
}

impl ConcatenateLayer {
    pub fn new(inputs: [Value; 2], widths: [Width; 2], output: Value, width: Width) -> Self {
        ConcatenateLayer {
            inputs,
            widths,
            output,
            width,
        }
    }

    fn join<T: Element>(&self, pass: &Pass<T>, before: &[Buffer<T>], result: &mut [T]) {
        let mut start = 0;
        for (value, width) in self.inputs.iter().zip(&self.widths) {
            let rows = before[value.0].chunks_exact(width.stride);
            let results = result.chunks_exact_mut(self.width.stride);
            for (to, from) in results.zip(rows).take(pass.rows()) {
                to[start..start + width.units].copy_from_slice(&from[..width.units]);
            }
            start += width.units;
        }
    }
}

impl<T: Element> Layer<T> for ConcatenateLayer {
    fn inputs(&self) -> Vec<Value> {
        self.inputs.to_vec()
    }

    fn output(&self) -> Value {
        self.output
    }

    fn forward(&self, pass: &Pass<T>, values: &mut [Buffer<T>]) {
        let (before, rest) = values.split_at_mut(self.output.0);
        self.join(pass, before, &mut rest[0]);
    }

    fn backward(
        &self,
        pass: &Pass<T>,
        _: &[Buffer<T>],
        own: &mut [T],
        gradients: &mut Gradients<T>,
        _: &mut Sink<T>,
    ) {
        let mut start = 0;
        for (k, width) in self.widths.iter().enumerate() {
            if let Some(room) = gradients.sum(k, width.length(pass)) {
                let rows = own.chunks_exact(self.width.stride);
                for (to, from) in room.chunks_exact_mut(width.stride).zip(rows) {
                    let from = &from[start..start + width.units];
                    to.iter_mut().zip(from).for_each(|(to, g)| *to += *g);
                }
            }
            start += width.units;
        }
    }

    fn tangent(&self, pass: &Pass<T>, _: &[Buffer<T>], tangents: &mut [Buffer<T>]) {
        let (before, rest) = tangents.split_at_mut(self.output.0);
        self.join(pass, before, &mut rest[0]);
    }
}
