//! The network one point at a time, in complex numbers, and its derivatives by differences in the complex
//! plane: independent of jets, blocks and tapes.

use nalgebra::Complex;
use pinn::network::activation::Activation;
use pinn::network::{Bias, Circuit, Linear, NormLayer, Operation, Statistics, Value, Weights};
use std::f64::consts::{PI, TAU};

type C = Complex<f64>;

fn activate(activation: Activation, z: C) -> C {
    match activation {
        Activation::Tanh => z.tanh(),
        Activation::Sine => z.sin(),
        Activation::Gelu => z * (erf(z / 2f64.sqrt()) + 1.0) * 0.5,
        Activation::Swish => z / ((-z).exp() + 1.0),
    }
}

/// erf z = 2/√π · exp(−z²) · Σ 2ⁿ z²ⁿ⁺¹/(2n + 1)!! (Abramowitz & Stegun 7.1.6)
fn erf(z: C) -> C {
    let mut term = z;
    let mut sum = z;
    for n in 1..120 {
        term = term * z * z * (2.0 / (2 * n + 1) as f64);
        sum += term;
        if term.norm() < 1e-18 * sum.norm() {
            break;
        }
    }
    sum * (-z * z).exp() * (2.0 / PI.sqrt())
}

fn linear(layer: &Linear, parameters: &[f64], input: &[C]) -> Vec<C> {
    assert_eq!(input.len(), layer.inputs);
    let weight = |output: usize, input: usize| {
        let entry = output * layer.inputs + input;
        match &layer.weights {
            Weights::Frozen(weights) => weights[entry],
            Weights::Plain(range) => parameters[range.start + entry],
            Weights::Factorised {
                directions,
                log_scales,
            } => {
                let scale = parameters[log_scales.start + output].exp();
                scale * parameters[directions.start + entry]
            }
            Weights::Normalised {
                directions,
                lengths,
            } => {
                let row = directions.start + output * layer.inputs;
                let row = &parameters[row..row + layer.inputs];
                let length = row.iter().map(|v| v * v).sum::<f64>().sqrt();
                parameters[lengths.start + output] * row[entry % layer.inputs] / length
            }
        }
    };
    let outputs = 0..layer.outputs;
    outputs
        .map(|output| {
            let bias = match &layer.bias {
                Bias::None => 0.0,
                Bias::Frozen(bias) => bias[output],
                Bias::Trained(range) => parameters[range.start + output],
            };
            let products = input.iter().enumerate();
            products.map(|(i, a)| a * weight(output, i)).sum::<C>() + bias
        })
        .collect()
}

fn norm(norm: &NormLayer, parameters: &[f64], input: &[C]) -> Vec<C> {
    let normalised: Vec<C> = match &norm.statistics {
        Statistics::OfFeatures { groups, centred } => {
            let groups = input.chunks(input.len() / groups);
            let normalised = groups.flat_map(|group| {
                let n = group.len() as f64;
                let mean = match centred {
                    true => group.iter().sum::<C>() / n,
                    false => C::new(0.0, 0.0),
                };
                let variance = group.iter().map(|x| (x - mean).powi(2)).sum::<C>() / n;
                let root = (variance + norm.epsilon).sqrt();
                group.iter().map(move |x| (x - mean) / root)
            });
            normalised.collect()
        }
        Statistics::Frozen(frozen) => {
            let units = frozen.mean.iter().zip(&frozen.variance);
            let units = input.iter().zip(units);
            let normalised = units.map(|(x, (m, v))| (x - m) / (v + norm.epsilon).sqrt());
            normalised.collect()
        }
    };
    let units = normalised.into_iter().enumerate();
    units
        .map(|(unit, y)| {
            let bias = norm.bias.as_ref();
            let bias = bias.map_or(0.0, |range| parameters[range.start + unit]);
            y * parameters[norm.gain.start + unit] + bias
        })
        .collect()
}

/// All fields at one point.
fn evaluate(circuit: &Circuit, parameters: &[f64], point: &[C]) -> Vec<C> {
    let mut values: Vec<Vec<C>> = vec![];
    for node in &circuit.nodes {
        let at = |value: Value| &values[value.0];
        let value: Vec<C> = match &node.operation {
            Operation::Coordinates => {
                let maps = circuit.input_maps.iter().zip(point);
                maps.map(|(m, x)| x * m.scale + m.shift).collect()
            }
            Operation::Linear { input, layer } => linear(layer, parameters, at(*input)),
            Operation::Activation { input, activation } => {
                let input = at(*input).iter();
                input.map(|z| activate(*activation, *z)).collect()
            }
            Operation::Gate { gate, upper, lower } => {
                let branches = at(*upper).iter().zip(at(*lower));
                let gates = at(*gate).iter().zip(branches);
                gates.map(|(g, (u, v))| g * u + (1.0 - g) * v).collect()
            }
            Operation::Blend { new, old, share } => {
                let share = parameters[*share];
                let pairs = at(*new).iter().zip(at(*old));
                pairs.map(|(f, x)| f * share + x * (1.0 - share)).collect()
            }
            Operation::Concatenate { first, second } => {
                at(*first).iter().chain(at(*second)).copied().collect()
            }
            Operation::Norm { input, norm } => self::norm(norm, parameters, at(*input)),
        };
        assert_eq!(value.len(), node.width);
        values.push(value);
    }
    let heads = circuit.heads.iter();
    heads
        .flat_map(|head| linear(&head.layer, parameters, &values[head.input.0]))
        .collect()
}

/// The fields' values at one point.
pub fn values(circuit: &Circuit, parameters: &[f64], point: [f64; 3]) -> Vec<f64> {
    let point = point.map(|x| C::new(x, 0.0));
    let values = evaluate(circuit, parameters, &point);
    values.into_iter().map(|value| value.re).collect()
}

/// Points on the circle of one variable; the error of a difference falls exponentially with their number.
const NODES: usize = 14;
/// Small against the distance to a pole of an activation.
const RADIUS: f64 = 0.07;

/// All derivatives of the fields at one point (Lyness & Moler, *Numerical differentiation of analytic functions*,
/// SIAM J. Numer. Anal. 4, 1967, applied to one variable after the other).
pub struct Derivatives {
    /// All fields on the torus around the point, the first coordinate varying fastest.
    samples: Vec<Vec<C>>,
}

impl Derivatives {
    pub fn at(circuit: &Circuit, parameters: &[f64], point: [f64; 3]) -> Self {
        let samples = (0..NODES.pow(3)).map(|sample| {
            let mut rest = sample;
            let at = point.map(|x| {
                let angle = TAU * (rest % NODES) as f64 / NODES as f64;
                rest /= NODES;
                C::from_polar(RADIUS, angle) + x
            });
            evaluate(circuit, parameters, &at)
        });
        Derivatives {
            samples: samples.collect(),
        }
    }

    pub fn get(&self, field: usize, order: [usize; 3]) -> f64 {
        let mut sum = C::new(0.0, 0.0);
        for (sample, fields) in self.samples.iter().enumerate() {
            let mut rest = sample;
            let mut turns = 0;
            for n in order {
                turns += n * (rest % NODES);
                rest /= NODES;
            }
            let angle = TAU * (turns % NODES) as f64 / NODES as f64;
            sum += fields[field] * C::from_polar(1.0, -angle);
        }
        let factorial = |n: usize| (1..=n).product::<usize>() as f64;
        let scale = order.map(|n| factorial(n) / RADIUS.powi(n as i32));
        sum.re / self.samples.len() as f64 * scale.iter().product::<f64>()
    }
}
