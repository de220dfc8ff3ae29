//! Interface of an instruction set.

use pinn_expr::Real;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Lanes of the longest register.
pub const MOST_LANES: usize = 16;

/// Register of several numbers.
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
    /// Number type of the lanes.
    type Element: Real;
    /// Number of lanes.
    const LANES: usize;
    /// Number of vectors side by side in the largest tile of a matrix product: 4 with 32 registers, 2 with
    /// 16.
    const TILE_COLUMNS: usize;

    /// Register with one number in all lanes.
    fn splat(x: Self::Element) -> Self;

    /// # Safety
    /// `LANES` elements from `from` on must be readable.
    unsafe fn load_from(from: *const Self::Element) -> Self;

    /// # Safety
    /// `LANES` elements from `to` on must be writable.
    unsafe fn store_to(self, to: *mut Self::Element);

    /// Computes self · factor + term, rounded once if the instruction set can.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// Computes term − self · factor, rounded once if the instruction set can.
    fn neg_mul_add(self, factor: Self, term: Self) -> Self;
    /// Smaller of both, `other` if either is NaN.
    fn min(self, other: Self) -> Self;
    /// Larger of both, `other` if either is NaN.
    fn max(self, other: Self) -> Self;
    /// Absolute value of each lane.
    fn abs(self) -> Self;
    /// Square root of each lane.
    fn sqrt(self) -> Self;
    /// Magnitude of `self`, sign of `sign`.
    fn copy_sign(self, sign: Self) -> Self;
    /// Rounds to the nearest integer, ties to even.
    fn round(self) -> Self;
    /// Computes self · 2ⁿ for integral `n` for which 2ⁿ is a normal number.
    fn times_power_of_two(self, n: Self) -> Self;
    /// Selects `yes` where a < b, else `no`.
    fn select_less(a: Self, b: Self, yes: Self, no: Self) -> Self;
    /// Sum of all lanes.
    fn sum(self) -> Self::Element;
    /// Sums rows: lane k is the sum of row k, of the first `LANES` rows. All rows are summed in the same
    /// order.
    fn sums(rows: &[Self; MOST_LANES]) -> Self;

    /// Register of zeros.
    #[inline(always)]
    fn zero() -> Self {
        Self::splat(Self::Element::ZERO)
    }

    /// Register with one constant in all lanes, rounded to the number type.
    #[inline(always)]
    fn constant(x: f64) -> Self {
        Self::splat(Self::Element::from_f64(x))
    }

    /// Loads elements `at..at + LANES` of a slice.
    #[inline(always)]
    fn load(slice: &[Self::Element], at: usize) -> Self {
        let window = &slice[at..at + Self::LANES];
        // SAFETY: the window has LANES elements.
        unsafe { Self::load_from(window.as_ptr()) }
    }

    /// Stores the lanes to elements `at..at + LANES` of a slice.
    #[inline(always)]
    fn store(self, slice: &mut [Self::Element], at: usize) {
        let window = &mut slice[at..at + Self::LANES];
        // SAFETY: the window has LANES elements.
        unsafe { self.store_to(window.as_mut_ptr()) }
    }

    /// Evaluates the polynomial `Σ_k coefficients[k] · self^k`.
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
