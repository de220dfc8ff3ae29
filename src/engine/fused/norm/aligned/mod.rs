//! Norms of groups that begin and end with vectors, or of a single one: all streams of a vector of features
//! at once.
//!
//! Sums over features are kept vector by vector for as many points as a vector has lanes, and are then summed
//! together. Given these, the rest for each point are two matrices over its streams,
//!
//! - y = γ⊙(M·h + κ), M_ol = Σ coefficient·s_r, κ = −M·m
//! - h̄ = Mᵀ·g + A·h + κ′, A_lr = (2/n)·Σ coefficient·v̄_o, κ′ = −(Mᵀ·⟨g⟩ + A·m), in uncentred norms 0
//!
//! over the terms y_o = … c_l·s_r. Each stream meets the value: M_rr = s₀, M_r0 = s_r and A_0r = A_r0 =
//! (2/n)·v̄_r. The other entries belong to the [`crossed`](Structure::crossed) terms; few are nonzero.

#![expect(
    clippy::needless_range_loop,
    reason = "streams index several arrays at once, and their constant number is what unrolls the loops"
)]

mod backward;
mod forward;

use super::{Groups, Layout, Statistic, TILE};
use crate::fused::pass::Rows;
use crate::simd::{Element, Vector};
use crate::structure::{ProductTerm, Structure};
use std::ops::Range;

/// Largest number of streams with code of this kind.
pub const MOST_STREAMS: usize = 16;
/// Largest number of streams for which all crossed entries are computed, which is faster than testing for zeros.
const DENSE: usize = 4;

/// Calls a method with the number of streams as its constant. [`MOST_STREAMS`] means any number: it is used for more
/// streams and for short vectors, since every constant costs time to compile.
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

/// Returns true if these groups can be computed this way.
pub fn fits<V: Vector<Element: Element>>(groups: &Groups<V::Element>, streams: usize) -> bool {
    streams <= MOST_STREAMS && (groups.count == 1 || groups.size.is_multiple_of(V::LANES))
}

impl<T: Element> Groups<T> {
    /// Columns of a group; a single group includes the padding, where c is zero.
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

/// One number for each point of a tile, or as many vectors to sum for each.
type Lanes<T> = [T; TILE];

/// Memory that all tiles share in turn. Lanes without a point keep older numbers.
struct Room<V: Vector, const S: usize> {
    /// Sums over streams, vector by vector.
    first: [Lanes<V>; S],
    second: [Lanes<V>; S],
    /// κ.
    constants: [Lanes<V::Element>; S],
    /// Crossed entries of M by row and column.
    product: [[Lanes<V::Element>; S]; S],
    /// Crossed entries of A by row and column.
    square: [[Lanes<V::Element>; S]; S],
    /// True for entries that can be nonzero.
    in_product: [[bool; S]; S],
    in_square: [[bool; S]; S],
    /// Coefficients of the crossed terms by result, left and right; only for at most [`DENSE`] streams.
    coefficients: [[[V::Element; DENSE]; DENSE]; DENSE],
}

impl<V: Vector<Element: Element>, const S: usize> Room<V, S> {
    #[inline(always)]
    fn new(structure: &Structure<V::Element>) -> Self {
        let none = <V::Element as pinn_expr::Real>::ZERO;
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

/// Returns true if an entry is used.
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

/// Number of streams, a compile-time constant if it is small.
#[inline(always)]
fn streams<T: Element, const S: usize>(rows: Rows<T>) -> usize {
    match S {
        MOST_STREAMS => rows.structure.streams,
        _ => S,
    }
}

/// Streams that are operands of crossed terms: all but the value and the last one, which can only be a result.
#[inline(always)]
fn inner(streams: usize) -> Range<usize> {
    1..streams.max(2) - 1
}

/// One group at those points of a tile that fill a vector.
struct Part {
    points: Range<usize>,
    columns: Range<usize>,
    group: usize,
    /// Starts of its means, squares and inverse roots.
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

/// Reads number r at `start` + r·[`TILE`]. (A closure would not have the instruction set.)
#[inline(always)]
fn nth<V: Vector>(all: &[V::Element], start: usize, r: usize) -> V {
    V::load(all, start + r * TILE)
}

/// Statistics of one point, in all lanes.
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
