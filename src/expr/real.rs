//! The two floating-point types that everything numeric is generic over.

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// `f32` or `f64`.
pub trait Real:
    Copy
    + Send
    + Sync
    + Default
    + Debug
    + Display
    + PartialOrd
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + Sum
{
    /// Name as it stands in problem files and reports: `"f32"` or `"f64"`.
    const NAME: &'static str;
    const ZERO: Self;
    const ONE: Self;
    /// Rounds to nearest.
    fn from_f64(value: f64) -> Self;
    /// Exact for both types.
    fn to_f64(self) -> f64;
    fn powi(self, exponent: i32) -> Self;
    fn sqrt(self) -> Self;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn tanh(self) -> Self;
    fn abs(self) -> Self;
    /// Angle of the point (x, self), above −π and up to π: zeros have no sign, which sums and products do not keep.
    fn atan2(self, x: Self) -> Self;
    fn is_finite(self) -> bool;
}

macro_rules! real {
    ($($type:ident)*) => {$(
        impl Real for $type {
            const NAME: &'static str = stringify!($type);
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            #[inline(always)]
            fn from_f64(value: f64) -> Self { value as $type }
            #[inline(always)]
            fn to_f64(self) -> f64 { self as f64 }
            #[inline(always)]
            fn powi(self, exponent: i32) -> Self { <$type>::powi(self, exponent) }
            #[inline(always)]
            fn sqrt(self) -> Self { <$type>::sqrt(self) }
            #[inline(always)]
            fn exp(self) -> Self { <$type>::exp(self) }
            #[inline(always)]
            fn ln(self) -> Self { <$type>::ln(self) }
            #[inline(always)]
            fn sin(self) -> Self { <$type>::sin(self) }
            #[inline(always)]
            fn cos(self) -> Self { <$type>::cos(self) }
            #[inline(always)]
            fn tanh(self) -> Self { <$type>::tanh(self) }
            #[inline(always)]
            fn abs(self) -> Self { <$type>::abs(self) }
            #[inline(always)]
            fn atan2(self, x: Self) -> Self { <$type>::atan2(self + 0.0, x + 0.0) }
            #[inline(always)]
            fn is_finite(self) -> bool { <$type>::is_finite(self) }
        }
    )*};
}
real!(f32 f64);
