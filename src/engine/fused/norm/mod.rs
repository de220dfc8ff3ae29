//! Norms on jets: statistics over the features of one point, forward, adjoint and tangent.
//!
//! With ⟨·⟩ the mean over a group of features, stream by stream,
//!
//! - c = h − ⟨h⟩ (uncentred norms: c = h)
//! - v = ⟨c·c⟩ by Leibniz's rule: v_o = Σ coefficient·⟨c_i·c_j⟩
//! - s = (v + ε)^(−1/2) by Faà di Bruno's formula
//! - y = γ⊙(c·s) by Leibniz's rule, + β on the value
//!
//! m = ⟨h⟩, v and s are one number for each stream, point and group. They are kept for the adjoint in *tiles* of
//! [`TILE`] adjacent points, so that the formula for s runs on whole vectors. With g = γ⊙ȳ the adjoint is
//!
//! - s̄_r = Σ coefficient·Σ c_l·g_o over the terms y_o = … c_l·s_r; v̄ from it by the adjoint of the formula
//! - h̄_l = Σ coefficient·(s_r·(g_o − ⟨g_o⟩) + (2/n)·v̄_o·c_r), without ⟨g_o⟩ in uncentred norms

mod aligned;
mod general;
mod memory;
#[cfg(test)]
mod tests;

use super::buffer::Buffer;
use super::number::Dual;
use super::pass::Rows;
use crate::simd::{Element, InstructionSet, MOST_LANES, Operation, Vector};
use crate::structure::ProductTerm;
use aligned::{MOST_STREAMS, by_streams};
use general::{gather, roots, scale};
use memory::{Duals, DualsMut};
use std::ops::Range;

/// Number of points with adjacent statistics: the number of lanes of the longest vector.
pub const TILE: usize = MOST_LANES;

/// Groups of features with common statistics.
#[derive(Debug)]
pub struct Groups<T> {
    pub count: usize,
    /// Features of a group.
    pub size: usize,
    pub centred: bool,
    pub epsilon: T,
    /// One row of columns per group: 1 for its features, otherwise 0.
    masks: Buffer<T>,
    columns: usize,
}

impl<T: Element> Groups<T> {
    /// `count` equal groups of a layer with `units` units.
    pub fn new(count: usize, units: usize, centred: bool, epsilon: f64) -> Self {
        let (columns, size) = (T::padded(units), units / count);
        let mut masks = Buffer::new(count * columns);
        for group in 0..count {
            masks[group * columns + group * size..][..size].fill(T::ONE);
        }
        Groups {
            count,
            size,
            centred,
            epsilon: T::from_f64(epsilon),
            masks,
            columns,
        }
    }

    /// Number of statistics per row of a value, with full tiles: blocks have at least 4 points.
    pub fn statistics(&self) -> usize {
        3 * (TILE / 4) * self.count
    }

    /// Size per row of the scratch memory of [`backward`]: statistics of a tile.
    pub fn scratch(&self) -> usize {
        2 * (TILE / 4) * self.count
    }

    /// First columns of the vectors that a group overlaps.
    #[inline(always)]
    fn vectors<V: Vector<Element = T>>(&self, group: usize) -> impl Iterator<Item = usize> {
        let (start, end) = (group * self.size, (group + 1) * self.size);
        (start - start % V::LANES..end).step_by(V::LANES)
    }

    /// Groups with features in the vector at a column.
    #[inline(always)]
    fn at<V: Vector<Element = T>>(&self, at: usize) -> Range<usize> {
        let last = (at + V::LANES - 1) / self.size + 1;
        (at / self.size).min(self.count)..last.min(self.count)
    }

    #[inline(always)]
    fn mask<V: Vector<Element = T>>(&self, group: usize, at: usize) -> V {
        V::load(&self.masks, group * self.columns + at)
    }
}

/// Kind of a statistic of a point.
#[derive(Copy, Clone)]
enum Statistic {
    Mean,
    Square,
    InverseRoot,
}

/// Layout of the statistics.
#[derive(Copy, Clone)]
struct Layout {
    groups: usize,
    streams: usize,
}

impl Layout {
    /// Start of a statistic of the first point of a tile, for stream 0; streams follow at a distance of
    /// [`TILE`].
    #[inline(always)]
    fn start(self, tile: usize, statistic: Statistic, group: usize) -> usize {
        let row = (tile * 3 + statistic as usize) * self.groups + group;
        row * self.streams * TILE
    }

    #[inline(always)]
    fn at(self, point: usize, statistic: Statistic, group: usize, stream: usize) -> usize {
        self.start(point / TILE, statistic, group) + stream * TILE + point % TILE
    }
}

/// Returns the terms of a sorted list whose `key` is `stream`, and advances `from`.
#[inline(always)]
fn terms<'a, T>(
    all: &'a [ProductTerm<T>],
    from: &mut usize,
    stream: usize,
    key: impl Fn(&ProductTerm<T>) -> usize,
) -> &'a [ProductTerm<T>] {
    let start = *from;
    while *from < all.len() && key(&all[*from]) == stream {
        *from += 1;
    }
    &all[start..*from]
}

/// Operands of [`forward`].
pub struct Forward<'a, T> {
    pub rows: Rows<'a, T>,
    pub groups: &'a Groups<T>,
    pub gain: &'a [T],
    pub bias: &'a [T],
    pub h: &'a [T],
    pub statistics: &'a mut [T],
    pub y: &'a mut [T],
}

/// Statistics and result.
pub fn forward<T: Element>(set: InstructionSet, operands: Forward<T>) {
    T::dispatch(set, operands);
}

impl<T: Element> Operation<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(mut self) {
        match aligned::fits::<V>(self.groups, self.rows.structure.streams) {
            true => by_streams!(self.by_vectors::<V, _>()),
            false => self.in_general::<V>(),
        }
    }
}

/// Operands of [`tangent`]; each pair is a value and its tangent.
pub struct Tangent<'a, T> {
    pub rows: Rows<'a, T>,
    pub groups: &'a Groups<T>,
    pub gain: [&'a [T]; 2],
    pub bias: [&'a [T]; 2],
    pub h: [&'a [T]; 2],
    pub statistics: (&'a [T], &'a mut [T]),
    pub y: (&'a [T], &'a mut [T]),
}

/// Tangents of statistics and result.
pub fn tangent<T: Element>(set: InstructionSet, operands: Tangent<T>) {
    T::dispatch(set, operands);
}

impl<T: Element> Operation<T> for Tangent<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        let h = Duals(self.h[0], self.h[1]);
        let mut statistics = DualsMut(self.statistics.0, self.statistics.1);
        gather::<Dual<V>>(self.rows, self.groups, &h, &mut statistics);
        let [gain, bias] = [self.gain, self.bias].map(|pair| Duals(pair[0], pair[1]));
        let mut y = DualsMut(self.y.0, self.y.1);
        let scales = [&gain, &bias];
        scale::<Dual<V>>(self.rows, self.groups, &h, &statistics, scales, &mut y);
    }
}

/// Operands of [`add_gradient`].
pub struct Parameters<'a, T> {
    pub rows: Rows<'a, T>,
    pub groups: &'a Groups<T>,
    /// Numbers of the points in `h`, `statistics` and `gradient`; those of `rows` are not read.
    pub points: Range<usize>,
    pub h: &'a [T],
    pub statistics: &'a [T],
    /// Gradient by the result.
    pub gradient: &'a [T],
    pub gain: &'a mut [T],
    pub bias: &'a mut [T],
}

/// Adds the gradients by γ and by β.
pub fn add_gradient<T: Element>(set: InstructionSet, operands: Parameters<T>) {
    T::dispatch(set, operands);
}

impl<T: Element> Operation<T> for Parameters<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(self) {
        self.add::<V>();
    }
}

/// Operands of [`backward`].
pub struct Backward<'a, T> {
    pub rows: Rows<'a, T>,
    pub groups: &'a Groups<T>,
    pub gain: &'a [T],
    pub h: &'a [T],
    pub statistics: &'a [T],
    /// See [`Groups::scratch`].
    pub scratch: &'a mut [T],
    /// Gradients by γ and β, to which the method adds.
    pub parameters: Option<[&'a mut [T]; 2]>,
    /// Gradient by the result; receives that by h.
    pub gradient: &'a mut [T],
}

/// Computes the gradient by h from that by the result, in place, and those by γ and β.
pub fn backward<T: Element>(set: InstructionSet, operands: Backward<T>) {
    T::dispatch(set, operands);
}

impl<T: Element> Operation<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(mut self) {
        match aligned::fits::<V>(self.groups, self.rows.structure.streams) {
            true => by_streams!(self.by_vectors::<V, _>()),
            false => self.in_general::<V>(),
        }
    }
}

impl<T: Element> Backward<'_, T> {
    fn layout(&self) -> Layout {
        Layout {
            groups: self.groups.count,
            streams: self.rows.structure.streams,
        }
    }

    /// Place in the scratch: first the means of g, then s̄ and v̄.
    #[inline(always)]
    fn room(&self, second: bool, group: usize) -> usize {
        let half = usize::from(second) * self.groups.count;
        (half + group) * self.rows.structure.streams * TILE
    }
}
