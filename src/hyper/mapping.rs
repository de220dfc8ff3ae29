//! Map from codes to features: dense layers, each with a biased product, LayerNorm and tanh. The last has no tanh, so
//! that with norms the features have root mean square 1 for all codes.
//!
//! Members of a family are rows. Widths are small compared to the points of a member, so that simple loops suffice.

use pinn_expr::Real;
use std::ops::Range;

/// Number ε added to the variance of the norm: small compared to that of any layer with a bias, so that the scale of the
/// code cancels.
const EPSILON: f64 = 1e-10;

/// Layer tanh(LN(W·a + b)), whose norm has gain γ and shift β; LN(W·a + b) in the last layer.
#[derive(Clone, PartialEq, Debug)]
pub struct Layer {
    pub inputs: usize,
    pub outputs: usize,
    /// Row-major, outputs × inputs.
    pub weights: Range<usize>,
    pub bias: Option<Range<usize>>,
    /// γ and β.
    pub norm: Option<(Range<usize>, Range<usize>)>,
    pub activated: bool,
}

/// Successive layers.
#[derive(Clone, PartialEq, Debug)]
pub struct Mapping {
    pub layers: Vec<Layer>,
}

/// Intermediate results of a layer's forward pass, by member.
#[derive(Clone, Debug, Default)]
struct Kept<T> {
    /// Values before gain and shift: normalized, or the products themselves.
    normalised: Vec<T>,
    /// 1/√(variance + ε).
    inverse: Vec<T>,
    outputs: Vec<T>,
}

/// Memory of passes; grows with the number of members, and never shrinks.
#[derive(Clone, Debug, Default)]
pub struct Passed<T> {
    codes: Vec<T>,
    layers: Vec<Kept<T>>,
    /// Gradients or tangents of the current pass, by unit.
    here: Vec<T>,
    before: Vec<T>,
}

impl<T: Real> Passed<T> {
    /// Allocates memory for the codes of a number of members.
    pub fn codes(&mut self, length: usize) -> &mut [T] {
        self.codes.resize(length, T::ZERO);
        &mut self.codes
    }

    /// Features of a member.
    pub fn features(&self) -> &[T] {
        self.layers.last().map_or(&[], |kept| &kept.outputs)
    }
}

impl Mapping {
    /// Creates layers from `inputs` to the widths, whose parameters start at 0.
    pub fn new(inputs: usize, widths: &[usize], norm: bool, bias: bool) -> Self {
        let mut end = 0;
        let mut place = |length: usize| {
            end += length;
            end - length..end
        };
        let mut inputs = inputs;
        let last = widths.len().saturating_sub(1);
        let layers = widths.iter().enumerate().map(|(number, &outputs)| {
            let layer = Layer {
                inputs,
                outputs,
                weights: place(inputs * outputs),
                bias: bias.then(|| place(outputs)),
                norm: norm.then(|| (place(outputs), place(outputs))),
                activated: number < last,
            };
            inputs = outputs;
            layer
        });
        Mapping {
            layers: layers.collect(),
        }
    }

    /// Number of parameters.
    pub fn parameters(&self) -> usize {
        self.layers.last().map_or(0, Layer::end)
    }

    /// Computes the features of all members, whose codes are in `passed`.
    pub fn forward<T: Real>(&self, parameters: &[T], members: usize, passed: &mut Passed<T>) {
        passed.layers.resize_with(self.layers.len(), Kept::default);
        for (number, layer) in self.layers.iter().enumerate() {
            let (before, rest) = passed.layers.split_at_mut(number);
            let inputs = before.last().map_or(&passed.codes, |kept| &kept.outputs);
            let kept = &mut rest[0];
            kept.normalised.resize(members * layer.outputs, T::ZERO);
            kept.outputs.resize(members * layer.outputs, T::ZERO);
            kept.inverse.resize(members, T::ONE);
            for member in 0..members {
                let unit = |width: usize| member * width..(member + 1) * width;
                layer.forward(
                    parameters,
                    &inputs[unit(layer.inputs)],
                    &mut kept.normalised[unit(layer.outputs)],
                    &mut kept.inverse[member],
                    &mut kept.outputs[unit(layer.outputs)],
                );
            }
        }
    }

    /// Adds the gradient by the parameters that follows from the gradient by the features of one member.
    pub fn backward<T: Real>(
        &self,
        parameters: &[T],
        member: usize,
        by_features: &[T],
        passed: &mut Passed<T>,
        gradient: &mut [T],
    ) {
        let Passed {
            codes,
            layers,
            here,
            before,
        } = passed;
        here.clear();
        here.extend_from_slice(by_features);
        for (number, layer) in self.layers.iter().enumerate().rev() {
            let inputs = match number {
                0 => &*codes,
                _ => &layers[number - 1].outputs,
            };
            let kept = &layers[number];
            let own = member * layer.outputs..(member + 1) * layer.outputs;
            let (normalised, outputs) = (&kept.normalised[own.clone()], &kept.outputs[own]);
            let inputs = &inputs[member * layer.inputs..][..layer.inputs];
            layer.activation_backward(
                parameters,
                normalised,
                kept.inverse[member],
                outputs,
                here,
                gradient,
            );
            before.clear();
            before.resize(layer.inputs, T::ZERO);
            let weights = parameters[layer.weights.clone()].chunks_exact(layer.inputs);
            let by_weights = gradient[layer.weights.clone()].chunks_exact_mut(layer.inputs);
            for ((row, by_row), g) in weights.zip(by_weights).zip(&*here) {
                for i in 0..layer.inputs {
                    by_row[i] += *g * inputs[i];
                    before[i] += *g * row[i];
                }
            }
            if let Some(bias) = &layer.bias {
                for (sum, g) in gradient[bias.clone()].iter_mut().zip(&*here) {
                    *sum += *g;
                }
            }
            std::mem::swap(here, before);
        }
    }

    /// Derivative of the features of one member along a direction in the parameters.
    pub fn tangent<'a, T: Real>(
        &self,
        parameters: &[T],
        direction: &[T],
        member: usize,
        passed: &'a mut Passed<T>,
    ) -> &'a [T] {
        let Passed {
            codes,
            layers,
            here,
            before,
        } = passed;
        before.clear();
        for (number, layer) in self.layers.iter().enumerate() {
            let inputs = match number {
                0 => &*codes,
                _ => &layers[number - 1].outputs,
            };
            let inputs = &inputs[member * layer.inputs..][..layer.inputs];
            before.resize(layer.inputs, T::ZERO);
            let weights = parameters[layer.weights.clone()].chunks_exact(layer.inputs);
            let slopes = direction[layer.weights.clone()].chunks_exact(layer.inputs);
            here.clear();
            here.extend(weights.zip(slopes).map(|(row, slope)| {
                let terms = (0..layer.inputs).map(|i| slope[i] * inputs[i] + row[i] * before[i]);
                terms.sum::<T>()
            }));
            if let Some(bias) = &layer.bias {
                for (sum, slope) in here.iter_mut().zip(&direction[bias.clone()]) {
                    *sum += *slope;
                }
            }
            let kept = &layers[number];
            let own = member * layer.outputs..(member + 1) * layer.outputs;
            let (normalised, outputs) = (&kept.normalised[own.clone()], &kept.outputs[own]);
            if let Some((gain, shift)) = &layer.norm {
                project(here, normalised, kept.inverse[member]);
                for (i, slope) in here.iter_mut().enumerate() {
                    *slope = direction[gain.start + i] * normalised[i]
                        + parameters[gain.start + i] * *slope
                        + direction[shift.start + i];
                }
            }
            if layer.activated {
                for (slope, y) in here.iter_mut().zip(outputs) {
                    *slope *= T::ONE - *y * *y;
                }
            }
            std::mem::swap(here, before);
        }
        before
    }
}

/// Derivative of normalization, which is its own transpose: it removes common shifts and scalings of all units.
fn project<T: Real>(values: &mut [T], normalised: &[T], inverse: T) {
    let share = T::from_f64(1.0 / values.len() as f64);
    let mean = values.iter().copied().sum::<T>() * share;
    let along = values.iter().zip(normalised).map(|(v, n)| *v * *n);
    let along = along.sum::<T>() * share;
    for (v, n) in values.iter_mut().zip(normalised) {
        *v = (*v - mean - *n * along) * inverse;
    }
}

impl Layer {
    fn end(&self) -> usize {
        let bias = self.bias.as_ref().map_or(0, |bias| bias.end);
        let norm = self.norm.as_ref().map_or(0, |(_, shift)| shift.end);
        self.weights.end.max(bias).max(norm)
    }

    fn forward<T: Real>(
        &self,
        parameters: &[T],
        inputs: &[T],
        normalised: &mut [T],
        inverse: &mut T,
        outputs: &mut [T],
    ) {
        let rows = parameters[self.weights.clone()].chunks_exact(self.inputs);
        for (i, (row, to)) in rows.zip(&mut *normalised).enumerate() {
            let product: T = row.iter().zip(inputs).map(|(w, a)| *w * *a).sum();
            *to = match &self.bias {
                Some(bias) => product + parameters[bias.start + i],
                None => product,
            };
        }
        let activate = |y: T| if self.activated { y.tanh() } else { y };
        let Some((gain, shift)) = &self.norm else {
            for (y, a) in outputs.iter_mut().zip(&*normalised) {
                *y = activate(*a);
            }
            return;
        };
        let share = T::from_f64(1.0 / self.outputs as f64);
        let mean = normalised.iter().copied().sum::<T>() * share;
        let squares = normalised.iter().map(|a| (*a - mean) * (*a - mean));
        let variance = squares.sum::<T>() * share;
        *inverse = T::ONE / (variance + T::from_f64(EPSILON)).sqrt();
        for (i, (y, a)) in outputs.iter_mut().zip(normalised).enumerate() {
            *a = (*a - mean) * *inverse;
            *y = activate(parameters[gain.start + i] * *a + parameters[shift.start + i]);
        }
    }

    /// Converts the gradient by the outputs in `here` to that by W·a + b.
    fn activation_backward<T: Real>(
        &self,
        parameters: &[T],
        normalised: &[T],
        inverse: T,
        outputs: &[T],
        here: &mut [T],
        gradient: &mut [T],
    ) {
        if self.activated {
            for (g, y) in here.iter_mut().zip(outputs) {
                *g *= T::ONE - *y * *y;
            }
        }
        let Some((gain, shift)) = &self.norm else {
            return;
        };
        for (i, g) in here.iter_mut().enumerate() {
            gradient[gain.start + i] += *g * normalised[i];
            gradient[shift.start + i] += *g;
            *g *= parameters[gain.start + i];
        }
        project(here, normalised, inverse);
    }
}
