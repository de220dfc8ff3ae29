//! Activations of all units of all points: forward, adjoint and tangent. The rules are in [`composition`].
//!
//! [`composition`]: super::composition

use super::composition::{InPlace, Lane, compose, pull_back};
use super::number::{Dual, Number};
use super::pass::Rows;
use super::tower::{Gelu, Sine, Swish, Tanh, Tower};
use crate::simd::{Element, InstructionSet, Operation, Vector};
use pinn_network::activation::Activation;
use std::marker::PhantomData;

/// Calls a function with the type of an activation's tower.
macro_rules! with_tower {
    ($activation:expr, $function:ident::<$T:ident, _>($($argument:expr),*)) => {
        match $activation {
            Activation::Tanh => $function::<$T, Tanh>($($argument),*),
            Activation::Sine => $function::<$T, Sine>($($argument),*),
            Activation::Gelu => $function::<$T, Gelu>($($argument),*),
            Activation::Swish => $function::<$T, Swish>($($argument),*),
        }
    };
}

/// Computes a, the activation of the jets z + bias.
pub fn forward<T: Element>(
    set: InstructionSet,
    activation: Activation,
    rows: Rows<T>,
    bias: &[T],
    z: &[T],
    a: &mut [T],
) {
    with_tower!(activation, forward_of::<T, _>(set, rows, bias, z, a));
}

/// Orders below 2 run as 2, and 3 runs as 4, which needs fewer copies of the code.
fn forward_of<T: Element, A: Tower>(
    set: InstructionSet,
    rows: Rows<T>,
    bias: &[T],
    z: &[T],
    a: &mut [T],
) {
    match rows.structure.order {
        0..=2 => T::dispatch(set, Forward::<T, A, 2>(rows, bias, z, a, PhantomData)),
        _ => T::dispatch(set, Forward::<T, A, 4>(rows, bias, z, a, PhantomData)),
    }
}

struct Plain<'a, T> {
    from: &'a [T],
    to: &'a mut [T],
    at: usize,
    stride: usize,
}

impl<V: Vector> Lane<V> for Plain<'_, V::Element> {
    #[inline(always)]
    fn load(&self, stream: usize) -> V {
        V::load(self.from, self.at + stream * self.stride)
    }
    #[inline(always)]
    fn store(&mut self, stream: usize, y: V) {
        y.store(self.to, self.at + stream * self.stride);
    }
}

/// Reads values and tangents, writes tangents.
struct Tangent<'a, T> {
    from: &'a [T],
    from_tangent: &'a [T],
    to_tangent: &'a mut [T],
    at: usize,
    stride: usize,
}

impl<V: Vector> Lane<Dual<V>> for Tangent<'_, V::Element> {
    #[inline(always)]
    fn load(&self, stream: usize) -> Dual<V> {
        let at = self.at + stream * self.stride;
        Dual {
            value: V::load(self.from, at),
            tangent: V::load(self.from_tangent, at),
        }
    }
    #[inline(always)]
    fn store(&mut self, stream: usize, y: Dual<V>) {
        y.tangent
            .store(self.to_tangent, self.at + stream * self.stride);
    }
}

struct Forward<'a, T, A, const N: usize>(
    Rows<'a, T>,
    &'a [T],
    &'a [T],
    &'a mut [T],
    PhantomData<A>,
);

impl<T: Element, A: Tower, const N: usize> Operation<T> for Forward<'_, T, A, N> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        let Forward(rows, bias, z, a, _) = self;
        let length = rows.structure.streams * rows.stride;
        let bias = &bias[..rows.columns];
        for point in 0..rows.points {
            let z = &z[point * length..][..length];
            let a = &mut a[point * length..][..length];
            for at in (0..rows.columns).step_by(V::LANES) {
                let s = (V::load(z, at) + V::load(bias, at)).tower::<A, N>();
                let mut lane = Plain {
                    from: z,
                    to: a,
                    at,
                    stride: rows.stride,
                };
                compose::<V, N>(rows.structure, s, &mut lane);
            }
        }
    }
}

/// Operands of [`tangent`].
pub struct TangentRows<'a, T> {
    pub rows: Rows<'a, T>,
    pub bias: &'a [T],
    pub bias_tangent: &'a [T],
    pub z: &'a [T],
    pub z_tangent: &'a [T],
    pub a_tangent: &'a mut [T],
}

/// Tangent of the activation, from that of z + bias.
pub fn tangent<T: Element>(set: InstructionSet, activation: Activation, operands: TangentRows<T>) {
    with_tower!(activation, tangent_of::<T, _>(set, operands));
}

fn tangent_of<T: Element, A: Tower>(set: InstructionSet, operands: TangentRows<T>) {
    T::dispatch(set, TangentOf::<T, A>(operands, PhantomData));
}

struct TangentOf<'a, T, A>(TangentRows<'a, T>, PhantomData<A>);

impl<T: Element, A: Tower> Operation<T> for TangentOf<'_, T, A> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        let o = self.0;
        let length = o.rows.structure.streams * o.rows.stride;
        for point in 0..o.rows.points {
            let from = &o.z[point * length..][..length];
            let from_tangent = &o.z_tangent[point * length..][..length];
            let to_tangent = &mut o.a_tangent[point * length..][..length];
            for at in (0..o.rows.columns).step_by(V::LANES) {
                let z = Dual {
                    value: V::load(from, at) + V::load(o.bias, at),
                    tangent: V::load(from_tangent, at) + V::load(o.bias_tangent, at),
                };
                let mut lane = Tangent {
                    from,
                    from_tangent,
                    to_tangent,
                    at,
                    stride: o.rows.stride,
                };
                compose::<Dual<V>, 4>(o.rows.structure, z.tower::<A, 4>(), &mut lane);
            }
        }
    }
}

/// Operands of [`backward`]: `a` are the rows that [`forward`] wrote; `gradient` holds the gradient by them and
/// receives that by z.
pub struct Adjoint<'a, T> {
    pub rows: Rows<'a, T>,
    pub bias: &'a [T],
    pub z: &'a [T],
    pub a: &'a [T],
    pub gradient: &'a mut [T],
}

/// Computes the gradient by z from that by a, in place.
pub fn backward<T: Element>(set: InstructionSet, activation: Activation, adjoint: Adjoint<T>) {
    with_tower!(activation, backward_of::<T, _>(set, adjoint));
}

fn backward_of<T: Element, A: Tower>(set: InstructionSet, adjoint: Adjoint<T>) {
    match adjoint.rows.structure.order {
        0..=2 => T::dispatch(set, Backward::<T, A, 3>(adjoint, PhantomData)),
        _ => T::dispatch(set, Backward::<T, A, 5>(adjoint, PhantomData)),
    }
}

struct Backward<'a, T, A, const N: usize>(Adjoint<'a, T>, PhantomData<A>);

impl<T: Element, A: Tower, const N: usize> Operation<T> for Backward<'_, T, A, N> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        let Adjoint {
            rows,
            bias,
            z,
            a,
            gradient,
        } = self.0;
        let length = rows.structure.streams * rows.stride;
        let bias = &bias[..rows.columns];
        for point in 0..rows.points {
            let from = &z[point * length..][..length];
            let a = &a[point * length..][..length];
            let to = &mut gradient[point * length..][..length];
            for at in (0..rows.columns).step_by(V::LANES) {
                let s = A::again::<V, N>(V::load(from, at) + V::load(bias, at), V::load(a, at));
                let mut lane = InPlace {
                    from,
                    to,
                    at,
                    stride: rows.stride,
                };
                pull_back::<V, N>(rows.structure, s, &mut lane);
            }
        }
    }
}
