//! γ⊙(a − mean)/√(variance + ε) + β with statistics over the features of each point; the rules are in [`norm`].

use super::{Gradients, Layer, Sink, Trained, Width};
use crate::fused::buffer::Buffer;
use crate::fused::norm;
use crate::fused::norm::{Backward, Forward, Groups, Parameters, Tangent};
use crate::fused::pass::Pass;
use crate::simd::Element;
use pinn_network::{NormLayer, Value};
use std::ops::Range;

/// γ and β, padded with zeros.
#[derive(Debug)]
pub struct Scales<T> {
    pub gain: Buffer<T>,
    pub bias: Buffer<T>,
}

/// Trained part of a norm. Its gradient is that by γ, then that by β, each in complete columns.
#[derive(Debug)]
pub struct NormParameters<T> {
    norm: NormLayer,
    pub columns: usize,
    pub now: Scales<T>,
    pub tangent: Scales<T>,
}

impl<T: Element> NormParameters<T> {
    pub fn new(norm: &NormLayer, columns: usize) -> Self {
        let scales = || Scales {
            gain: Buffer::new(columns),
            bias: Buffer::new(columns),
        };
        NormParameters {
            norm: norm.clone(),
            columns,
            now: scales(),
            tangent: scales(),
        }
    }
}

impl<T: Element> Scales<T> {
    /// Reads γ and β from a vector as long as that of the parameters.
    fn set(&mut self, norm: &NormLayer, flat: &[T]) {
        self.gain[..norm.gain.len()].copy_from_slice(&flat[norm.gain.clone()]);
        if let Some(bias) = &norm.bias {
            self.bias[..bias.len()].copy_from_slice(&flat[bias.clone()]);
        }
    }
}

impl<T: Element> Trained<T> for NormParameters<T> {
    fn set(&mut self, parameters: &[T]) {
        self.now.set(&self.norm, parameters);
    }

    fn set_tangent(&mut self, vector: &[T]) {
        self.tangent.set(&self.norm, vector);
    }

    fn part(&self) -> usize {
        2 * self.columns
    }

    fn collect(&self, part: &[T], gradient: &mut [T], first: usize) {
        let mut add = |range: &Range<usize>, part: &[T]| {
            for (to, from) in gradient[range.start - first..range.end - first]
                .iter_mut()
                .zip(part)
            {
                *to += *from;
            }
        };
        add(&self.norm.gain, part);
        if let Some(bias) = &self.norm.bias {
            add(bias, &part[self.columns..]);
        }
    }
}

#[derive(Debug)]
pub struct FeatureNormLayer<T> {
    input: Value,
    output: Value,
    /// Means, squares and inverse roots, which are no value of the network.
    statistics: Value,
    width: Width,
    parameters: NormParameters<T>,
    groups: Groups<T>,
}

impl<T: Element> FeatureNormLayer<T> {
    /// `statistics` has [`Groups::statistics`] numbers per row.
    pub fn new(
        norm: &NormLayer,
        groups: Groups<T>,
        [input, output, statistics]: [Value; 3],
        width: Width,
    ) -> Self {
        FeatureNormLayer {
            input,
            output,
            statistics,
            width,
            parameters: NormParameters::new(norm, width.columns),
            groups,
        }
    }
}

impl<T: Element> Layer<T> for FeatureNormLayer<T> {
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
        let (output, rest) = rest.split_at_mut(self.statistics.0 - self.output.0);
        let operands = Forward {
            rows: self.width.rows(pass),
            groups: &self.groups,
            gain: &self.parameters.now.gain,
            bias: &self.parameters.now.bias,
            h: &before[self.input.0],
            statistics: &mut rest[0],
            y: &mut output[0],
        };
        norm::forward(pass.set, operands);
    }

    fn backward(
        &self,
        pass: &Pass<T>,
        values: &[Buffer<T>],
        own: &mut [T],
        gradients: &mut Gradients<T>,
        sink: &mut Sink<T>,
    ) {
        let (h, statistics) = (&values[self.input.0], &values[self.statistics.0]);
        let rows = self.width.rows(pass);
        let mut parameters = None;
        match sink {
            // In the same sweep as the gradient by the input.
            Sink::Sum(part) => {
                let (gain, bias) = part.split_at_mut(self.width.columns);
                parameters = Some([gain, &mut bias[..self.width.columns]]);
            }
            Sink::Rows(_) => sink.take(&self.parameters, pass, |_, points, part| {
                let (gain, bias) = part.split_at_mut(self.width.columns);
                let operands = Parameters {
                    rows,
                    groups: &self.groups,
                    points,
                    h,
                    statistics,
                    gradient: own,
                    gain,
                    bias,
                };
                norm::add_gradient(pass.set, operands);
            }),
        }
        let mut scratch = gradients.lift(1);
        let operands = Backward {
            rows,
            groups: &self.groups,
            gain: &self.parameters.now.gain,
            h,
            statistics,
            scratch: &mut scratch,
            parameters,
            gradient: own,
        };
        norm::backward(pass.set, operands);
        gradients.put_back(1, scratch);
        gradients.settle(0, &own[..self.width.length(pass)]);
    }

    fn in_place(&self) -> bool {
        true
    }

    fn scratch(&self) -> usize {
        self.groups.scratch()
    }

    fn tangent(&self, pass: &Pass<T>, values: &[Buffer<T>], tangents: &mut [Buffer<T>]) {
        let (before, rest) = tangents.split_at_mut(self.output.0);
        let (output, rest) = rest.split_at_mut(self.statistics.0 - self.output.0);
        let operands = Tangent {
            rows: self.width.rows(pass),
            groups: &self.groups,
            gain: [&self.parameters.now.gain, &self.parameters.tangent.gain],
            bias: [&self.parameters.now.bias, &self.parameters.tangent.bias],
            h: [&values[self.input.0], &before[self.input.0]],
            statistics: (&values[self.statistics.0], &mut rest[0]),
            y: (&values[self.output.0], &mut output[0]),
        };
        norm::tangent(pass.set, operands);
    }
}
