//! The activation of one layer on jets: forward and adjoint.
//!
//! With s_k the k-th derivative of the activation at the value stream z₀ (bias included) and z_k the k-th
//! derivative along one direction (no factorials), Faà di Bruno's formula gives
//!
//! - y₁ = s₁z₁
//! - y₂ = s₁z₂ + s₂z₁²
//! - y₃ = s₁z₃ + 3s₂z₁z₂ + s₃z₁³
//! - y₄ = s₁z₄ + s₂(4z₁z₃ + 3z₂²) + 6s₃z₁²z₂ + s₄z₁⁴
//!
//! and the adjoint follows term by term with ∂s_k/∂z₀ = s_{k+1}.

use super::tower::{Gelu, Sine, Swish, Tanh, Tower};
use crate::pinn::activation::Activation;
use crate::pinn::engine::simd::{Element, InstructionSet, Operation, Vector};
use std::marker::PhantomData;

/// Rows of a layer: row `point · streams + stream` begins at that multiple of `stride` and holds one number
/// per unit, in `columns` (a multiple of the cache line, filled up with zeros).
#[derive(Copy, Clone, Debug)]
pub struct Shape<'a> {
    pub points: usize,
    pub columns: usize,
    pub stride: usize,
    /// Order of each direction.
    pub orders: &'a [usize],
}

impl Shape<'_> {
    pub fn streams(&self) -> usize {
        1 + self.orders.iter().sum::<usize>()
    }

    fn order(&self) -> usize {
        self.orders.iter().copied().max().unwrap_or(0)
    }
}

/// a = activation of the jets z + bias.
pub fn forward<T: Element>(
    set: InstructionSet,
    activation: Activation,
    shape: Shape,
    bias: &[T],
    z: &[T],
    a: &mut [T],
) {
    match activation {
        Activation::Tanh => forward_of::<T, Tanh>(set, shape, bias, z, a),
        Activation::Sine => forward_of::<T, Sine>(set, shape, bias, z, a),
        Activation::Gelu => forward_of::<T, Gelu>(set, shape, bias, z, a),
        Activation::Swish => forward_of::<T, Swish>(set, shape, bias, z, a),
    }
}

/// Gradient by z, from that by a.
pub fn backward<T: Element>(set: InstructionSet, activation: Activation, adjoint: Adjoint<T>) {
    match activation {
        Activation::Tanh => backward_of::<T, Tanh>(set, adjoint),
        Activation::Sine => backward_of::<T, Sine>(set, adjoint),
        Activation::Gelu => backward_of::<T, Gelu>(set, adjoint),
        Activation::Swish => backward_of::<T, Swish>(set, adjoint),
    }
}

/// Orders 0 and 3 run as 1 and 4: fewer copies of the code.
fn forward_of<T: Element, A: Tower>(
    set: InstructionSet,
    shape: Shape,
    bias: &[T],
    z: &[T],
    a: &mut [T],
) {
    match shape.order() {
        0 | 1 => T::dispatch(set, Forward::<T, A, 1>(shape, bias, z, a, PhantomData)),
        2 => T::dispatch(set, Forward::<T, A, 2>(shape, bias, z, a, PhantomData)),
        _ => T::dispatch(set, Forward::<T, A, 4>(shape, bias, z, a, PhantomData)),
    }
}

fn backward_of<T: Element, A: Tower>(set: InstructionSet, adjoint: Adjoint<T>) {
    match adjoint.shape.order() {
        0 | 1 => T::dispatch(set, Backward::<T, A, 2>(adjoint, PhantomData)),
        2 => T::dispatch(set, Backward::<T, A, 3>(adjoint, PhantomData)),
        _ => T::dispatch(set, Backward::<T, A, 5>(adjoint, PhantomData)),
    }
}

/// `N`: highest derivative of the activation that is read.
struct Forward<'a, T, A, const N: usize>(Shape<'a>, &'a [T], &'a [T], &'a mut [T], PhantomData<A>);

impl<T: Element, A: Tower, const N: usize> Operation<T> for Forward<'_, T, A, N> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        let Forward(shape, bias, z, a, _) = self;
        let (stride, rows) = (shape.stride, shape.streams());
        let bias = &bias[..shape.columns];
        let c = V::constant;
        for point in 0..shape.points {
            let z = &z[point * rows * stride..][..rows * stride];
            let a = &mut a[point * rows * stride..][..rows * stride];
            for j in (0..shape.columns).step_by(V::LANES) {
                let s = A::at::<V, N>(V::load(z, j) + V::load(bias, j));
                s[0].store(a, j);
                let mut at = j + stride;
                for order in shape.orders {
                    let z1 = V::load(z, at);
                    (s[1] * z1).store(a, at);
                    if N >= 2 && *order >= 2 {
                        let z2 = V::load(z, at + stride);
                        let square = z1 * z1;
                        s[1].mul_add(z2, s[2] * square).store(a, at + stride);
                        if N >= 4 && *order >= 3 {
                            let z3 = V::load(z, at + 2 * stride);
                            let y3 = s[2] * c(3.0) * z2;
                            let y3 = (s[3] * square + y3) * z1;
                            s[1].mul_add(z3, y3).store(a, at + 2 * stride);
                            if *order >= 4 {
                                let z4 = V::load(z, at + 3 * stride);
                                let second = (c(3.0) * z2).mul_add(z2, c(4.0) * z1 * z3);
                                let third = c(6.0) * square * z2;
                                let y4 = s[1].mul_add(z4, s[2] * second);
                                let y4 = s[3].mul_add(third, y4);
                                (square * square)
                                    .mul_add(s[4], y4)
                                    .store(a, at + 3 * stride);
                            }
                        }
                    }
                    at += order * stride;
                }
            }
        }
    }
}

/// Operands of [`backward`]: `a` are the rows that [`forward`] wrote.
pub struct Adjoint<'a, T> {
    pub shape: Shape<'a>,
    pub bias: &'a [T],
    pub z: &'a [T],
    pub a: &'a [T],
    pub gradient_a: &'a [T],
    pub gradient_z: &'a mut [T],
}

struct Backward<'a, T, A, const N: usize>(Adjoint<'a, T>, PhantomData<A>);

impl<T: Element, A: Tower, const N: usize> Operation<T> for Backward<'_, T, A, N> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        let Adjoint {
            shape,
            bias,
            z,
            a,
            gradient_a,
            gradient_z,
        } = self.0;
        let (stride, rows) = (shape.stride, shape.streams());
        let bias = &bias[..shape.columns];
        let c = V::constant;
        for point in 0..shape.points {
            let z = &z[point * rows * stride..][..rows * stride];
            let a = &a[point * rows * stride..][..rows * stride];
            let g = &gradient_a[point * rows * stride..][..rows * stride];
            let out = &mut gradient_z[point * rows * stride..][..rows * stride];
            for j in (0..shape.columns).step_by(V::LANES) {
                let s = A::again::<V, N>(V::load(z, j) + V::load(bias, j), V::load(a, j));
                let mut value = s[1] * V::load(g, j);
                let mut at = j + stride;
                for order in shape.orders {
                    let z1 = V::load(z, at);
                    let g1 = V::load(g, at);
                    value = (s[2] * z1).mul_add(g1, value);
                    let mut out1 = s[1] * g1;
                    if N >= 3 && *order >= 2 {
                        let z2 = V::load(z, at + stride);
                        let g2 = V::load(g, at + stride);
                        let square = z1 * z1;
                        let s2z1 = s[2] * z1;
                        value = s[3].mul_add(square, s[2] * z2).mul_add(g2, value);
                        out1 = (c(2.0) * s2z1).mul_add(g2, out1);
                        let mut out2 = s[1] * g2;
                        if N >= 5 && *order >= 3 {
                            let z3 = V::load(z, at + 2 * stride);
                            let g3 = V::load(g, at + 2 * stride);
                            let cube = square * z1;
                            let y3 = (c(3.0) * s[3] * z1).mul_add(z2, s[4] * cube);
                            value = s[2].mul_add(z3, y3).mul_add(g3, value);
                            let d1 = c(3.0) * s[3].mul_add(square, s[2] * z2);
                            out1 = d1.mul_add(g3, out1);
                            out2 = (c(3.0) * s2z1).mul_add(g3, out2);
                            let mut out3 = s[1] * g3;
                            if *order >= 4 {
                                let z4 = V::load(z, at + 3 * stride);
                                let g4 = V::load(g, at + 3 * stride);
                                let third = (c(3.0) * z2).mul_add(z2, c(4.0) * z1 * z3);
                                let fourth = c(6.0) * square * z2;
                                let y4 = s[3].mul_add(third, s[2] * z4);
                                let y4 = s[4].mul_add(fourth, y4);
                                let y4 = (cube * z1).mul_add(s[5], y4);
                                value = y4.mul_add(g4, value);
                                let d1 = s[4].mul_add(cube, c(3.0) * s[3] * z1 * z2);
                                let d1 = s[2].mul_add(z3, d1);
                                out1 = (c(4.0) * d1).mul_add(g4, out1);
                                let d2 = s[3].mul_add(square, s[2] * z2);
                                out2 = (c(6.0) * d2).mul_add(g4, out2);
                                out3 = (c(4.0) * s2z1).mul_add(g4, out3);
                                (s[1] * g4).store(out, at + 3 * stride);
                            }
                            out3.store(out, at + 2 * stride);
                        }
                        out2.store(out, at + stride);
                    }
                    out1.store(out, at);
                    at += order * stride;
                }
                value.store(out, j);
            }
        }
    }
}
