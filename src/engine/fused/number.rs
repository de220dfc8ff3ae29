//! Numbers for the rules of jets: vectors, and vectors with a tangent.

use super::tower::Tower;
use crate::simd::Vector;

/// Number for the rules of jets.
pub trait Number: Copy {
    type Vector: Vector;
    fn constant(x: f64) -> Self;
    fn splat(x: <Self::Vector as Vector>::Element) -> Self;
    /// Converts a vector that does not depend on parameters.
    fn lift(x: Self::Vector) -> Self;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// Computes self · factor + term.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// Derivatives 0..=N of an activation.
    fn tower<A: Tower, const N: usize>(self) -> [Self; 6];
}

impl<V: Vector> Number for V {
    type Vector = V;
    #[inline(always)]
    fn constant(x: f64) -> Self {
        <V as Vector>::constant(x)
    }
    #[inline(always)]
    fn splat(x: V::Element) -> Self {
        <V as Vector>::splat(x)
    }
    #[inline(always)]
    fn lift(x: V) -> Self {
        x
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self + other
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self - other
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self * other
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        Vector::mul_add(self, factor, term)
    }
    #[inline(always)]
    fn tower<A: Tower, const N: usize>(self) -> [Self; 6] {
        A::at::<V, N>(self)
    }
}

/// Value with its derivative along one direction in parameter space (a dual number).
#[derive(Copy, Clone)]
pub struct Dual<V> {
    pub value: V,
    pub tangent: V,
}

impl<V: Vector> Number for Dual<V> {
    type Vector = V;
    #[inline(always)]
    fn constant(x: f64) -> Self {
        Self::splat(<V::Element as pinn_expr::Real>::from_f64(x))
    }
    #[inline(always)]
    fn splat(x: V::Element) -> Self {
        Dual {
            value: V::splat(x),
            tangent: V::zero(),
        }
    }
    #[inline(always)]
    fn lift(x: V) -> Self {
        Dual {
            value: x,
            tangent: V::zero(),
        }
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Dual {
            value: self.value + other.value,
            tangent: self.tangent + other.tangent,
        }
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Dual {
            value: self.value - other.value,
            tangent: self.tangent - other.tangent,
        }
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Dual {
            value: self.value * other.value,
            tangent: Vector::mul_add(self.value, other.tangent, self.tangent * other.value),
        }
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        self.mul(factor).add(term)
    }
    #[inline(always)]
    fn tower<A: Tower, const N: usize>(self) -> [Self; 6] {
        // All derivatives: the tangent of the highest is the one above it.
        let s = A::at::<V, 5>(self.value);
        let mut tower = [Self::constant(0.0); 6];
        for k in 0..5 {
            tower[k] = Dual {
                value: s[k],
                tangent: s[k + 1] * self.tangent,
            };
        }
        tower
    }
}
