//! γ⊙(a − mean)/√(variance + ε) + β with constant statistics of each unit: an affine map of every unit, equal
//! for all streams, with the shift on the value.

use super::norm::{NormParameters, Scales};
use super::{Gradients, Layer, Sink, Trained, Width};
use crate::fused::buffer::Buffer;
use crate::fused::pass::Pass;
use crate::simd::Element;
use pinn_network::{NormLayer, Value};
use pinn_norm::layer::UnitStatistics;

#[derive(Debug)]
pub struct FrozenNormLayer<T> {
    input: Value,
    output: Value,
    width: Width,
    parameters: NormParameters<T>,
    /// (variance + ε)^(−1/2) and −mean times it, padded with zeros.
    slope: Buffer<T>,
    shift: Buffer<T>,
}

impl<T: Element> FrozenNormLayer<T> {
    pub fn new(
        norm: &NormLayer,
        statistics: &UnitStatistics,
        [input, output]: [Value; 2],
        width: Width,
    ) -> Self {
        let [mut slope, mut shift] = [0, 1].map(|_| Buffer::new(width.columns));
        let units = statistics.mean.iter().zip(&statistics.variance);
        for (unit, (mean, variance)) in units.enumerate() {
            let factor = (variance + norm.epsilon).sqrt().recip();
            slope[unit] = T::from_f64(factor);
            shift[unit] = T::from_f64(-mean * factor);
        }
        FrozenNormLayer {
            input,
            output,
            width,
            parameters: NormParameters::new(norm, width.columns),
            slope,
            shift,
        }
    }

    /// result (+)= γ⊙slope⊙input on every stream, (+)= γ⊙shift·(0 or 1) + β on the value.
    fn apply(
        &self,
        pass: &Pass<T>,
        scales: &Scales<T>,
        (input, shifted, add): (&[T], bool, bool),
        result: &mut [T],
    ) {
        let stride = self.width.stride;
        let results = result.chunks_exact_mut(stride).take(pass.rows());
        for (row, (to, from)) in results.zip(input.chunks_exact(stride)).enumerate() {
            let value = row % pass.streams() == 0;
            for unit in 0..self.width.units {
                let mut n = self.slope[unit] * from[unit];
                if value && shifted {
                    n += self.shift[unit];
                }
                let mut y = scales.gain[unit] * n;
                if value && shifted {
                    y += scales.bias[unit];
                }
                to[unit] = if add { to[unit] + y } else { y };
            }
        }
    }
}

impl<T: Element> Layer<T> for FrozenNormLayer<T> {
    fn inputs(&self) -> Vec<Value> {
        vec![self.input]
    }

    fn output(&self) -> Value {
        self.output
    }

    fn trained(&self) -> Option<&dyn Trained<T>> {
        Some(&self.parameters)
    }

    fn trained_mut(&mut self) -> Option<&mut dyn Trained<T>> {
        Some(&mut self.parameters)
    }

    fn forward(&self, pass: &Pass<T>, values: &mut [Buffer<T>]) {
        let (before, rest) = values.split_at_mut(self.output.0);
        let input = &before[self.input.0];
        self.apply(
            pass,
            &self.parameters.now,
            (input, true, false),
            &mut rest[0],
        );
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
        let (stride, streams) = (self.width.stride, pass.streams());
        sink.take(&self.parameters, pass, |_, points, part| {
            let (gain, bias) = part.split_at_mut(self.width.columns);
            let range = points.start * streams * stride..points.end * streams * stride;
            let rows = input[range.clone()].chunks_exact(stride);
            for (row, (a, g)) in rows.zip(own[range].chunks_exact(stride)).enumerate() {
                let value = row % streams == 0;
                for unit in 0..self.width.units {
                    let mut n = self.slope[unit] * a[unit];
                    if value {
                        n += self.shift[unit];
                        bias[unit] += g[unit];
                    }
                    gain[unit] += g[unit] * n;
                }
            }
        });
        for row in own.chunks_exact_mut(stride).take(pass.rows()) {
            for (unit, g) in row[..self.width.units].iter_mut().enumerate() {
                *g = self.parameters.now.gain[unit] * self.slope[unit] * *g;
            }
        }
        gradients.settle(0, &own[..self.width.length(pass)]);
    }

    fn in_place(&self) -> bool {
        true
    }

    fn tangent(&self, pass: &Pass<T>, values: &[Buffer<T>], tangents: &mut [Buffer<T>]) {
        let (before, rest) = tangents.split_at_mut(self.output.0);
        let input = &values[self.input.0];
        let moved = &before[self.input.0];
        self.apply(
            pass,
            &self.parameters.tangent,
            (input, true, false),
            &mut rest[0],
        );
        self.apply(
            pass,
            &self.parameters.now,
            (moved, false, true),
            &mut rest[0],
        );
    }
}
