//! Floating-point types that all numeric code is generic over.

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// Floating-point number: `f32` or `f64`.
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
    /// Name in problem files and reports: `"f32"` or `"f64"`.
    const NAME: &'static str;
    /// Positive zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// Rounds to the nearest number of this type.
    fn from_f64(value: f64) -> Self;
    /// Converts exactly.
    fn to_f64(self) -> f64;
    /// Integer power.
    fn powi(self, exponent: i32) -> Self;
    /// Square root; NaN for negative numbers.
    fn sqrt(self) -> Self;
    /// Exponential.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// Sine of an angle in radians.
    fn sin(self) -> Self;
    /// Cosine of an angle in radians.
    fn cos(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// Absolute value.
    fn abs(self) -> Self;
    /// Polar angle of the point (x, self), in (−π, π]. The signs of zeros are ignored, because sums and
    /// products do not keep them.
    fn atan2(self, x: Self) -> Self;
    /// Returns false for infinities and NaN.
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
