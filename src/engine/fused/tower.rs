//! Activations and their derivatives on vectors.

use crate::simd::Vector;
use crate::simd::elementary::{normal, sigmoid, sine_cosine, tanh};

/// The derivatives 0..=5 of an activation.
pub trait Tower {
    /// Derivatives 0..=`N` at `z`; the others stay zero.
    fn at<V: Vector, const N: usize>(z: V) -> [V; 6];

    /// Derivatives at a value whose activation is known.
    #[inline(always)]
    fn again<V: Vector, const N: usize>(z: V, _value: V) -> [V; 6] {
        Self::at::<V, N>(z)
    }
}

pub struct Tanh;
pub struct Sine;
pub struct Gelu;
pub struct Swish;

/// Inverse root z^(−1/2) for norms; it is not an activation.
pub struct InverseRoot;

impl Tower for Tanh {
    #[inline(always)]
    fn at<V: Vector, const N: usize>(z: V) -> [V; 6] {
        Self::again::<V, N>(z, tanh(z))
    }

    /// Polynomials in h = tanh z and u = h′ = 1 − h².
    #[inline(always)]
    fn again<V: Vector, const N: usize>(_z: V, h: V) -> [V; 6] {
        let c = V::constant;
        let mut s = [V::zero(); 6];
        s[0] = h;
        let u = h.neg_mul_add(h, c(1.0));
        let hu = h * u;
        s[1] = u;
        if N >= 2 {
            s[2] = c(-2.0) * hu;
        }
        if N >= 3 {
            s[3] = u * u.neg_mul_add(c(6.0), c(4.0));
        }
        if N >= 4 {
            s[4] = hu * u.mul_add(c(24.0), c(-8.0));
        }
        if N >= 5 {
            let v = u.mul_add(c(120.0), c(-120.0));
            s[5] = u * u.mul_add(v, c(16.0));
        }
        s
    }
}

impl Tower for Sine {
    #[inline(always)]
    fn at<V: Vector, const N: usize>(z: V) -> [V; 6] {
        let (s, c) = sine_cosine(z);
        [s, c, -s, -c, s, c]
    }
}

impl Tower for Gelu {
    /// z·Φ(z); with φ′ = −zφ all derivatives from the second on are polynomials in z times φ.
    #[inline(always)]
    fn at<V: Vector, const N: usize>(z: V) -> [V; 6] {
        let c = V::constant;
        let (distribution, density) = normal(z);
        let mut s = [V::zero(); 6];
        s[0] = z * distribution;
        s[1] = z.mul_add(density, distribution);
        let z2 = z * z;
        if N >= 2 {
            s[2] = density * (c(2.0) - z2);
        }
        let odd = density * z;
        if N >= 3 {
            s[3] = odd * (z2 - c(4.0));
        }
        if N >= 4 {
            s[4] = density * z2.mul_add(c(7.0) - z2, c(-4.0));
        }
        if N >= 5 {
            s[5] = odd * z2.mul_add(z2 - c(11.0), c(18.0));
        }
        s
    }
}

impl Tower for Swish {
    /// z·σ(z): derivative n is n·σ⁽ⁿ⁻¹⁾ + z·σ⁽ⁿ⁾, with σ′ = u = σ(1 − σ), v = 1 − 2σ, σ″ = uv,
    /// σ‴ = u(1 − 6u), σ⁗ = uv(1 − 12u), σ⁽⁵⁾ = u(1 − 30u + 120u²).
    #[inline(always)]
    fn at<V: Vector, const N: usize>(z: V) -> [V; 6] {
        let c = V::constant;
        let one = c(1.0);
        let sigma = sigmoid(z);
        let u = sigma.neg_mul_add(sigma, sigma);
        let v = sigma.neg_mul_add(c(2.0), one);
        let mut s = [V::zero(); 6];
        s[0] = z * sigma;
        s[1] = z.mul_add(u, sigma);
        let second = u * v;
        if N >= 2 {
            s[2] = z.mul_add(second, c(2.0) * u);
        }
        let third = u * u.neg_mul_add(c(6.0), one);
        if N >= 3 {
            s[3] = z.mul_add(third, c(3.0) * second);
        }
        let fourth = second * u.neg_mul_add(c(12.0), one);
        if N >= 4 {
            s[4] = z.mul_add(fourth, c(4.0) * third);
        }
        if N >= 5 {
            let fifth = u * u.mul_add(u.mul_add(c(120.0), c(-30.0)), one);
            s[5] = z.mul_add(fifth, c(5.0) * fourth);
        }
        s
    }
}

impl Tower for InverseRoot {
    /// Derivative k is derivative k − 1 times −(k − 1/2)/z.
    #[inline(always)]
    fn at<V: Vector, const N: usize>(z: V) -> [V; 6] {
        let c = V::constant;
        let root = c(1.0) / z.sqrt();
        let inverse = root * root;
        let mut s = [V::zero(); 6];
        s[0] = root;
        for k in 1..6 {
            if N >= k {
                s[k] = c(0.5 - k as f64) * inverse * s[k - 1];
            }
        }
        s
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Element, InstructionSet, Operation};
    use std::marker::PhantomData;

    /// Derivatives 0..=5 at one point, by [`Tower::at`] or, given the value, by [`Tower::again`].
    struct At<A> {
        z: f64,
        again: bool,
        tower: PhantomData<A>,
    }

    impl<A: Tower> Operation<f64> for At<A> {
        type Output = [f64; 6];
        #[inline(always)]
        fn run<V: Vector<Element = f64>>(self) -> [f64; 6] {
            let z = V::splat(self.z);
            let mut tower = A::at::<V, 5>(z);
            if self.again {
                tower = A::again::<V, 5>(z, tower[0]);
            }
            let mut lanes = [0.0; 16];
            tower.map(|derivative| {
                derivative.store(&mut lanes, 0);
                lanes[V::LANES - 1]
            })
        }
    }

    fn check<A: Tower>(name: &str, value: impl Fn(f64) -> f64) {
        check_around::<A>(name, 0.0, value);
    }

    /// Within 6 of the centre.
    fn check_around<A: Tower>(name: &str, centre: f64, value: impl Fn(f64) -> f64) {
        for set in InstructionSet::available() {
            let at = |z, again| {
                let tower = PhantomData::<A>;
                f64::dispatch(set, At { z, again, tower })
            };
            for i in -60..=60 {
                let z = centre + i as f64 / 10.0 + 0.013;
                let (here, h) = (at(z, false), 1e-3);
                assert!((here[0] - value(z)).abs() < 1e-14, "{name} at {z}");
                assert_eq!(here, at(z, true), "{name} at {z}");
                let [a, b, c, d] = [-2.0, -1.0, 1.0, 2.0].map(|n| at(z + n * h, false));
                for k in 0..5 {
                    let difference = (a[k] - 8.0 * b[k] + 8.0 * c[k] - d[k]) / (12.0 * h);
                    let error = (difference - here[k + 1]).abs();
                    assert!(
                        error < 1e-8,
                        "{name}, derivative {} at {z}: {error:e}",
                        k + 1
                    );
                }
            }
        }
    }

    #[test]
    fn every_derivative_is_that_of_the_one_before() {
        check::<Tanh>("tanh", f64::tanh);
        check::<Sine>("sine", f64::sin);
        let distribution = |z: f64| 0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2);
        check::<Gelu>("gelu", |z| z * distribution(z));
        check_around::<InverseRoot>("inverse root", 7.0, |z| z.sqrt().recip());
        check::<Swish>("swish", |z| z / (1.0 + (-z).exp()));
    }
}
