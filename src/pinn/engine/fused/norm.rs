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
//! [`TILE`] points, point beside point, so that the formula for s runs on whole vectors. With g = γ⊙ȳ the adjoint is
//!
//! - s̄_r = Σ coefficient·Σ c_l·g_o over the terms y_o = … c_l·s_r; v̄ from it by the adjoint of the formula
//! - h̄_l = Σ coefficient·(s_r·(g_o − ⟨g_o⟩) + (2/n)·v̄_o·c_r), without ⟨g_o⟩ in uncentred norms

use super::buffer::Buffer;
use super::composition::{InPlace, Lane, compose, pull_back};
use super::number::{Dual, Number};
use super::pass::Rows;
use super::structure::ProductTerm;
use super::tower::{InverseRoot, Tower};
use crate::pinn::engine::simd::{Element, InstructionSet, Operation, Vector};
use std::ops::Range;

/// Points whose statistics lie beside each other: at least as many as the longest vector has numbers.
pub const TILE: usize = 16;

/// Groups of features that are normalised together.
#[derive(Debug)]
pub struct Groups<T> {
    pub count: usize,
    /// Features of a group.
    pub size: usize,
    pub centred: bool,
    pub epsilon: T,
    /// One row of columns per group: 1 for its features, else 0.
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

    /// Numbers per row of a value that hold its statistics, tiles being filled up: blocks have at least 4 points.
    pub fn statistics(&self) -> usize {
        3 * (TILE / 4) * self.count
    }

    /// The same for what [`backward`] needs for itself.
    pub fn scratch(&self) -> usize {
        2 * (TILE / 4) * self.count
    }

    /// First columns of the vectors that a group reaches into.
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

/// What the statistics of a point are.
#[derive(Copy, Clone)]
enum Statistic {
    Mean,
    Square,
    InverseRoot,
}

/// Where they lie.
#[derive(Copy, Clone)]
struct Layout {
    groups: usize,
    streams: usize,
}

impl Layout {
    /// Of the first point of a tile, for stream 0; streams follow at a distance of [`TILE`].
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

/// Numbers that a rule reads and writes.
trait Memory<R: Number> {
    fn load(&self, at: usize) -> R;
    /// One number in all lanes.
    fn broadcast(&self, at: usize) -> R;
}

trait MemoryMut<R: Number>: Memory<R> {
    fn store(&mut self, at: usize, x: R);
    /// factor · the sum of the lanes, as one number.
    fn store_sum(&mut self, at: usize, x: R, factor: <R::Vector as Vector>::Element);
}

struct Values<'a, T>(&'a [T]);
struct ValuesMut<'a, T>(&'a mut [T]);

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
struct Duals<'a, T>(&'a [T], &'a [T]);
/// The same; only tangents are written.
struct DualsMut<'a, T>(&'a [T], &'a mut [T]);

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

/// The terms of a sorted list whose `key` is `stream`; `from` moves on.
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

/// One stream of c of one group at a vector of columns.
#[inline(always)]
fn centred<R: Number>(
    groups: &Groups<<R::Vector as Vector>::Element>,
    (h, at): (&impl Memory<R>, usize),
    (statistics, mean): (&impl Memory<R>, usize),
    mask: R::Vector,
) -> R
where
    <R::Vector as Vector>::Element: Element,
{
    let h = h.load(at);
    let c = match groups.centred {
        true => h.sub(statistics.broadcast(mean)),
        false => h,
    };
    c.mul(R::lift(mask))
}

/// One tile's squares on their way to inverse roots.
struct Roots<'a, M> {
    statistics: &'a mut M,
    squares: usize,
    roots: usize,
}

impl<R: Number, M: MemoryMut<R>> Lane<R> for Roots<'_, M> {
    #[inline(always)]
    fn load(&self, stream: usize) -> R {
        self.statistics.load(self.squares + stream * TILE)
    }
    #[inline(always)]
    fn store(&mut self, stream: usize, y: R) {
        self.statistics.store(self.roots + stream * TILE, y);
    }
}

/// m, v and s of all points.
#[inline(always)]
fn gather<R: Number>(
    rows: Rows<<R::Vector as Vector>::Element>,
    groups: &Groups<<R::Vector as Vector>::Element>,
    h: &impl Memory<R>,
    statistics: &mut impl MemoryMut<R>,
) where
    <R::Vector as Vector>::Element: Element,
{
    let streams = rows.structure.streams;
    let layout = Layout {
        groups: groups.count,
        streams,
    };
    let share =
        <<R::Vector as Vector>::Element as crate::expr::Real>::from_f64(1.0 / groups.size as f64);
    for tile in 0..rows.points.div_ceil(TILE) {
        for point in tile * TILE..rows.points.min((tile + 1) * TILE) {
            let row = |stream: usize| (point * streams + stream) * rows.stride;
            for group in 0..groups.count {
                if groups.centred {
                    for stream in 0..streams {
                        let mut sum = R::constant(0.0);
                        for at in groups.vectors::<R::Vector>(group) {
                            let mask = R::lift(groups.mask(group, at));
                            sum = h.load(row(stream) + at).mul_add(mask, sum);
                        }
                        let to = layout.at(point, Statistic::Mean, group, stream);
                        statistics.store_sum(to, sum, share);
                    }
                }
                let mut next = 0;
                for result in 0..streams {
                    let square = &rows.structure.square;
                    let terms = terms(square, &mut next, result, |t| t.result);
                    let mut sum = R::constant(0.0);
                    for at in groups.vectors::<R::Vector>(group) {
                        let mask = groups.mask(group, at);
                        for term in terms {
                            let c = |stream: usize| {
                                let mean = layout.at(point, Statistic::Mean, group, stream);
                                let h = (h, row(stream) + at);
                                centred::<R>(groups, h, (&*statistics, mean), mask)
                            };
                            let left = c(term.left).mul(R::splat(term.coefficient));
                            sum = left.mul_add(c(term.right), sum);
                        }
                    }
                    let to = layout.at(point, Statistic::Square, group, result);
                    statistics.store_sum(to, sum, share);
                }
            }
        }
        for group in 0..groups.count {
            for lane in (0..TILE).step_by(R::Vector::LANES) {
                let squares = layout.start(tile, Statistic::Square, group) + lane;
                let roots = layout.start(tile, Statistic::InverseRoot, group) + lane;
                let value = statistics.load(squares).add(R::splat(groups.epsilon));
                let s = value.tower::<InverseRoot, 4>();
                let mut lanes = Roots {
                    statistics: &mut *statistics,
                    squares,
                    roots,
                };
                compose::<R, 4>(rows.structure, s, &mut lanes);
            }
        }
    }
}

/// One stream of c·s at a vector of columns.
#[inline(always)]
fn normalised<R: Number>(
    rows: Rows<<R::Vector as Vector>::Element>,
    groups: &Groups<<R::Vector as Vector>::Element>,
    h: &impl Memory<R>,
    statistics: &impl Memory<R>,
    terms: &[ProductTerm<<R::Vector as Vector>::Element>],
    (point, at): (usize, usize),
) -> R
where
    <R::Vector as Vector>::Element: Element,
{
    let streams = rows.structure.streams;
    let layout = Layout {
        groups: groups.count,
        streams,
    };
    let mut sum = R::constant(0.0);
    for group in groups.at::<R::Vector>(at) {
        let mask = groups.mask(group, at);
        for term in terms {
            let mean = layout.at(point, Statistic::Mean, group, term.left);
            let from = (point * streams + term.left) * rows.stride + at;
            let c = centred::<R>(groups, (h, from), (statistics, mean), mask);
            let s = layout.at(point, Statistic::InverseRoot, group, term.right);
            let s = statistics.broadcast(s).mul(R::splat(term.coefficient));
            sum = s.mul_add(c, sum);
        }
    }
    sum
}

/// γ⊙(c·s), + β on the value.
#[inline(always)]
fn scale<R: Number>(
    rows: Rows<<R::Vector as Vector>::Element>,
    groups: &Groups<<R::Vector as Vector>::Element>,
    h: &impl Memory<R>,
    statistics: &impl Memory<R>,
    [gain, bias]: [&impl Memory<R>; 2],
    y: &mut impl MemoryMut<R>,
) where
    <R::Vector as Vector>::Element: Element,
{
    let streams = rows.structure.streams;
    for point in 0..rows.points {
        let mut next = 0;
        for result in 0..streams {
            let terms = terms(&rows.structure.product, &mut next, result, |t| t.result);
            for at in (0..rows.columns).step_by(R::Vector::LANES) {
                let n = normalised(rows, groups, h, statistics, terms, (point, at));
                let y0 = match result {
                    0 => bias.load(at),
                    _ => R::constant(0.0),
                };
                let to = (point * streams + result) * rows.stride + at;
                y.store(to, gain.load(at).mul_add(n, y0));
            }
        }
    }
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
    fn run<V: Vector<Element = T>>(self) {
        let h = Values(self.h);
        let mut statistics = ValuesMut(self.statistics);
        gather::<V>(self.rows, self.groups, &h, &mut statistics);
        let scales = [&Values(self.gain), &Values(self.bias)];
        let mut y = ValuesMut(self.y);
        scale::<V>(self.rows, self.groups, &h, &statistics, scales, &mut y);
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
    /// By the result.
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
        let (rows, groups) = (self.rows, self.groups);
        let streams = rows.structure.streams;
        let (h, statistics) = (Values(self.h), Values(self.statistics));
        for point in self.points {
            let mut next = 0;
            for result in 0..streams {
                let terms = terms(&rows.structure.product, &mut next, result, |t| t.result);
                let row = (point * streams + result) * rows.stride;
                for at in (0..rows.columns).step_by(V::LANES) {
                    let n: V = normalised(rows, groups, &h, &statistics, terms, (point, at));
                    let g = V::load(self.gradient, row + at);
                    let sum = Vector::mul_add(g, n, V::load(self.gain, at));
                    sum.store(self.gain, at);
                    if result == 0 {
                        let sum = V::load(self.bias, at) + g;
                        sum.store(self.bias, at);
                    }
                }
            }
        }
    }
}

/// Operands of [`backward`].
pub struct Backward<'a, T> {
    pub rows: Rows<'a, T>,
    pub groups: &'a Groups<T>,
    pub gain: &'a [T],
    pub h: &'a [T],
    pub statistics: &'a [T],
    /// Room for one tile: see [`Groups::scratch`].
    pub scratch: &'a mut [T],
    /// By the result; receives that by h.
    pub gradient: &'a mut [T],
}

/// Gradient by h, from that by the result, in place.
pub fn backward<T: Element>(set: InstructionSet, operands: Backward<T>) {
    T::dispatch(set, operands);
}

impl<T: Element> Operation<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = T>>(mut self) {
        for tile in 0..self.rows.points.div_ceil(TILE) {
            let points = tile * TILE..self.rows.points.min((tile + 1) * TILE);
            for point in points.clone() {
                self.reduce::<V>(point);
            }
            match self.rows.structure.order {
                0 | 1 => self.pull_roots::<V, 2>(tile),
                2 => self.pull_roots::<V, 3>(tile),
                _ => self.pull_roots::<V, 5>(tile),
            }
            for point in points {
                self.spread::<V>(point);
            }
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

    #[inline(always)]
    fn row(&self, point: usize, stream: usize) -> usize {
        (point * self.rows.structure.streams + stream) * self.rows.stride
    }

    #[inline(always)]
    fn c<V: Vector<Element = T>>(
        &self,
        (point, group): (usize, usize),
        stream: usize,
        at: usize,
    ) -> V {
        let mean = self.layout().at(point, Statistic::Mean, group, stream);
        centred::<V>(
            self.groups,
            (&Values(self.h), self.row(point, stream) + at),
            (&Values(self.statistics), mean),
            self.groups.mask(group, at),
        )
    }

    /// γ⊙ȳ
    #[inline(always)]
    fn g<V: Vector<Element = T>>(&self, point: usize, stream: usize, at: usize) -> V {
        V::load(self.gain, at) * V::load(self.gradient, self.row(point, stream) + at)
    }

    /// ⟨g⟩ and s̄ of a point.
    #[inline(always)]
    fn reduce<V: Vector<Element = T>>(&mut self, point: usize) {
        let streams = self.rows.structure.streams;
        let lane = point % TILE;
        let share = T::from_f64(1.0 / self.groups.size as f64);
        for group in 0..self.groups.count {
            let (means, roots) = (self.room(false, group), self.room(true, group));
            for stream in 0..streams {
                let mut sum = V::zero();
                for at in self.groups.vectors::<V>(group) {
                    let mask: V = self.groups.mask(group, at);
                    sum = Vector::mul_add(self.g::<V>(point, stream, at), mask, sum);
                }
                self.scratch[means + stream * TILE + lane] = share * sum.sum();
                self.scratch[roots + stream * TILE + lane] = T::ZERO;
            }
            for term in &self.rows.structure.product {
                let mut sum = V::zero();
                for at in self.groups.vectors::<V>(group) {
                    let c = self.c::<V>((point, group), term.left, at);
                    sum = Vector::mul_add(c, self.g::<V>(point, term.result, at), sum);
                }
                self.scratch[roots + term.right * TILE + lane] += term.coefficient * sum.sum();
            }
        }
    }

    /// From s̄ to v̄.
    #[inline(always)]
    fn pull_roots<V: Vector<Element = T>, const N: usize>(&mut self, tile: usize) {
        let layout = self.layout();
        for group in 0..self.groups.count {
            let to = self.room(true, group);
            let from = layout.start(tile, Statistic::Square, group);
            for lane in (0..TILE).step_by(V::LANES) {
                let value = V::load(self.statistics, from + lane);
                let s = InverseRoot::at::<V, N>(value + <V as Vector>::splat(self.groups.epsilon));
                let mut lanes = InPlace {
                    from: &self.statistics[from..],
                    to: &mut self.scratch[to..],
                    at: lane,
                    stride: TILE,
                };
                pull_back::<V, N>(self.rows.structure, s, &mut lanes);
            }
        }
    }

    /// h̄ of a point. Stream l reads the gradients of streams from l on only, which are still there.
    #[inline(always)]
    fn spread<V: Vector<Element = T>>(&mut self, point: usize) {
        let structure = self.rows.structure;
        let (layout, lane) = (self.layout(), point % TILE);
        let two = T::from_f64(2.0 / self.groups.size as f64);
        let mut next = 0;
        for stream in 0..structure.streams {
            let terms = terms(&structure.by_left, &mut next, stream, |t| t.left);
            for at in (0..self.rows.columns).step_by(V::LANES) {
                let mut sum = V::zero();
                for group in self.groups.at::<V>(at) {
                    let (means, squares) = (self.room(false, group), self.room(true, group));
                    let mask: V = self.groups.mask(group, at);
                    for term in terms {
                        let root = layout.at(point, Statistic::InverseRoot, group, term.right);
                        let root = term.coefficient * self.statistics[root];
                        let mut g = self.g::<V>(point, term.result, at);
                        if self.groups.centred {
                            let mean = self.scratch[means + term.result * TILE + lane];
                            g = g - <V as Vector>::splat(mean);
                        }
                        sum = Vector::mul_add(<V as Vector>::splat(root) * g, mask, sum);
                        let square = self.scratch[squares + term.result * TILE + lane];
                        let square = <V as Vector>::splat(two * term.coefficient * square);
                        let c = self.c::<V>((point, group), term.right, at);
                        sum = Vector::mul_add(square, c, sum);
                    }
                }
                let to = self.row(point, stream) + at;
                sum.store(self.gradient, to);
            }
        }
    }
}
