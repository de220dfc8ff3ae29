//! The network one point at a time, in complex numbers, and its derivatives by differences in the complex
//! plane: independent of jets, blocks and tapes.

use nalgebra::Complex;
use pinn::pinn::activation::Activation;
use pinn::pinn::network::Network;
use std::f64::consts::{PI, TAU};

type C = Complex<f64>;

/// Points on the circle of one variable; the error of a difference falls exponentially with their number.
const NODES: usize = 16;
const RADIUS: f64 = 0.4;

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
    }
    sum * (-z * z).exp() * (2.0 / PI.sqrt())
}

/// All outputs at one point.
fn evaluate(network: &Network, parameters: &[f64], point: &[C]) -> Vec<C> {
    let maps = network.input_maps.iter();
    let mut values: Vec<C> = maps
        .zip(point)
        .map(|(m, x)| x * m.scale + m.shift)
        .collect();
    let layers = network.layers();
    for (number, layer) in layers.iter().enumerate() {
        let weights = &parameters[layer.weights.clone()];
        let biases = &parameters[layer.biases.clone()];
        values = (0..layer.outputs)
            .map(|o| {
                let row = &weights[o * layer.inputs..][..layer.inputs];
                let products = row.iter().zip(&values).map(|(w, a)| a * *w);
                let z = products.sum::<C>() + biases[o];
                if number + 1 < layers.len() {
                    activate(network.activation, z)
                } else {
                    z
                }
            })
            .collect();
    }
    values
}

/// ∂^order of one output (Lyness & Moler, *Numerical differentiation of analytic functions*, SIAM J. Numer.
/// Anal. 4, 1967, applied to one variable after the other).
pub fn derivative(
    network: &Network,
    parameters: &[f64],
    point: &[f64],
    field: usize,
    order: &[usize],
) -> f64 {
    let involved: Vec<usize> = (0..order.len()).filter(|k| order[*k] > 0).collect();
    let samples = NODES.pow(involved.len() as u32);
    let mut sum = C::new(0.0, 0.0);
    for sample in 0..samples {
        let mut at: Vec<C> = point.iter().map(|x| C::new(*x, 0.0)).collect();
        let mut turn = 0.0;
        let mut rest = sample;
        for k in &involved {
            let angle = TAU * (rest % NODES) as f64 / NODES as f64;
            rest /= NODES;
            at[*k] += C::from_polar(RADIUS, angle);
            turn += angle * order[*k] as f64;
        }
        sum += evaluate(network, parameters, &at)[field] * C::from_polar(1.0, -turn);
    }
    let factorial = |n: usize| (1..=n).product::<usize>() as f64;
    let scale: f64 = involved
        .iter()
        .map(|k| factorial(order[*k]) / RADIUS.powi(order[*k] as i32))
        .product();
    sum.re / samples as f64 * scale
}
