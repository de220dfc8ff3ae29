//! Vectors as small arrays, for CPUs without a known instruction set.

use super::vector::{MOST_LANES, Vector};
use pinn_expr::Real;
use std::ops::{Add, Div, Mul, Neg, Sub};

#[derive(Copy, Clone)]
pub struct Portable<T, const N: usize>([T; N]);

macro_rules! binary {
    ($($trait:ident $method:ident),*) => {$(
        impl<T: Real, const N: usize> $trait for Portable<T, N> {
            type Output = Self;
            #[inline(always)]
            fn $method(mut self, other: Self) -> Self {
                for i in 0..N {
                    self.0[i] = self.0[i].$method(other.0[i]);
                }
                self
            }
        }
    )*};
}
binary!(Add add, Sub sub, Mul mul, Div div);

impl<T: Real, const N: usize> Neg for Portable<T, N> {
    type Output = Self;
    #[inline(always)]
    fn neg(mut self) -> Self {
        for i in 0..N {
            self.0[i] = -self.0[i];
        }
        self
    }
}

macro_rules! portable {
    ($type:ident, $lanes:literal, $bits:ident, $integer:ident, $bias:literal, $mantissa:literal) => {
        // SAFETY: arrays of LANES elements are copied.
        unsafe impl Vector for Portable<$type, $lanes> {
            type Element = $type;
            const LANES: usize = $lanes;
            const TILE_COLUMNS: usize = 2;

            #[inline(always)]
            fn splat(x: $type) -> Self {
                Portable([x; $lanes])
            }
            #[inline(always)]
            unsafe fn load_from(from: *const $type) -> Self {
                // SAFETY: arrays are aligned like their elements; the caller promises the rest.
                Portable(unsafe { *from.cast() })
            }
            #[inline(always)]
            unsafe fn store_to(self, to: *mut $type) {
                // SAFETY: as above.
                unsafe { *to.cast() = self.0 }
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                self * factor + term
            }
            #[inline(always)]
            fn neg_mul_add(self, factor: Self, term: Self) -> Self {
                term - self * factor
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                Self::select_less(self, other, self, other)
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                Self::select_less(other, self, self, other)
            }
            #[inline(always)]
            fn abs(mut self) -> Self {
                for x in &mut self.0 {
                    *x = x.abs();
                }
                self
            }
            #[inline(always)]
            fn sqrt(mut self) -> Self {
                for x in &mut self.0 {
                    *x = x.sqrt();
                }
                self
            }
            #[inline(always)]
            fn copy_sign(mut self, sign: Self) -> Self {
                for (x, s) in self.0.iter_mut().zip(sign.0) {
                    *x = x.copysign(s);
                }
                self
            }
            #[inline(always)]
            fn round(self) -> Self {
                // Adding 1.5 · 2^mantissa leaves no bits for a fraction.
                let shift = Self::splat(1.5 * (1u64 << $mantissa) as $type);
                (self + shift) - shift
            }
            #[inline(always)]
            fn times_power_of_two(mut self, n: Self) -> Self {
                for (x, n) in self.0.iter_mut().zip(n.0) {
                    *x *= $type::from_bits(((n as $integer + $bias) << $mantissa) as $bits);
                }
                self
            }
            #[inline(always)]
            fn select_less(a: Self, b: Self, yes: Self, no: Self) -> Self {
                let mut out = no;
                for i in 0..$lanes {
                    out.0[i] = if a.0[i] < b.0[i] { yes.0[i] } else { no.0[i] };
                }
                out
            }
            #[inline(always)]
            fn sum(self) -> $type {
                self.0.iter().sum()
            }
            #[inline(always)]
            fn sums(rows: &[Self; MOST_LANES]) -> Self {
                let mut sums = Self::zero();
                for (sum, row) in sums.0.iter_mut().zip(rows) {
                    *sum = row.sum();
                }
                sums
            }
        }
    };
}
portable!(f32, 4, u32, i32, 127, 23);
portable!(f64, 2, u64, i64, 1023, 52);
