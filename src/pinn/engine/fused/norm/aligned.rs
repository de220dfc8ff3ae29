//! The same rules for groups that begin and end with vectors, or for a single one: all streams of a vector of
//! features at once.
//!
//! Sums over features are kept vector by vector for as many points as a vector has lanes, and are then added up
//! together. With them known, all that is left for each point are two matrices over its streams,
//!
//! - y = γ⊙(M·h + κ), M_ol = Σ coefficient·s_r, κ = −M·m
//! - h̄ = Mᵀ·g + A·h + κ′, A_lr = (2/n)·Σ coefficient·v̄_o, κ′ = −(Mᵀ·⟨g⟩ + A·m), in uncentred norms 0
//!
//! over the terms y_o = … c_l·s_r. Each stream meets the value: M_rr = s₀, M_r0 = s_r and A_0r = A_r0 = (2/n)·v̄_r.
//! The other entries belong to the [`crossed`](Structure::crossed) terms; few are not zero.

#![expect(
    clippy::needless_range_loop,
    reason = "streams index several arrays at once, and their constant number is what unrolls the loops"
)]

use super::memory::ValuesMut;
use super::{Backward, Forward, Groups, Layout, Statistic, TILE, roots};
use crate::pinn::engine::fused::pass::Rows;
use crate::pinn::engine::fused::structure::{ProductTerm, Structure};
use crate::pinn::engine::simd::{Element, Vector};
use std::ops::Range;

/// Streams for which there is code of this kind.
pub const MOST_STREAMS: usize = 16;
/// Up to so many streams all crossed entries count: that is faster than to ask which are zero.
const DENSE: usize = 4;

/// Calls a method with the number of streams as its constant: [`MOST_STREAMS`] stands for any number, where there
/// are more or vectors are so short that nobody waits for them. Every constant costs time to compile.
macro_rules! by_streams {
    ($self:ident.$method:ident::<$V:ty, _>()) => {
        if const { <$V>::LANES * size_of::<<$V as Vector>::Element>() > 16 } {
            match $self.rows.structure.streams {
                1 => $self.$method::<$V, 1>(),
                2 => $self.$method::<$V, 2>(),
                3 => $self.$method::<$V, 3>(),
                4 => $self.$method::<$V, 4>(),
                _ => $self.$method::<$V, MOST_STREAMS>(),
            }
        } else {
            $self.$method::<$V, MOST_STREAMS>()
        }
    };
}
pub(super) use by_streams;

/// Whether this is possible.
pub fn fits<V: Vector<Element: Element>>(groups: &Groups<V::Element>, streams: usize) -> bool {
    streams <= MOST_STREAMS && (groups.count == 1 || groups.size.is_multiple_of(V::LANES))
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

    #[inline(always)]
    fn share(&self) -> T {
        T::from_f64(1.0 / self.size as f64)
    }
}

/// One number for each point of a tile, or as many vectors to be added up for each.
type Lanes<T> = [T; TILE];

/// Room that all tiles use in turn. Lanes without a point hold what was there before.
struct Room<V: Vector, const S: usize> {
    /// Of streams.
    first: [Lanes<V>; S],
    second: [Lanes<V>; S],
    /// κ.
    constants: [Lanes<V::Element>; S],
    /// Crossed entries of M by row and column.
    product: [[Lanes<V::Element>; S]; S],
    /// Of A.
    square: [[Lanes<V::Element>; S]; S],
    /// Whether they can be other than zero.
    in_product: [[bool; S]; S],
    in_square: [[bool; S]; S],
    /// Coefficients of the crossed terms by result, left and right; only for at most [`DENSE`] streams.
    coefficients: [[[V::Element; DENSE]; DENSE]; DENSE],
}

impl<V: Vector<Element: Element>, const S: usize> Room<V, S> {
    #[inline(always)]
    fn new(structure: &Structure<V::Element>) -> Self {
        let none = <V::Element as crate::expr::Real>::ZERO;
        let mut room = Room {
            first: [[V::zero(); TILE]; S],
            second: [[V::zero(); TILE]; S],
            constants: [[none; TILE]; S],
            product: [[[none; TILE]; S]; S],
            square: [[[none; TILE]; S]; S],
            in_product: [[false; S]; S],
            in_square: [[false; S]; S],
            coefficients: [[[none; DENSE]; DENSE]; DENSE],
        };
        for term in &structure.crossed {
            room.in_product[term.result][term.left] = true;
            room.in_square[term.left][term.right] = true;
            if S <= DENSE {
                room.coefficients[term.result][term.left][term.right] = term.coefficient;
            }
        }
        room
    }
}

/// Whether an entry counts.
#[inline(always)]
fn counts<const S: usize>(entries: &[[bool; S]; S], row: usize, column: usize) -> bool {
    S <= DENSE || entries[row][column]
}

/// The crossed terms that are not known by their coefficients.
#[inline(always)]
fn sparse<T, const S: usize>(structure: &Structure<T>) -> &[ProductTerm<T>] {
    match S <= DENSE {
        true => &[],
        false => &structure.crossed,
    }
}

/// The number of streams, which the compiler knows if it is small.
#[inline(always)]
fn streams<T: Element, const S: usize>(rows: Rows<T>) -> usize {
    match S {
        MOST_STREAMS => rows.structure.streams,
        _ => S,
    }
}

/// The streams that crossed terms are made of: not the value, and not the last, which can only be their result.
#[inline(always)]
fn inner(streams: usize) -> Range<usize> {
    1..streams.max(2) - 1
}

/// One group in those points of a tile that fill a vector.
struct Part {
    points: Range<usize>,
    columns: Range<usize>,
    group: usize,
    /// Where its means, squares and inverse roots begin.
    means: usize,
    squares: usize,
    roots: usize,
    /// Lane of the first point.
    first: usize,
}

impl Part {
    #[inline(always)]
    fn new<V: Vector<Element: Element>>(
        rows: Rows<V::Element>,
        groups: &Groups<V::Element>,
        (tile, first, group): (usize, usize, usize),
    ) -> Self {
        let layout = Layout {
            groups: groups.count,
            streams: rows.structure.streams,
        };
        let start = tile * TILE + first;
        Part {
            points: start..rows.points.min(start + V::LANES),
            columns: groups.columns(group),
            group,
            means: layout.start(tile, Statistic::Mean, group) + first,
            squares: layout.start(tile, Statistic::Square, group) + first,
            roots: layout.start(tile, Statistic::InverseRoot, group) + first,
            first,
        }
    }

    /// All streams of one point from the first column on.
    #[inline(always)]
    fn start<T: Element>(&self, rows: Rows<T>, point: usize) -> usize {
        point * rows.structure.streams * rows.stride + self.columns.start
    }

    /// The rows of one point, in these columns; all are as long as those.
    #[inline(always)]
    fn of<'a, T: Element, const S: usize>(
        &self,
        rows: Rows<T>,
        all: &'a [T],
        point: usize,
    ) -> [&'a [T]; S] {
        let (all, n) = (&all[self.start(rows, point)..], self.columns.len());
        let mut split: [&[T]; S] = [&[]; S];
        for r in 0..streams::<T, S>(rows) {
            split[r] = &all[r * rows.stride..][..n];
        }
        split
    }
}

/// Number r of what lies at `start` + r·[`TILE`]. (Not by a closure: that would not have the instruction set.)
#[inline(always)]
fn nth<V: Vector>(all: &[V::Element], start: usize, r: usize) -> V {
    V::load(all, start + r * TILE)
}

/// The same of one point, in all lanes.
#[inline(always)]
fn spread<V: Vector, const S: usize>(all: &[V::Element], start: usize, streams: usize) -> [V; S] {
    let mut spread = [V::zero(); S];
    for r in 0..streams {
        spread[r] = V::splat(all[start + r * TILE]);
    }
    spread
}

/// to += x·y
#[inline(always)]
fn add_product<V: Vector>(x: V, y: V, to: &mut [V::Element]) {
    x.mul_add(y, V::load(to, 0)).store(to, 0);
}

/// M's crossed entries.
#[inline(always)]
fn product<V: Vector<Element: Element>, const S: usize>(
    structure: &Structure<V::Element>,
    (statistics, part): (&[V::Element], &Part),
    room: &mut Room<V, S>,
) {
    for term in &structure.crossed {
        V::zero().store(&mut room.product[term.result][term.left], 0);
    }
    for term in &structure.crossed {
        let s = nth::<V>(statistics, part.roots, term.right);
        let to = &mut room.product[term.result][term.left];
        add_product(V::splat(term.coefficient), s, to);
    }
}

impl<T: Element> Forward<'_, T> {
    #[inline(always)]
    pub(super) fn by_vectors<V: Vector<Element = T>, const S: usize>(&mut self) {
        let (rows, groups) = (self.rows, self.groups);
        let mut room = Room::<V, S>::new(rows.structure);
        for tile in 0..rows.points.div_ceil(TILE) {
            for first in (0..TILE).step_by(V::LANES) {
                for group in 0..groups.count {
                    let part = Part::new::<V>(rows, groups, (tile, first, group));
                    self.moments::<V, S>(&part, &mut room);
                }
            }
            let mut statistics = ValuesMut(self.statistics);
            roots::<V>(rows.structure, groups, tile, &mut statistics);
            for first in (0..TILE).step_by(V::LANES) {
                for group in 0..groups.count {
                    let part = Part::new::<V>(rows, groups, (tile, first, group));
                    self.results::<V, S>(&part, &mut room);
                }
            }
        }
    }

    /// m and v.
    #[inline(always)]
    fn moments<V: Vector<Element = T>, const S: usize>(
        &mut self,
        part: &Part,
        room: &mut Room<V, S>,
    ) {
        let (rows, groups) = (self.rows, self.groups);
        let (streams, n) = (streams::<T, S>(rows), part.columns.len());
        let share = V::splat(groups.share());
        if groups.centred {
            for (lane, point) in part.points.clone().enumerate() {
                let h: [&[T]; S] = part.of(rows, self.h, point);
                let (mut sum, mut at) = ([V::zero(); S], 0);
                while at + V::LANES <= n {
                    for r in 0..streams {
                        sum[r] = sum[r] + V::load(h[r], at);
                    }
                    at += V::LANES;
                }
                for r in 0..streams {
                    room.first[r][lane] = sum[r];
                }
            }
        }
        for r in 0..streams {
            let mean = match groups.centred {
                true => share * V::sums(&room.first[r]),
                false => V::zero(),
            };
            mean.store(self.statistics, part.means + r * TILE);
        }
        let mask = &groups.mask_of(part.group)[..n];
        for (lane, point) in part.points.clone().enumerate() {
            let h: [&[T]; S] = part.of(rows, self.h, point);
            let m: [V; S] = spread(self.statistics, part.means + lane, streams);
            let mut sum = [V::zero(); S];
            let mut crossed = [[V::zero(); S]; S];
            let mut at = 0;
            while at + V::LANES <= n {
                let mask = V::load(mask, at);
                let mut c = [V::zero(); S];
                for r in 0..streams {
                    c[r] = m[r].neg_mul_add(mask, V::load(h[r], at));
                    sum[r] = c[r].mul_add(c[0], sum[r]);
                }
                for i in inner(streams) {
                    for j in i..streams - 1 {
                        if counts(&room.in_square, i, j) {
                            crossed[i][j] = c[i].mul_add(c[j], crossed[i][j]);
                        }
                    }
                }
                at += V::LANES;
            }
            for r in 1..streams {
                sum[r] = sum[r] + sum[r];
            }
            if S <= DENSE {
                for o in 2..streams {
                    for i in 1..o {
                        for j in 1..o {
                            let factor = V::splat(room.coefficients[o][i][j]);
                            sum[o] = factor.mul_add(crossed[i.min(j)][i.max(j)], sum[o]);
                        }
                    }
                }
            }
            for r in 0..streams {
                room.first[r][lane] = sum[r];
            }
            for term in sparse::<T, S>(rows.structure) {
                let (i, j) = (term.left.min(term.right), term.left.max(term.right));
                let to = &mut room.first[term.result][lane];
                *to = V::splat(term.coefficient).mul_add(crossed[i][j], *to);
            }
        }
        for r in 0..streams {
            let v = share * V::sums(&room.first[r]);
            v.store(self.statistics, part.squares + r * TILE);
        }
    }

    /// M and κ.
    #[inline(always)]
    fn matrices<V: Vector<Element = T>, const S: usize>(&self, part: &Part, room: &mut Room<V, S>) {
        let (structure, all) = (self.rows.structure, &*self.statistics);
        product(structure, (all, part), room);
        let (s0, m0) = (nth::<V>(all, part.roots, 0), nth::<V>(all, part.means, 0));
        for r in 0..streams::<T, S>(self.rows) {
            let mut constant = s0 * nth::<V>(all, part.means, r);
            if r > 0 {
                constant = nth::<V>(all, part.roots, r).mul_add(m0, constant);
            }
            (-constant).store(&mut room.constants[r], 0);
        }
        for term in &structure.crossed {
            let s = V::splat(-term.coefficient) * nth::<V>(all, part.roots, term.right);
            let m = nth::<V>(all, part.means, term.left);
            add_product(s, m, &mut room.constants[term.result]);
        }
    }

    /// y
    #[inline(always)]
    fn results<V: Vector<Element = T>, const S: usize>(
        &mut self,
        part: &Part,
        room: &mut Room<V, S>,
    ) {
        self.matrices(part, room);
        let rows = self.rows;
        let (streams, n) = (streams::<T, S>(rows), part.columns.len());
        let gain = &self.gain[part.columns.clone()][..n];
        let bias = &self.bias[part.columns.clone()][..n];
        for (lane, point) in part.points.clone().enumerate() {
            let h: [&[T]; S] = part.of(rows, self.h, point);
            let start = part.start(rows, point);
            let y = &mut self.y[start..][..(streams - 1) * rows.stride + n];
            let s: [V; S] = spread(self.statistics, part.roots + lane, streams);
            let mut at = 0;
            while at + V::LANES <= n {
                let (gain, bias) = (V::load(gain, at), V::load(bias, at));
                let h0 = V::load(h[0], at);
                let y0 = s[0].mul_add(h0, V::splat(room.constants[0][lane]));
                gain.mul_add(y0, bias).store(y, at);
                for r in 1..streams {
                    let mut sum = s[r].mul_add(h0, V::splat(room.constants[r][lane]));
                    sum = s[0].mul_add(V::load(h[r], at), sum);
                    for i in 1..r {
                        if counts(&room.in_product, r, i) {
                            let entry = V::splat(room.product[r][i][lane]);
                            sum = entry.mul_add(V::load(h[i], at), sum);
                        }
                    }
                    (gain * sum).store(y, r * rows.stride + at);
                }
                at += V::LANES;
            }
        }
    }
}

impl<T: Element> Backward<'_, T> {
    #[inline(always)]
    pub(super) fn by_vectors<V: Vector<Element = T>, const S: usize>(&mut self) {
        let (rows, groups) = (self.rows, self.groups);
        let mut room = Room::<V, S>::new(rows.structure);
        for tile in 0..rows.points.div_ceil(TILE) {
            for first in (0..TILE).step_by(V::LANES) {
                for group in 0..groups.count {
                    let part = Part::new::<V>(rows, groups, (tile, first, group));
                    self.reduce_part::<V, S>(&part, &mut room);
                }
            }
            self.pull_roots::<V>(tile);
            for first in (0..TILE).step_by(V::LANES) {
                for group in 0..groups.count {
                    let part = Part::new::<V>(rows, groups, (tile, first, group));
                    self.spread_part::<V, S>(&part, &mut room);
                }
            }
        }
    }

    /// Adds the gradients by γ and β, and takes ⟨g⟩ and s̄.
    #[inline(always)]
    fn reduce_part<V: Vector<Element = T>, const S: usize>(
        &mut self,
        part: &Part,
        room: &mut Room<V, S>,
    ) {
        let (rows, groups) = (self.rows, self.groups);
        let (streams, n) = (streams::<T, S>(rows), part.columns.len());
        product(rows.structure, (self.statistics, part), room);
        let mask = &groups.mask_of(part.group)[..n];
        let gain = &self.gain[part.columns.clone()][..n];
        let [by_gain, by_bias] = match &mut self.parameters {
            Some([gain, bias]) => [
                &mut gain[part.columns.clone()][..n],
                &mut bias[part.columns.clone()][..n],
            ],
            None => [&mut [][..], &mut [][..]],
        };
        for (lane, point) in part.points.clone().enumerate() {
            let h: [&[T]; S] = part.of(rows, self.h, point);
            let y: [&[T]; S] = part.of(rows, self.gradient, point);
            let m: [V; S] = spread(self.statistics, part.means + lane, streams);
            let s: [V; S] = spread(self.statistics, part.roots + lane, streams);
            let (mut sum, mut by_root) = ([V::zero(); S], [V::zero(); S]);
            let mut crossed = [[V::zero(); S]; S];
            let mut at = 0;
            while at + V::LANES <= n {
                let (mask, gain) = (V::load(mask, at), V::load(gain, at));
                let mut c = [V::zero(); S];
                c[0] = m[0].neg_mul_add(mask, V::load(h[0], at));
                let y0 = V::load(y[0], at);
                sum[0] = gain.mul_add(y0, sum[0]);
                // What is multiplied by s₀, by c₀, and the rest of ȳ·(M·c).
                let (mut with_s, mut with_c, mut rest) = (y0 * c[0], V::zero(), V::zero());
                for r in 1..streams {
                    c[r] = m[r].neg_mul_add(mask, V::load(h[r], at));
                    let y = V::load(y[r], at);
                    let g = gain * y;
                    with_s = y.mul_add(c[r], with_s);
                    with_c = s[r].mul_add(y, with_c);
                    sum[r] = sum[r] + g;
                    by_root[r] = g.mul_add(c[0], by_root[r]);
                    for i in 1..r {
                        if counts(&room.in_product, r, i) {
                            let entry = V::splat(room.product[r][i][lane]);
                            rest = (entry * y).mul_add(c[i], rest);
                            crossed[r][i] = g.mul_add(c[i], crossed[r][i]);
                        }
                    }
                }
                by_root[0] = gain.mul_add(with_s, by_root[0]);
                if at + V::LANES <= by_gain.len() {
                    let by = s[0].mul_add(with_s, V::load(by_gain, at)) + rest;
                    c[0].mul_add(with_c, by).store(by_gain, at);
                    (V::load(by_bias, at) + y0).store(by_bias, at);
                }
                at += V::LANES;
            }
            if S <= DENSE {
                for o in 2..streams {
                    for i in 1..o {
                        for j in 1..o {
                            let factor = V::splat(room.coefficients[o][i][j]);
                            by_root[j] = factor.mul_add(crossed[o][i], by_root[j]);
                        }
                    }
                }
            }
            for r in 0..streams {
                room.first[r][lane] = sum[r];
                room.second[r][lane] = by_root[r];
            }
            for term in sparse::<T, S>(rows.structure) {
                let to = &mut room.second[term.right][lane];
                let sum = crossed[term.result][term.left];
                *to = V::splat(term.coefficient).mul_add(sum, *to);
            }
        }
        let share = V::splat(groups.share());
        let sums = self.room(false, part.group) + part.first;
        let by_roots = self.room(true, part.group) + part.first;
        for r in 0..streams {
            (share * V::sums(&room.first[r])).store(self.scratch, sums + r * TILE);
            V::sums(&room.second[r]).store(self.scratch, by_roots + r * TILE);
        }
    }

    /// M, A and κ′; the entries of A that belong to the value go where v̄ was.
    #[inline(always)]
    fn matrices<V: Vector<Element = T>, const S: usize>(
        &mut self,
        part: &Part,
        [sums, squares]: [usize; 2],
        room: &mut Room<V, S>,
    ) {
        let (structure, all) = (self.rows.structure, self.statistics);
        let streams = streams::<T, S>(self.rows);
        product(structure, (all, part), room);
        let two = V::constant(2.0) * V::splat(self.groups.share());
        for r in 0..streams {
            let w = two * nth::<V>(self.scratch, squares, r);
            w.store(self.scratch, squares + r * TILE);
        }
        for term in &structure.crossed {
            V::zero().store(&mut room.square[term.left][term.right], 0);
        }
        for term in &structure.crossed {
            let w = nth::<V>(self.scratch, squares, term.result);
            let to = &mut room.square[term.left][term.right];
            add_product(V::splat(term.coefficient), w, to);
        }
        if !self.groups.centred {
            return;
        }
        let (means, scratch) = (part.means, &*self.scratch);
        let (s0, m0) = (nth::<V>(all, part.roots, 0), nth::<V>(all, means, 0));
        let mut by_value = V::zero();
        for r in 0..streams {
            let (g, w) = (nth::<V>(scratch, sums, r), nth::<V>(scratch, squares, r));
            by_value = nth::<V>(all, part.roots, r).mul_add(g, by_value);
            by_value = w.mul_add(nth(all, means, r), by_value);
            let constant = s0.mul_add(g, w * m0);
            (-constant).store(&mut room.constants[r], 0);
        }
        (-by_value).store(&mut room.constants[0], 0);
        for term in &structure.crossed {
            let s = nth::<V>(all, part.roots, term.right);
            let w = nth::<V>(scratch, squares, term.result);
            let both = s * nth(scratch, sums, term.result);
            let both = w.mul_add(nth(all, means, term.right), both);
            let to = &mut room.constants[term.left];
            add_product(V::splat(-term.coefficient), both, to);
        }
    }

    /// h̄, in place of ȳ.
    #[inline(always)]
    fn spread_part<V: Vector<Element = T>, const S: usize>(
        &mut self,
        part: &Part,
        room: &mut Room<V, S>,
    ) {
        let sums = self.room(false, part.group) + part.first;
        let squares = self.room(true, part.group) + part.first;
        self.matrices(part, [sums, squares], room);
        let rows = self.rows;
        let (streams, n) = (streams::<T, S>(rows), part.columns.len());
        let mask = &self.groups.mask_of(part.group)[..n];
        let gain = &self.gain[part.columns.clone()][..n];
        for (lane, point) in part.points.clone().enumerate() {
            let h: [&[T]; S] = part.of(rows, self.h, point);
            let start = part.start(rows, point);
            let y = &mut self.gradient[start..][..(streams - 1) * rows.stride + n];
            let s: [V; S] = spread(self.statistics, part.roots + lane, streams);
            let w: [V; S] = spread(self.scratch, squares + lane, streams);
            let mut at = 0;
            while at + V::LANES <= n {
                let (mask, gain) = (V::load(mask, at), V::load(gain, at));
                let h0 = V::load(h[0], at);
                let mut g = [V::zero(); S];
                for r in 0..streams {
                    g[r] = gain * V::load(y, r * rows.stride + at);
                }
                let mut by_value = V::splat(room.constants[0][lane]) * mask;
                by_value = s[0].mul_add(g[0], by_value);
                by_value = w[0].mul_add(h0, by_value);
                for r in 1..streams {
                    let h_r = V::load(h[r], at);
                    by_value = s[r].mul_add(g[r], by_value);
                    by_value = w[r].mul_add(h_r, by_value);
                    let mut sum = V::splat(room.constants[r][lane]) * mask;
                    sum = s[0].mul_add(g[r], sum);
                    sum = w[r].mul_add(h0, sum);
                    for o in r + 1..streams {
                        if counts(&room.in_product, o, r) {
                            let entry = V::splat(room.product[o][r][lane]);
                            sum = entry.mul_add(g[o], sum);
                        }
                    }
                    if r + 1 < streams {
                        for j in inner(streams) {
                            if counts(&room.in_square, r, j) {
                                let entry = V::splat(room.square[r][j][lane]);
                                sum = entry.mul_add(V::load(h[j], at), sum);
                            }
                        }
                    }
                    sum.store(y, r * rows.stride + at);
                }
                by_value.store(y, at);
                at += V::LANES;
            }
        }
    }
}
