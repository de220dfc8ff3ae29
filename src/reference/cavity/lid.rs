//! A stream function that meets the walls of a cavity whose lid moves as 4x(1 − x).
//!
//! Lid and side walls contradict each other in the strain at the upper corners, near which the flow is like that of
//! creeping fluid, ψ ~ r² f(θ). No polynomial is; taken out in closed form, what is left is as smooth as in a cavity
//! without a lid, up to r⁴ ln r.

use rustfft::num_complex::Complex;
use std::f64::consts::PI;

/// Derivatives are kept up to this order.
const ORDER: usize = 4;
/// Falls from 1 to 0 over the unit interval, flat at both ends: 1 − 10x³ + 15x⁴ − 6x⁵.
const FALLING: &[f64] = &[1.0, 0.0, 0.0, -10.0, 15.0, -6.0];
/// Remainder of the corner's half of the lid's motion: 4x·FALLING − 2x(1 − x).
const REST: &[f64] = &[0.0, 2.0, 2.0, 0.0, -40.0, 60.0, -24.0];
/// Slope 1 on the lid, no value there, and neither at the bottom: n(1 − n)².
const INWARDS: &[f64] = &[0.0, 1.0, -2.0, 1.0];

/// Derivatives ∂ᵃ⁺ᵇf / ∂xᵃ∂yᵇ with a + b ≤ 4 at a point.
#[derive(Copy, Clone, Default)]
pub(super) struct Derivatives([[f64; ORDER + 1]; ORDER + 1]);

impl Derivatives {
    fn new(entry: impl Fn(usize, usize) -> f64) -> Self {
        let mut all = Self::default();
        for a in 0..=ORDER {
            for b in 0..=ORDER - a {
                all.0[a][b] = entry(a, b);
            }
        }
        all
    }

    /// ∂ᵃ⁺ᵇf / ∂xᵃ∂yᵇ.
    pub fn at(&self, a: usize, b: usize) -> f64 {
        self.0[a][b]
    }

    /// Leibniz's rule.
    fn times(&self, other: &Self) -> Self {
        Self::new(|a, b| {
            let mut sum = 0.0;
            for i in 0..=a {
                for j in 0..=b {
                    let ways = binomial(a, i) * binomial(b, j);
                    sum += ways * self.0[i][j] * other.0[a - i][b - j];
                }
            }
            sum
        })
    }

    fn plus(&self, other: &Self) -> Self {
        Self::new(|a, b| self.0[a][b] + other.0[a][b])
    }
}

pub(super) fn binomial(n: usize, k: usize) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product()
}

/// Derivative of a polynomial, coefficients from the constant on.
fn polynomial(coefficients: &[f64], order: usize, x: f64) -> f64 {
    let terms = coefficients.iter().enumerate().skip(order);
    let factor = |power: usize| (power - order + 1..=power).product::<usize>() as f64;
    terms
        .map(|(power, c)| c * factor(power) * x.powi((power - order) as i32))
        .sum()
}

/// Creeping flow in the corner between a wall x = 0 at rest and a lid n = 0 that moves as 4x:
/// ψ = πn² − 2xn − 2r²θ, where r²θ = Im(z̄ · z ln z) with z = x + in.
fn corner(x: f64, n: f64) -> Derivatives {
    let z = Complex::new(x, n);
    if z.norm_sqr() == 0.0 {
        // Value and slope; the others have none here.
        return Derivatives::default();
    }
    let log = z.ln();
    let g = [z * log, log + 1.0, z.inv(), -z.powi(-2), 2.0 * z.powi(-3)];
    let angular = |a: usize, b: usize| {
        let m = a + b;
        let below = if m == 0 { Complex::ZERO } else { g[m - 1] };
        let inner = z.conj() * g[m] + below * (a as f64 - b as f64);
        (Complex::<f64>::i().powi(b as i32) * inner).im
    };
    Derivatives::new(|a, b| {
        let plain = match (a, b) {
            (0, 0) => PI * n * n - 2.0 * x * n,
            (1, 0) => -2.0 * n,
            (0, 1) => 2.0 * PI * n - 2.0 * x,
            (1, 1) => -2.0,
            (0, 2) => 2.0 * PI,
            _ => 0.0,
        };
        plain - 2.0 * angular(a, b)
    })
}

/// The part of the left corner by the distances from the left wall and from the lid.
fn half(x: f64, n: f64) -> Derivatives {
    let product =
        |f: &[f64], g: &[f64]| Derivatives::new(|a, b| polynomial(f, a, x) * polynomial(g, b, n));
    let near = product(FALLING, FALLING).times(&corner(x, n));
    near.plus(&product(REST, INWARDS))
}

/// ψ and its derivatives at a point of the unit square: ψ = 0 on all walls, ∂ψ/∂y = 4x(1 − x) on the lid y = 1, and
/// no slope at the others. Derivatives beyond the first are zero in the upper corners, where they do not exist.
pub(super) fn lid(x: f64, y: f64) -> Derivatives {
    let (left, right) = (half(x, 1.0 - y), half(1.0 - x, 1.0 - y));
    let sign = |k: usize| if k.is_multiple_of(2) { 1.0 } else { -1.0 };
    Derivatives::new(|a, b| sign(b) * (left.0[a][b] + sign(a) * right.0[a][b]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_walls_are_met_and_derivatives_are_those_of_the_value() {
        for s in [0.0, 1e-3, 0.2, 0.5, 0.9, 1.0] {
            for (x, y) in [(0.0, s), (1.0, s), (s, 0.0), (s, 1.0)] {
                let f = lid(x, y);
                let slope = if y == 1.0 { 4.0 * x * (1.0 - x) } else { 0.0 };
                let found = [f.at(0, 0), f.at(1, 0), f.at(0, 1) - slope];
                assert!(found.iter().all(|e| e.abs() < 1e-14), "{x} {y}: {found:?}");
            }
        }
        let (x, y, h) = (0.2, 0.85, 1e-5);
        let (east, west, north, south) =
            (lid(x + h, y), lid(x - h, y), lid(x, y + h), lid(x, y - h));
        let here = lid(x, y);
        for a in 0..ORDER {
            for b in 0..ORDER - a {
                let along_x = (east.at(a, b) - west.at(a, b)) / (2.0 * h);
                let along_y = (north.at(a, b) - south.at(a, b)) / (2.0 * h);
                let size = 1.0 + here.at(a + 1, b).abs() + here.at(a, b + 1).abs();
                assert!((along_x - here.at(a + 1, b)).abs() < 1e-6 * size, "{a} {b}");
                assert!((along_y - here.at(a, b + 1)).abs() < 1e-6 * size, "{a} {b}");
            }
        }
    }

    /// ∇⁴ψ = 0 for the flow in a corner.
    #[test]
    fn creeping_flow_is_biharmonic() {
        let f = corner(0.02, 0.03);
        let sum = f.at(4, 0) + 2.0 * f.at(2, 2) + f.at(0, 4);
        assert!(sum.abs() < 1e-9 * f.at(4, 0).abs(), "{sum:e}");
    }
}
