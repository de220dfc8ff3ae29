//! Layers as expressions of the streams of one unit of one point. Adjoints and code are derived from them.

use crate::structure::{ProductTerm, Structure};
use pinn_expr::{Expr, Function as Elementary, Graph, Program};
use pinn_network::activation::Activation;
use std::f64::consts::PI;

/// Vector-valued function of numbers, with the product of its transposed Jacobian and seeds.
pub struct Function {
    pub outputs: usize,
    pub forward: Program<f64>,
    /// Program that takes the inputs and one seed per output, and gives one number per input.
    pub adjoint: Program<f64>,
}

impl Function {
    /// Creates a function; `build` computes the outputs from the inputs.
    pub fn new(inputs: usize, build: impl FnOnce(&mut Graph, &[Expr]) -> Vec<Expr>) -> Self {
        Self::with_chain(inputs, build, |_, _, _| {})
    }

    /// Creates a function whose inputs depend on each other: `chain` changes the gradients by the inputs accordingly.
    fn with_chain(
        inputs: usize,
        build: impl FnOnce(&mut Graph, &[Expr]) -> Vec<Expr>,
        chain: impl FnOnce(&mut Graph, &[Expr], &mut [Expr]),
    ) -> Self {
        let mut graph = Graph::new();
        let x: Vec<Expr> = (0..inputs).map(|i| graph.field(i as u16)).collect();
        let y = build(&mut graph, &x);
        let mut gradients = graph.adjoint(&y, &x);
        chain(&mut graph, &x, &mut gradients);
        Function {
            outputs: y.len(),
            forward: Program::new(&graph, &y, &x),
            adjoint: Program::new(&graph, &gradients, &x),
        }
    }

    /// Activation σ of the streams z₀, z₁, … For [`Activation::Gelu`] a last input is Φ(z₀).
    pub fn activation(structure: &Structure<f64>, activation: Activation) -> Self {
        let streams = structure.streams;
        let order = structure.order;
        let density = |g: &mut Graph, z: Expr| {
            let square = g.mul(z, z);
            let half = scaled(g, -0.5, square);
            let bell = g.apply(Elementary::Exp, half);
            scaled(g, (2.0 * PI).sqrt().recip(), bell)
        };
        let build = |g: &mut Graph, x: &[Expr]| {
            let s = match activation {
                Activation::Tanh => tanh(g, x[0]),
                Activation::Sine => sine(g, x[0]),
                Activation::Swish => swish(g, x[0]),
                Activation::Gelu => {
                    let phi = density(g, x[0]);
                    gelu(g, x[0], x[streams], phi)
                }
            };
            compose(g, structure, &s[..=order.max(1)], &x[..streams])
        };
        match activation {
            Activation::Gelu => Function::with_chain(streams + 1, build, |g, x, gradients| {
                let phi = density(g, x[0]);
                let through = g.mul(gradients[streams], phi);
                gradients[0] = g.add(gradients[0], through);
            }),
            _ => Function::new(streams, build),
        }
    }

    /// Gate g⊙u + (1 − g)⊙v of the streams of g, then u, then v.
    pub fn gate(structure: &Structure<f64>) -> Self {
        let n = structure.streams;
        Function::new(3 * n, |g, x| {
            let (gate, upper, lower) = (&x[..n], &x[n..2 * n], &x[2 * n..]);
            let difference: Vec<Expr> = (0..n).map(|s| g.sub(upper[s], lower[s])).collect();
            let product = product(g, &structure.product, gate, &difference, n);
            (0..n).map(|s| g.add(product[s], lower[s])).collect()
        })
    }

    /// Blend α·f + (1 − α)·x of the streams of f, then x, then α.
    pub fn blend(streams: usize) -> Self {
        Function::new(2 * streams + 1, |g, x| {
            let share = x[2 * streams];
            let blended = (0..streams).map(|s| {
                let change = g.sub(x[s], x[streams + s]);
                let part = g.mul(share, change);
                g.add(part, x[streams + s])
            });
            blended.collect()
        })
    }

    /// Affine map γ⊙(slope⊙a + shift) + β of the streams of a, then slope, shift, γ, β; shifts act only on the value.
    pub fn frozen_norm(streams: usize) -> Self {
        Function::new(streams + 4, |g, x| {
            let [slope, shift, gain, bias] = [0, 1, 2, 3].map(|i| x[streams + i]);
            let normed = (0..streams).map(|s| {
                let mut n = g.mul(slope, x[s]);
                if s == 0 {
                    n = g.add(n, shift);
                }
                let y = g.mul(gain, n);
                if s == 0 { g.add(y, bias) } else { y }
            });
            normed.collect()
        })
    }

    /// Streams of (a − mean)², from those of a, then of the mean; of a² if not `centred`.
    pub fn square(structure: &Structure<f64>, centred: bool) -> Self {
        let n = structure.streams;
        Function::new(2 * n, |g, x| {
            let c = centre(g, &x[..n], &x[n..], centred);
            product(g, &structure.square, &c, &c, n)
        })
    }

    /// Streams of (v + ε)^(−1/2), from those of v.
    pub fn inverse_root(structure: &Structure<f64>, epsilon: f64) -> Self {
        Function::new(structure.streams, |g, v| {
            let epsilon = g.constant(epsilon);
            let value = g.add(v[0], epsilon);
            let s = inverse_root(g, value);
            compose(g, structure, &s[..=structure.order.max(1)], v)
        })
    }

    /// Norm γ⊙(a − mean)⋆r + β of the streams of a, of the mean, of r = (variance + ε)^(−1/2), then γ, β.
    pub fn feature_norm(structure: &Structure<f64>, centred: bool) -> Self {
        let n = structure.streams;
        Function::new(3 * n + 2, |g, x| {
            let c = centre(g, &x[..n], &x[n..2 * n], centred);
            let normed = product(g, &structure.product, &c, &x[2 * n..3 * n], n);
            let (gain, bias) = (x[3 * n], x[3 * n + 1]);
            let scaled = normed.into_iter().enumerate().map(|(s, normed)| {
                let y = g.mul(gain, normed);
                if s == 0 { g.add(y, bias) } else { y }
            });
            scaled.collect()
        })
    }
}

fn scaled(g: &mut Graph, factor: f64, x: Expr) -> Expr {
    let factor = g.constant(factor);
    g.mul(factor, x)
}

/// factor·x + constant
fn affine(g: &mut Graph, factor: f64, x: Expr, constant: f64) -> Expr {
    let product = scaled(g, factor, x);
    let constant = g.constant(constant);
    g.add(product, constant)
}

fn centre(g: &mut Graph, a: &[Expr], mean: &[Expr], centred: bool) -> Vec<Expr> {
    match centred {
        true => a.iter().zip(mean).map(|(a, m)| g.sub(*a, *m)).collect(),
        false => a.to_vec(),
    }
}

/// Sums of `coefficient · a[left] · b[right]`, by result.
fn product(
    g: &mut Graph,
    terms: &[ProductTerm<f64>],
    a: &[Expr],
    b: &[Expr],
    streams: usize,
) -> Vec<Expr> {
    let mut results = vec![g.constant(0.0); streams];
    for term in terms {
        let pair = g.mul(a[term.left], b[term.right]);
        let part = scaled(g, term.coefficient, pair);
        results[term.result] = g.add(results[term.result], part);
    }
    results
}

/// Faà di Bruno's formula for all streams z, with the derivatives s of the function at z₀: along directions and, for
/// operators, as in [`jets::Operator`](pinn_network::jets::Operator).
fn compose(g: &mut Graph, structure: &Structure<f64>, s: &[Expr], z: &[Expr]) -> Vec<Expr> {
    let mut y = vec![s[0]; structure.streams];
    for series in &structure.series {
        let z = &z[series.first..][..series.order];
        for order in 1..=series.order {
            let mut sum = g.mul(s[1], z[order - 1]);
            for (k, inner) in inner_sums(g, order, z).into_iter().enumerate() {
                let term = g.mul(s[k + 2], inner);
                sum = g.add(sum, term);
            }
            y[series.first + order - 1] = sum;
        }
    }
    for operator in &structure.operators {
        let zero = g.constant(0.0);
        let mut sums = [zero; 3];
        for (i, j, c) in &operator.second {
            let pair = g.mul(z[*i], z[*j]);
            let part = scaled(g, *c, pair);
            sums[0] = g.add(sums[0], part);
        }
        for (order, terms) in [(3, &operator.third), (4, &operator.fourth)] {
            for (first, c) in terms {
                let inner = inner_sums(g, order, &z[*first..][..order - 1]);
                for (sum, inner) in sums.iter_mut().zip(inner) {
                    let part = scaled(g, *c, inner);
                    *sum = g.add(*sum, part);
                }
            }
        }
        let mut total = g.mul(s[1], z[operator.stream]);
        for (k, sum) in sums.into_iter().enumerate() {
            if g.constant_value(sum) != Some(0.0) {
                let term = g.mul(s[k + 2], sum);
                total = g.add(total, term);
            }
        }
        y[operator.stream] = total;
    }
    y
}

/// Factors of s₂, s₃, … in the derivative of the given order of a composition, z being the inner function's
/// derivatives from the first on (Griewank & Walther, *Evaluating Derivatives*, 2008, chapter 13).
fn inner_sums(g: &mut Graph, order: usize, z: &[Expr]) -> Vec<Expr> {
    if order < 2 {
        return Vec::new();
    }
    let square = g.mul(z[0], z[0]);
    match order {
        2 => vec![square],
        3 => {
            let mixed = g.mul(z[0], z[1]);
            vec![scaled(g, 3.0, mixed), g.mul(square, z[0])]
        }
        _ => {
            let outer = g.mul(z[0], z[2]);
            let outer = scaled(g, 4.0, outer);
            let middle = g.mul(z[1], z[1]);
            let middle = scaled(g, 3.0, middle);
            let mixed = g.mul(square, z[1]);
            vec![
                g.add(outer, middle),
                scaled(g, 6.0, mixed),
                g.mul(square, square),
            ]
        }
    }
}

/// Derivatives 0..=4 as polynomials in h = tanh z and u = h′ = 1 − h².
fn tanh(g: &mut Graph, z: Expr) -> Vec<Expr> {
    let h = g.apply(Elementary::Tanh, z);
    let square = g.mul(h, h);
    let u = affine(g, -1.0, square, 1.0);
    let hu = g.mul(h, u);
    let third = affine(g, -6.0, u, 4.0);
    let fourth = affine(g, 24.0, u, -8.0);
    vec![
        h,
        u,
        scaled(g, -2.0, hu),
        g.mul(u, third),
        g.mul(hu, fourth),
    ]
}

fn sine(g: &mut Graph, z: Expr) -> Vec<Expr> {
    let s = g.apply(Elementary::Sin, z);
    let c = g.apply(Elementary::Cos, z);
    vec![s, c, g.neg(s), g.neg(c), s]
}

/// z·σ(z) with σ = (1 + tanh(z/2))/2: derivative n is n·σ⁽ⁿ⁻¹⁾ + z·σ⁽ⁿ⁾, with σ′ = u = σ(1 − σ), σ″ = u(1 − 2σ),
/// σ‴ = u(1 − 6u), σ⁗ = σ″(1 − 12u).
fn swish(g: &mut Graph, z: Expr) -> Vec<Expr> {
    let half = scaled(g, 0.5, z);
    let tanh = g.apply(Elementary::Tanh, half);
    let sigma = affine(g, 0.5, tanh, 0.5);
    let one_less = affine(g, -1.0, sigma, 1.0);
    let u = g.mul(sigma, one_less);
    let v = affine(g, -2.0, sigma, 1.0);
    let second = g.mul(u, v);
    let third = affine(g, -6.0, u, 1.0);
    let third = g.mul(u, third);
    let fourth = affine(g, -12.0, u, 1.0);
    let fourth = g.mul(second, fourth);
    let sigmas = [sigma, u, second, third, fourth];
    let derivatives = (0..5).map(|n| {
        let grown = g.mul(z, sigmas[n]);
        match n {
            0 => grown,
            n => {
                let before = scaled(g, n as f64, sigmas[n - 1]);
                g.add(before, grown)
            }
        }
    });
    derivatives.collect()
}

/// z·Φ(z) with φ′ = −zφ.
fn gelu(g: &mut Graph, z: Expr, distribution: Expr, density: Expr) -> Vec<Expr> {
    let square = g.mul(z, z);
    let grown = g.mul(z, density);
    let second = affine(g, -1.0, square, 2.0);
    let third = affine(g, 1.0, square, -4.0);
    let fourth = affine(g, -1.0, square, 7.0);
    let fourth = g.mul(square, fourth);
    let fourth = affine(g, 1.0, fourth, -4.0);
    vec![
        g.mul(z, distribution),
        g.add(distribution, grown),
        g.mul(density, second),
        g.mul(grown, third),
        g.mul(density, fourth),
    ]
}

/// Derivatives of z^(−1/2): derivative k is derivative k − 1 times −(k − 1/2)/z.
fn inverse_root(g: &mut Graph, z: Expr) -> Vec<Expr> {
    let one = g.constant(1.0);
    let root = g.apply(Elementary::Sqrt, z);
    let root = g.div(one, root);
    let inverse = g.mul(root, root);
    let mut s = vec![root];
    for k in 1..5 {
        let step = g.mul(inverse, s[k - 1]);
        s.push(scaled(g, 0.5 - k as f64, step));
    }
    s
}
