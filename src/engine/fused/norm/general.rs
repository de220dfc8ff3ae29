//! Rules for arbitrary groups, and for tangents: vector by vector.

use super::memory::{Memory, MemoryMut, Values, ValuesMut};
use super::{Backward, Forward, Groups, Layout, Parameters, Statistic, TILE, terms};
use crate::fused::composition::{InPlace, Lane, compose, pull_back};
use crate::fused::number::Number;
use crate::fused::pass::Rows;
use crate::fused::tower::{InverseRoot, Tower};
use crate::simd::{Element, Vector};
use crate::structure::{ProductTerm, Structure};

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

/// Squares of one tile, which become inverse roots.
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

/// s of all groups of a tile, from their v.
#[inline(always)]
pub(super) fn roots<R: Number>(
    structure: &Structure<<R::Vector as Vector>::Element>,
    groups: &Groups<<R::Vector as Vector>::Element>,
    tile: usize,
    statistics: &mut impl MemoryMut<R>,
) where
    <R::Vector as Vector>::Element: Element,
{
    match structure.order {
        0 | 1 => roots_to::<R, 1>(structure, groups, tile, statistics),
        2 => roots_to::<R, 2>(structure, groups, tile, statistics),
        _ => roots_to::<R, 4>(structure, groups, tile, statistics),
    }
}

#[inline(always)]
fn roots_to<R: Number, const N: usize>(
    structure: &Structure<<R::Vector as Vector>::Element>,
    groups: &Groups<<R::Vector as Vector>::Element>,
    tile: usize,
    statistics: &mut impl MemoryMut<R>,
) where
    <R::Vector as Vector>::Element: Element,
{
    let layout = Layout {
        groups: groups.count,
        streams: structure.streams,
    };
    for group in 0..groups.count {
        for lane in (0..TILE).step_by(R::Vector::LANES) {
            let squares = layout.start(tile, Statistic::Square, group) + lane;
            let roots = layout.start(tile, Statistic::InverseRoot, group) + lane;
            let value = statistics.load(squares).add(R::splat(groups.epsilon));
            let s = value.tower::<InverseRoot, N>();
            let mut lanes = Roots {
                statistics: &mut *statistics,
                squares,
                roots,
            };
            compose::<R, N>(structure, s, &mut lanes);
        }
    }
}

/// m, v and s of all points.
#[inline(always)]
pub(super) fn gather<R: Number>(
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
        <<R::Vector as Vector>::Element as pinn_expr::Real>::from_f64(1.0 / groups.size as f64);
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
                            let mut c = [R::constant(0.0); 2];
                            for (k, stream) in [term.left, term.right].into_iter().enumerate() {
                                let mean = layout.at(point, Statistic::Mean, group, stream);
                                let h = (h, row(stream) + at);
                                c[k] = centred::<R>(groups, h, (&*statistics, mean), mask);
                            }
                            let left = c[0].mul(R::splat(term.coefficient));
                            sum = left.mul_add(c[1], sum);
                        }
                    }
                    let to = layout.at(point, Statistic::Square, group, result);
                    statistics.store_sum(to, sum, share);
                }
            }
        }
        roots(rows.structure, groups, tile, statistics);
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
pub(super) fn scale<R: Number>(
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

impl<T: Element> Forward<'_, T> {
    #[inline(always)]
    pub(super) fn in_general<V: Vector<Element = T>>(&mut self) {
        let h = Values(self.h);
        let mut statistics = ValuesMut(self.statistics);
        gather::<V>(self.rows, self.groups, &h, &mut statistics);
        let scales = [&Values(self.gain), &Values(self.bias)];
        let mut y = ValuesMut(self.y);
        scale::<V>(self.rows, self.groups, &h, &statistics, scales, &mut y);
    }
}

impl<T: Element> Parameters<'_, T> {
    #[inline(always)]
    pub(super) fn add<V: Vector<Element = T>>(self) {
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

impl<T: Element> Backward<'_, T> {
    #[inline(always)]
    pub(super) fn in_general<V: Vector<Element = T>>(&mut self) {
        if let Some([gain, bias]) = self.parameters.take() {
            let parameters = Parameters {
                rows: self.rows,
                groups: self.groups,
                points: 0..self.rows.points,
                h: self.h,
                statistics: self.statistics,
                gradient: self.gradient,
                gain,
                bias,
            };
            parameters.add::<V>();
        }
        for tile in 0..self.rows.points.div_ceil(TILE) {
            let points = tile * TILE..self.rows.points.min((tile + 1) * TILE);
            for point in points.clone() {
                self.reduce::<V>(point);
            }
            self.pull_roots::<V>(tile);
            for point in points {
                self.spread::<V>(point);
            }
        }
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
    pub(super) fn pull_roots<V: Vector<Element = T>>(&mut self, tile: usize) {
        match self.rows.structure.order {
            0 | 1 => self.pull_roots_from::<V, 2>(tile),
            2 => self.pull_roots_from::<V, 3>(tile),
            _ => self.pull_roots_from::<V, 5>(tile),
        }
    }

    #[inline(always)]
    fn pull_roots_from<V: Vector<Element = T>, const N: usize>(&mut self, tile: usize) {
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

    /// Computes h̄ of a point. Stream l reads only the gradients of streams from l on, which are not overwritten yet.
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
