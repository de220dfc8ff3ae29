//! What an instruction set must offer.

use pinn_expr::Real;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Numbers in the longest register.
pub const MOST_LANES: usize = 16;

/// A register of several numbers.
///
/// # Safety
/// `load_from` and `store_to` must touch exactly `LANES` elements.
pub unsafe trait Vector:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    type Element: Real;
    const LANES: usize;
    /// Vectors beside each other in the largest tile of a matrix product: 4 with 32 registers, 2 with 16.
    const TILE_COLUMNS: usize;

    fn splat(x: Self::Element) -> Self;

    /// # Safety
    /// `LANES` elements from `from` on must be readable.
    unsafe fn load_from(from: *const Self::Element) -> Self;

    /// # Safety
    /// `LANES` elements from `to` on must be writable.
    unsafe fn store_to(self, to: *mut Self::Element);

    /// self · factor + term, rounded once where the instruction set can.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// term − self · factor, rounded once where the instruction set can.
    fn neg_mul_add(self, factor: Self, term: Self) -> Self;
    /// `self` where it is smaller, else `other`; `other` where either is NaN.
    fn min(self, other: Self) -> Self;
    /// `self` where it is larger, else `other`; `other` where either is NaN.
    fn max(self, other: Self) -> Self;
    fn abs(self) -> Self;
    fn sqrt(self) -> Self;
    /// Magnitude of `self`, sign of `sign`.
    fn copy_sign(self, sign: Self) -> Self;
    /// To the nearest integer, ties to even.
    fn round(self) -> Self;
    /// self · 2ⁿ for integral `n` for which 2ⁿ is a normal number.
    fn times_power_of_two(self, n: Self) -> Self;
    /// `yes` where a < b, else `no`.
    fn select_less(a: Self, b: Self, yes: Self, no: Self) -> Self;
    fn sum(self) -> Self::Element;
    /// Lane k is the sum of row k, of the first `LANES` rows; all rows are summed in the same order.
    fn sums(rows: &[Self; MOST_LANES]) -> Self;

    #[inline(always)]
    fn zero() -> Self {
        Self::splat(Self::Element::ZERO)
    }

    #[inline(always)]
    fn constant(x: f64) -> Self {
        Self::splat(Self::Element::from_f64(x))
    }

    /// Elements `at..at + LANES` of a slice.
    #[inline(always)]
    fn load(slice: &[Self::Element], at: usize) -> Self {
        let window = &slice[at..at + Self::LANES];
        // SAFETY: the window has LANES elements.
        unsafe { Self::load_from(window.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, slice: &mut [Self::Element], at: usize) {
        let window = &mut slice[at..at + Self::LANES];
        // SAFETY: the window has LANES elements.
        unsafe { self.store_to(window.as_mut_ptr()) }
    }

    /// `Σ_k coefficients[k] · self^k`
    #[inline(always)]
    fn polynomial(self, coefficients: &[f64]) -> Self {
        let mut sum = Self::zero();
        for (k, c) in coefficients.iter().rev().enumerate() {
            let c = Self::constant(*c);
            sum = if k == 0 { c } else { sum.mul_add(self, c) };
        }
        sum
    }
}
