//! Conversion of the flat parameter vector to the matrix and bias of an affine map, and of their gradients back.

use super::Affine;
use crate::fused::layers::Trained;
use crate::simd::Element;
use pinn_network::{Bias, Weights};

impl<T: Element> Trained<T> for Affine<T> {
    fn set(&mut self, parameters: &[T]) {
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

    fn set_tangent(&mut self, vector: &[T]) {
        let (inputs, outputs) = (self.layer.inputs, self.layer.outputs);
        self.tangent.transposed.resize(inputs * self.output_stride);
        self.tangent.matrix.resize(outputs * self.input_stride);
        self.tangent.bias.resize(self.output_stride);
        for o in 0..outputs {
            // Part of v′ along v, which normalization removes.
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

    /// In the padded shapes of [`Affine::add_gradient`].
    fn part(&self) -> usize {
        match self.layer.is_trained() {
            true => self.matrix_part() + self.output_stride,
            false => 0,
        }
    }

    fn collect(&self, part: &[T], gradient: &mut [T], first: usize) {
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
                let rows =
                    gradient[range.start - first..range.end - first].chunks_exact_mut(inputs);
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
                        gradient[directions.start - first + o * inputs + i] +=
                            self.scales[o] * by_weight;
                        sum += self.now.matrix[o * self.input_stride + i] * by_weight;
                    }
                    gradient[log_scales.start - first + o] += sum;
                }
            }
            // ∂/∂g = v/‖v‖·∂/∂W, and ∂/∂V = g/‖v‖ · the part of ∂/∂W orthogonal to v (Salimans & Kingma 2016, eq. 3).
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
                        gradient[directions.start - first + o * inputs + i] +=
                            self.scales[o] * turned;
                    }
                    gradient[lengths.start - first + o] += along;
                }
            }
        }
        if let Bias::Trained(range) = &self.layer.bias {
            let gradient = &mut gradient[range.start - first..range.end - first];
            for (to, from) in gradient.iter_mut().zip(bias) {
                *to += *from;
            }
        }
    }
}
