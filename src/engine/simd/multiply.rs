//! Matrix products of narrow matrices in cache.
//!
//! One micro-kernel serves the three products of a layer (forward, adjoint of the input, gradient of the
//! weights): the left operand is read one element at a time and may have any strides, rows of the right
//! operand and of the result are contiguous. Nothing is packed. A tile of up to 6 × 4 registers stays in
//! registers over the whole depth (Goto & van de Geijn, *Anatomy of high-performance matrix
//! multiplication*, ACM TOMS 34, 2008, sections 4–6, without the packing).

use super::{Element, InstructionSet, Operation, Vector};

/// Rows of the right operand that pass through the first-level cache together.
const DEPTH: usize = 128;

/// Product of matrices: `result[r, j] (+)= Σ_k left[r, k] · right[k, j]`.
pub struct Multiply<'a, T> {
    /// Number of rows of the result.
    pub rows: usize,
    /// Length of the sums.
    pub depth: usize,
    /// Number of columns of the result, a multiple of the cache line ([`Element::padded`]).
    pub columns: usize,
    /// Left operand: `left[r, k]` is element `r · left_strides.0 + k · left_strides.1`.
    pub left: &'a [T],
    /// Distances of the left operand's elements along rows and sums.
    pub left_strides: (usize, usize),
    /// Right operand: `right[k, j]` is element `k · right_stride + j`.
    pub right: &'a [T],
    /// Distance of the right operand's rows.
    pub right_stride: usize,
    /// Result: `result[r, j]` is element `r · result_stride + j`.
    pub result: &'a mut [T],
    /// Distance of the result's rows.
    pub result_stride: usize,
    /// True to add to the result instead of overwriting it.
    pub accumulate: bool,
}

/// Length that a slice needs so that element (rows − 1, columns − 1) exists.
fn extent(rows: usize, row_stride: usize, columns: usize, column_stride: usize) -> usize {
    (rows - 1) * row_stride + (columns - 1) * column_stride + 1
}

impl<T: Element> Multiply<'_, T> {
    /// Computes the product.
    ///
    /// # Panics
    /// If a slice is too short for its shape, or `columns` is not a multiple of the cache line.
    pub fn run(self, set: InstructionSet) {
        if self.rows == 0 || self.columns == 0 {
            return;
        }
        assert!(self.columns == T::padded(self.columns));
        assert!(
            self.result.len() >= extent(self.rows, self.result_stride, self.columns, 1),
            "result is too short"
        );
        if self.depth == 0 {
            if !self.accumulate {
                for row in self.result.chunks_mut(self.result_stride).take(self.rows) {
                    row[..self.columns].fill(T::ZERO);
                }
            }
            return;
        }
        let (row, depth) = self.left_strides;
        assert!(
            self.left.len() >= extent(self.rows, row, self.depth, depth),
            "left operand is too short"
        );
        assert!(
            self.right.len() >= extent(self.depth, self.right_stride, self.columns, 1),
            "right operand is too short"
        );
        T::multiply(set, self);
    }
}

impl<T: Element> Operation<T> for Multiply<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        let mut k = 0;
        while k < self.depth {
            let depth = DEPTH.min(self.depth - k);
            let vectors = self.columns / V::LANES;
            let mut done = 0;
            while done < vectors {
                // Panels of equal width: 5 = 3 + 2 rather than 4 + 1.
                let panels = (vectors - done).div_ceil(V::TILE_COLUMNS);
                let width = (vectors - done).div_ceil(panels);
                let tile = Tile {
                    left: self.left[k * self.left_strides.1..].as_ptr(),
                    left_strides: self.left_strides,
                    right: self.right[k * self.right_stride + done * V::LANES..].as_ptr(),
                    right_stride: self.right_stride,
                    result: self.result[done * V::LANES..].as_mut_ptr(),
                    result_stride: self.result_stride,
                    depth,
                    accumulate: self.accumulate || k > 0,
                };
                // SAFETY: `Multiply::run` checked that the last element of each operand exists; a panel
                // stays within `columns`, a depth block within `depth`.
                unsafe {
                    match width {
                        1 => panel::<V, 8, 1>(self.rows, tile),
                        2 if V::TILE_COLUMNS == 2 => panel::<V, 6, 2>(self.rows, tile),
                        2 => panel::<V, 8, 2>(self.rows, tile),
                        3 => panel::<V, 8, 3>(self.rows, tile),
                        _ => panel::<V, 6, 4>(self.rows, tile),
                    }
                }
                done += width;
            }
            k += depth;
        }
    }
}

struct Tile<T> {
    left: *const T,
    left_strides: (usize, usize),
    right: *const T,
    right_stride: usize,
    result: *mut T,
    result_stride: usize,
    depth: usize,
    accumulate: bool,
}

/// # Safety
/// All elements that the strides reach for `rows` rows must exist.
#[inline(always)]
unsafe fn panel<V: Vector, const R: usize, const C: usize>(
    rows: usize,
    mut tile: Tile<V::Element>,
) {
    let mut left = rows;
    // SAFETY: each tile lies within the remaining rows.
    unsafe {
        while left >= R {
            tile.multiply::<V, R, C>();
            left -= R;
        }
        if left >= 4 {
            tile.multiply::<V, 4, C>();
            left -= 4;
        }
        if left >= 2 {
            tile.multiply::<V, 2, C>();
            left -= 2;
        }
        if left >= 1 {
            tile.multiply::<V, 1, C>();
        }
    }
}

impl<T: Copy> Tile<T> {
    /// Computes R rows of C vectors and moves on to the rows below.
    ///
    /// # Safety
    /// All elements that the strides reach for R rows must exist.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "indices as in the formula")]
    unsafe fn multiply<V: Vector<Element = T>, const R: usize, const C: usize>(&mut self) {
        // SAFETY: the caller's promise.
        unsafe {
            let mut sums = [[V::zero(); C]; R];
            if self.accumulate {
                for r in 0..R {
                    for c in 0..C {
                        let from = self.result.add(r * self.result_stride + c * V::LANES);
                        sums[r][c] = V::load_from(from);
                    }
                }
            }
            let (row_stride, depth_stride) = self.left_strides;
            let mut left = self.left;
            let mut right = self.right;
            for _ in 0..self.depth {
                let mut row = [V::zero(); C];
                for c in 0..C {
                    row[c] = V::load_from(right.add(c * V::LANES));
                }
                for r in 0..R {
                    let factor = V::splat(*left.add(r * row_stride));
                    for c in 0..C {
                        sums[r][c] = factor.mul_add(row[c], sums[r][c]);
                    }
                }
                // Wrapping: after the last row the pointers may leave their slices unread.
                left = left.wrapping_add(depth_stride);
                right = right.wrapping_add(self.right_stride);
            }
            for r in 0..R {
                for c in 0..C {
                    let to = self.result.add(r * self.result_stride + c * V::LANES);
                    sums[r][c].store_to(to);
                }
            }
            self.left = self.left.wrapping_add(R * row_stride);
            self.result = self.result.wrapping_add(R * self.result_stride);
        }
    }
}

/// Inner products of rows with a vector: `result[r] (+)= Σ_j left[r, j] · right[j] + constant`.
pub struct Dot<'a, T> {
    /// Number of rows.
    pub rows: usize,
    /// Length of the rows, a multiple of the cache line.
    pub columns: usize,
    /// Rows: `left[r, j]` is element `r · left_stride + j`.
    pub left: &'a [T],
    /// Distance of the rows.
    pub left_stride: usize,
    /// Vector.
    pub right: &'a [T],
    /// Number added to each product.
    pub constant: T,
    /// Result, one number per row.
    pub result: &'a mut [T],
    /// True to add to the result instead of overwriting it.
    pub accumulate: bool,
}

impl<T: Element> Operation<T> for Dot<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        let right = &self.right[..self.columns];
        for (r, result) in self.result[..self.rows].iter_mut().enumerate() {
            let left = &self.left[r * self.left_stride..][..self.columns];
            let mut sum = V::zero();
            for j in (0..self.columns).step_by(V::LANES) {
                sum = V::load(left, j).mul_add(V::load(right, j), sum);
            }
            let sum = sum.sum() + self.constant;
            *result = if self.accumulate { *result + sum } else { sum };
        }
    }
}
