//! The same rules for groups that begin and end with vectors, or for a single one: row by row.

use super::memory::ValuesMut;
use super::rows::{Combination, Pair, TOGETHER, add, by_length, centre, dots, scale, sum};
use super::{Backward, Forward, Groups, Layout, Statistic, TILE, roots};
use crate::expr::Real;
use crate::pinn::engine::fused::pass::Rows;
use crate::pinn::engine::simd::{Element, Vector};
use std::ops::Range;

/// Whether this is possible.
pub fn fits<V: Vector<Element: Element>>(groups: &Groups<V::Element>) -> bool {
    groups.count == 1 || groups.size.is_multiple_of(V::LANES)
}

impl<T: Element> Groups<T> {
    /// Columns of a group; of a single one with the padding, where c is zero.
    #[inline(always)]
    fn columns(&self, group: usize) -> Range<usize> {
        match self.count {
            1 => 0..self.columns,
            _ => group * self.size..(group + 1) * self.size,
        }
    }

    #[inline(always)]
    fn mask_of(&self, group: usize) -> &[T] {
        &self.masks[group * self.columns..][self.columns(group)]
    }
}

impl<T: Element> Forward<'_, T> {
    /// c goes to the rows of the result first; those are then combined from the last one on.
    #[inline(always)]
    pub(super) fn by_rows<V: Vector<Element = T>>(&mut self) {
        let (rows, groups) = (self.rows, self.groups);
        let streams = rows.structure.streams;
        let length = streams * rows.stride;
        let layout = Layout {
            groups: groups.count,
            streams,
        };
        for tile in 0..rows.points.div_ceil(TILE) {
            let points = tile * TILE..rows.points.min((tile + 1) * TILE);
            for point in points.clone() {
                let h = &self.h[point * length..][..length];
                let y = &mut self.y[point * length..][..length];
                for group in 0..groups.count {
                    self::c::<V>(groups, group, h, rows.stride, y, |stream, mean| {
                        let at = layout.at(point, Statistic::Mean, group, stream);
                        self.statistics[at] = mean;
                    });
                    squares::<V>(rows, groups, (point, group), y, self.statistics);
                }
            }
            let mut statistics = ValuesMut(self.statistics);
            roots::<V>(rows.structure, groups, tile, &mut statistics);
            for point in points {
                self.combine::<V>(point);
            }
        }
    }

    #[inline(always)]
    fn combine<V: Vector<Element = T>>(&mut self, point: usize) {
        let (rows, groups) = (self.rows, self.groups);
        let streams = rows.structure.streams;
        let length = streams * rows.stride;
        let layout = Layout {
            groups: groups.count,
            streams,
        };
        let y = &mut self.y[point * length..][..length];
        for group in 0..groups.count {
            let columns = groups.columns(group);
            let root =
                |stream| self.statistics[layout.at(point, Statistic::InverseRoot, group, stream)];
            let mut terms = &rows.structure.product[..];
            for result in (0..streams).rev() {
                let (lower, own) = y.split_at_mut(result * rows.stride);
                let to = &mut own[columns.clone()];
                let mut combination = Combination::new();
                // Exactly one term has the result's own stream.
                let mut factor = root(0);
                while let [rest @ .., term] = terms
                    && term.result == result
                {
                    terms = rest;
                    if term.left != result {
                        let row = &lower[term.left * rows.stride..][columns.clone()];
                        let f = term.coefficient * root(term.right);
                        combination.push::<V>(row, f, &mut factor, to);
                    }
                }
                let gain = Some(&self.gain[columns.clone()]);
                combination.flush::<V>(&mut factor, gain, to);
            }
            add::<V>(&self.bias[columns.clone()], &mut y[columns]);
        }
    }
}

/// c of all streams of one group of a point; `visit` sees the means.
#[inline(always)]
fn c<V: Vector<Element: Element>>(
    groups: &Groups<V::Element>,
    group: usize,
    h: &[V::Element],
    stride: usize,
    c: &mut [V::Element],
    mut visit: impl FnMut(usize, V::Element),
) {
    let share = <V::Element as Real>::from_f64(1.0 / groups.size as f64);
    let columns = groups.columns(group);
    let mask = groups.mask_of(group);
    for (stream, (from, to)) in h.chunks(stride).zip(c.chunks_mut(stride)).enumerate() {
        let (from, to) = (&from[columns.clone()], &mut to[columns.clone()]);
        if groups.centred {
            let mean = share * sum::<V>(from);
            visit(stream, mean);
            centre::<V>(from, mean, mask, to);
        } else {
            to.copy_from_slice(from);
        }
    }
}

/// v of one group of a point, from its c.
#[inline(always)]
fn squares<V: Vector<Element: Element>>(
    rows: Rows<V::Element>,
    groups: &Groups<V::Element>,
    (point, group): (usize, usize),
    c: &[V::Element],
    statistics: &mut [V::Element],
) {
    let streams = rows.structure.streams;
    let layout = Layout {
        groups: groups.count,
        streams,
    };
    let zero = <V::Element as Real>::ZERO;
    let share = <V::Element as Real>::from_f64(1.0 / groups.size as f64);
    let columns = groups.columns(group);
    let row = |stream: usize| &c[stream * rows.stride..][columns.clone()];
    let to = layout.start(point / TILE, Statistic::Square, group) + point % TILE;
    for stream in 0..streams {
        statistics[to + stream * TILE] = zero;
    }
    for terms in rows.structure.square.chunks(TOGETHER) {
        let mut pairs: [Pair<V::Element>; TOGETHER] = [(&[], &[]); TOGETHER];
        for (pair, term) in pairs.iter_mut().zip(terms) {
            *pair = (row(term.left), row(term.right));
        }
        let mut sums = [zero; TOGETHER];
        by_length!(terms.len(), dots::<V, _>(&pairs, &mut sums));
        for (term, sum) in terms.iter().zip(sums) {
            statistics[to + term.result * TILE] += term.coefficient * share * sum;
        }
    }
}

impl<T: Element> Backward<'_, T> {
    /// Room for c of one point, behind that for the tile.
    fn c_start(&self) -> usize {
        2 * self.groups.count * self.rows.structure.streams * TILE
    }

    /// c of a point into the scratch, from the means that are known.
    #[inline(always)]
    fn recall<V: Vector<Element = T>>(&mut self, point: usize) {
        let (stride, streams) = (self.rows.stride, self.rows.structure.streams);
        let (start, layout) = (self.c_start(), self.layout());
        let h = &self.h[point * streams * stride..][..streams * stride];
        let c = &mut self.scratch[start..][..streams * stride];
        for (stream, (from, to)) in h.chunks(stride).zip(c.chunks_mut(stride)).enumerate() {
            for group in 0..self.groups.count {
                let columns = self.groups.columns(group);
                let (from, to) = (&from[columns.clone()], &mut to[columns.clone()]);
                if self.groups.centred {
                    let mean = layout.at(point, Statistic::Mean, group, stream);
                    let mask = self.groups.mask_of(group);
                    centre::<V>(from, self.statistics[mean], mask, to);
                } else {
                    to.copy_from_slice(from);
                }
            }
        }
    }

    /// Adds the gradients by γ and β, makes g of the gradient by the result, and takes ⟨g⟩ and s̄.
    #[inline(always)]
    pub(super) fn reduce_rows<V: Vector<Element = T>>(&mut self, point: usize) {
        self.recall::<V>(point);
        let (stride, structure) = (self.rows.stride, self.rows.structure);
        let (streams, layout) = (structure.streams, self.layout());
        let lane = point % TILE;
        let share = T::from_f64(1.0 / self.groups.size as f64);
        for group in 0..self.groups.count {
            let columns = self.groups.columns(group);
            let (means, roots) = (self.room(false, group), self.room(true, group));
            let (tile, c) = self
                .scratch
                .split_at_mut(2 * self.groups.count * streams * TILE);
            let c = |stream: usize| &c[stream * stride..][columns.clone()];
            let gradient = &mut self.gradient[point * streams * stride..][..streams * stride];
            if let Some([gain, bias]) = &mut self.parameters {
                let gain = &mut gain[columns.clone()];
                let mut terms = structure.product.iter().peekable();
                for (result, row) in gradient.chunks(stride).enumerate() {
                    let row = &row[columns.clone()];
                    let mut combination = Combination::new();
                    while let Some(term) = terms.next_if(|term| term.result == result) {
                        let root = layout.at(point, Statistic::InverseRoot, group, term.right);
                        let factor = term.coefficient * self.statistics[root];
                        if combination.is_full() {
                            combination.accumulate::<V>(row, gain);
                        }
                        combination.push::<V>(c(term.left), factor, &mut T::ONE.clone(), &mut []);
                    }
                    combination.accumulate::<V>(row, gain);
                }
                add::<V>(&gradient[columns.clone()], &mut bias[columns.clone()]);
            }
            for (stream, row) in gradient.chunks_mut(stride).enumerate() {
                let sum = scale::<V>(&self.gain[columns.clone()], &mut row[columns.clone()]);
                tile[means + stream * TILE + lane] = share * sum;
                tile[roots + stream * TILE + lane] = T::ZERO;
            }
            for terms in structure.product.chunks(TOGETHER) {
                let mut pairs: [(&[T], &[T]); TOGETHER] = [(&[], &[]); TOGETHER];
                for (pair, term) in pairs.iter_mut().zip(terms) {
                    *pair = (
                        c(term.left),
                        &gradient[term.result * stride..][columns.clone()],
                    );
                }
                let mut sums = [T::ZERO; TOGETHER];
                by_length!(terms.len(), dots::<V, _>(&pairs, &mut sums));
                for (term, sum) in terms.iter().zip(sums) {
                    tile[roots + term.right * TILE + lane] += term.coefficient * sum;
                }
            }
        }
    }

    /// h̄ of a point, from g in its place.
    #[inline(always)]
    pub(super) fn spread_rows<V: Vector<Element = T>>(&mut self, point: usize) {
        self.recall::<V>(point);
        let (stride, structure) = (self.rows.stride, self.rows.structure);
        let (streams, layout) = (structure.streams, self.layout());
        let lane = point % TILE;
        let two = T::from_f64(2.0 / self.groups.size as f64);
        for group in 0..self.groups.count {
            let columns = self.groups.columns(group);
            let (means, squares) = (self.room(false, group), self.room(true, group));
            let (tile, c) = self
                .scratch
                .split_at(2 * self.groups.count * streams * TILE);
            let gradient = &mut self.gradient[point * streams * stride..][..streams * stride];
            let mut next = 0;
            for stream in 0..streams {
                let terms = super::terms(&structure.by_left, &mut next, stream, |t| t.left);
                let (own, above) = gradient[stream * stride..].split_at_mut(stride);
                let to = &mut own[columns.clone()];
                let root = |stream| {
                    self.statistics[layout.at(point, Statistic::InverseRoot, group, stream)]
                };
                let mut combination = Combination::new();
                let (mut factor, mut mean) = (root(0), T::ZERO);
                for term in terms {
                    let f = term.coefficient * root(term.right);
                    mean += f * tile[means + term.result * TILE + lane];
                    if term.result > stream {
                        let from = (term.result - stream - 1) * stride;
                        let g = &above[from..][columns.clone()];
                        combination.push::<V>(g, f, &mut factor, to);
                    }
                    let square = tile[squares + term.result * TILE + lane];
                    let c = &c[term.right * stride..][columns.clone()];
                    combination.push::<V>(c, two * term.coefficient * square, &mut factor, to);
                }
                if self.groups.centred {
                    let mask = self.groups.mask_of(group);
                    combination.push::<V>(mask, T::ZERO - mean, &mut factor, to);
                }
                combination.flush::<V>(&mut factor, None, to);
            }
        }
    }
}
