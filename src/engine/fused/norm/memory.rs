//! Numbers for the rules: values, or values with their tangents.

use crate::fused::number::{Dual, Number};
use crate::simd::Vector;

pub trait Memory<R: Number> {
    fn load(&self, at: usize) -> R;
    /// One number in all lanes.
    fn broadcast(&self, at: usize) -> R;
}

pub trait MemoryMut<R: Number>: Memory<R> {
    fn store(&mut self, at: usize, x: R);
    /// Computes factor times the sum of the lanes, as one number.
    fn store_sum(&mut self, at: usize, x: R, factor: <R::Vector as Vector>::Element);
}

pub struct Values<'a, T>(pub &'a [T]);
pub struct ValuesMut<'a, T>(pub &'a mut [T]);

macro_rules! memory {
    ($memory:ident) => {
        impl<V: Vector> Memory<V> for $memory<'_, V::Element> {
            #[inline(always)]
            fn load(&self, at: usize) -> V {
                V::load(self.0, at)
            }
            #[inline(always)]
            fn broadcast(&self, at: usize) -> V {
                <V as Vector>::splat(self.0[at])
            }
        }
    };
}
memory!(Values);
memory!(ValuesMut);

impl<V: Vector> MemoryMut<V> for ValuesMut<'_, V::Element> {
    #[inline(always)]
    fn store(&mut self, at: usize, x: V) {
        x.store(self.0, at);
    }
    #[inline(always)]
    fn store_sum(&mut self, at: usize, x: V, factor: V::Element) {
        self.0[at] = factor * x.sum();
    }
}

/// Values and their tangents.
pub struct Duals<'a, T>(pub &'a [T], pub &'a [T]);
/// Values and their tangents, of which only the tangents are written.
pub struct DualsMut<'a, T>(pub &'a [T], pub &'a mut [T]);

macro_rules! dual_memory {
    ($memory:ident) => {
        impl<V: Vector> Memory<Dual<V>> for $memory<'_, V::Element> {
            #[inline(always)]
            fn load(&self, at: usize) -> Dual<V> {
                Dual {
                    value: V::load(self.0, at),
                    tangent: V::load(&self.1, at),
                }
            }
            #[inline(always)]
            fn broadcast(&self, at: usize) -> Dual<V> {
                Dual {
                    value: V::splat(self.0[at]),
                    tangent: V::splat(self.1[at]),
                }
            }
        }
    };
}
dual_memory!(Duals);
dual_memory!(DualsMut);

impl<V: Vector> MemoryMut<Dual<V>> for DualsMut<'_, V::Element> {
    #[inline(always)]
    fn store(&mut self, at: usize, x: Dual<V>) {
        x.tangent.store(self.1, at);
    }
    #[inline(always)]
    fn store_sum(&mut self, at: usize, x: Dual<V>, factor: V::Element) {
        self.1[at] = factor * x.tangent.sum();
    }
}
