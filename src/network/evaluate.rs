//! Simple evaluation of all nodes at points, for statistics of the initial network.

use super::circuit::{Bias, Circuit, Linear, NormLayer, Operation, Statistics, Value, Weights};
use crate::activation::Activation;
use nalgebra::DMatrix;
use pinn_geometry::sampling::{Sampler, Sobol};
use pinn_norm::layer::{GroupNorm, Norm, RmsNorm, UnitStatistics};
use std::sync::Arc;

/// Number of points for frozen statistics.
const POINTS: usize = 512;

impl Circuit {
    /// Replaces the frozen statistics of every norm by those of its input, in order, with the initial
    /// parameters of the seed, over Sobol' points of the mapped domain [−1, 1]ⁿ.
    pub(super) fn freeze(&mut self, seed: u64) {
        let parameters = self.initialise(seed);
        let inputs = self.inputs();
        let mut unit = vec![0.0; inputs * POINTS];
        Sobol.fill(seed, inputs, POINTS, &mut unit);
        let coordinates = DMatrix::from_vec(POINTS, inputs, unit).map(|x| 2.0 * x - 1.0);
        let mut values: Vec<DMatrix<f64>> = Vec::with_capacity(self.nodes.len());
        for node in &mut self.nodes {
            if let Operation::Norm { input, norm } = &mut node.operation
                && let Statistics::Frozen(frozen) = &mut norm.statistics
            {
                *frozen = Arc::new(UnitStatistics::of(&values[input.0]));
            }
            let value = evaluate(&node.operation, &parameters, &coordinates, &values);
            values.push(value);
        }
    }
}

fn evaluate(
    operation: &Operation,
    parameters: &[f64],
    coordinates: &DMatrix<f64>,
    values: &[DMatrix<f64>],
) -> DMatrix<f64> {
    let at = |value: &Value| &values[value.0];
    match operation {
        Operation::Coordinates => coordinates.clone(),
        Operation::Linear { input, layer } => linear(layer, parameters, at(input)),
        Operation::Activation { input, activation } => at(input).map(|z| activate(*activation, z)),
        Operation::Gate { gate, upper, lower } => {
            at(lower) + at(gate).component_mul(&(at(upper) - at(lower)))
        }
        Operation::Blend { new, old, share } => at(old) + (at(new) - at(old)) * parameters[*share],
        Operation::Concatenate { first, second } => {
            let (first, second) = (at(first), at(second));
            let columns = first.ncols();
            DMatrix::from_fn(
                first.nrows(),
                columns + second.ncols(),
                |row, column| match column < columns {
                    true => first[(row, column)],
                    false => second[(row, column - columns)],
                },
            )
        }
        Operation::Norm { input, norm } => self::norm(norm, parameters, at(input)),
    }
}

fn linear(layer: &Linear, parameters: &[f64], input: &DMatrix<f64>) -> DMatrix<f64> {
    let inputs = layer.inputs;
    let row = |start: usize, output: usize| &parameters[start + output * inputs..][..inputs];
    let matrix = DMatrix::from_fn(inputs, layer.outputs, |i, o| match &layer.weights {
        Weights::Frozen(weights) => weights[o * inputs + i],
        Weights::Plain(range) => row(range.start, o)[i],
        Weights::Factorised {
            directions,
            log_scales,
        } => parameters[log_scales.start + o].exp() * row(directions.start, o)[i],
        Weights::Normalised {
            directions,
            lengths,
        } => {
            let row = row(directions.start, o);
            let length = row.iter().map(|v| v * v).sum::<f64>().sqrt();
            parameters[lengths.start + o] / length * row[i]
        }
    });
    let mut sums = input * matrix;
    let bias = match &layer.bias {
        Bias::None => return sums,
        Bias::Frozen(bias) => &bias[..],
        Bias::Trained(range) => &parameters[range.clone()],
    };
    for (mut column, b) in sums.column_iter_mut().zip(bias) {
        column.add_scalar_mut(*b);
    }
    sums
}

fn activate(activation: Activation, z: f64) -> f64 {
    match activation {
        Activation::Tanh => z.tanh(),
        Activation::Sine => z.sin(),
        Activation::Gelu => 0.5 * z * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2),
        Activation::Swish => z / (1.0 + (-z).exp()),
    }
}

fn norm(norm: &NormLayer, parameters: &[f64], input: &DMatrix<f64>) -> DMatrix<f64> {
    let epsilon = norm.epsilon;
    let mut y = match &norm.statistics {
        Statistics::OfFeatures {
            groups,
            centred: true,
        } => {
            let groups = *groups;
            GroupNorm { groups, epsilon }.apply(input)
        }
        Statistics::OfFeatures { .. } => RmsNorm { epsilon }.apply(input),
        Statistics::Frozen(statistics) => {
            let mut y = input.clone();
            let units = statistics.mean.iter().zip(&statistics.variance);
            for (mut column, (mean, variance)) in y.column_iter_mut().zip(units) {
                column.add_scalar_mut(-mean);
                column *= (variance + epsilon).sqrt().recip();
            }
            y
        }
    };
    for (unit, mut column) in y.column_iter_mut().enumerate() {
        column *= parameters[norm.gain.start + unit];
        if let Some(bias) = &norm.bias {
            column.add_scalar_mut(parameters[bias.start + unit]);
        }
    }
    y
}
