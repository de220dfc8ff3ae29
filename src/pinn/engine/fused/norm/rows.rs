//! Sums and combinations of rows, a few at a time so that they overlap.

use crate::expr::Real;
use crate::pinn::engine::simd::Vector;

/// Rows that are worked on together.
pub const TOGETHER: usize = 4;

/// Calls a function with the length of a list, 0 to [`TOGETHER`], as its constant.
macro_rules! by_length {
    ($length:expr, $function:ident::<$V:ty, _>($($argument:expr),*)) => {
        match $length {
            0 => $function::<$V, 0>($($argument),*),
            1 => $function::<$V, 1>($($argument),*),
            2 => $function::<$V, 2>($($argument),*),
            3 => $function::<$V, 3>($($argument),*),
            _ => $function::<$V, 4>($($argument),*),
        }
    };
}
pub(super) use by_length;

/// The sum of a row.
#[inline(always)]
pub fn sum<V: Vector>(row: &[V::Element]) -> V::Element {
    let mut sum = V::zero();
    let mut at = 0;
    while at + V::LANES <= row.len() {
        sum = sum + V::load(row, at);
        at += V::LANES;
    }
    sum.sum()
}

/// to = from − mean·mask; returns nothing of `to`'s old values.
#[inline(always)]
pub fn centre<V: Vector>(
    from: &[V::Element],
    mean: V::Element,
    mask: &[V::Element],
    to: &mut [V::Element],
) {
    let (n, mean) = (to.len(), V::splat(mean));
    let (from, mask) = (&from[..n], &mask[..n]);
    let mut at = 0;
    while at + V::LANES <= n {
        let c = mean.neg_mul_add(V::load(mask, at), V::load(from, at));
        c.store(to, at);
        at += V::LANES;
    }
}

/// row = factors⊙row; returns the sum of the result.
#[inline(always)]
pub fn scale<V: Vector>(factors: &[V::Element], row: &mut [V::Element]) -> V::Element {
    let n = row.len();
    let factors = &factors[..n];
    let mut sum = V::zero();
    let mut at = 0;
    while at + V::LANES <= n {
        let x = V::load(factors, at) * V::load(row, at);
        x.store(row, at);
        sum = sum + x;
        at += V::LANES;
    }
    sum.sum()
}

/// to += row
#[inline(always)]
pub fn add<V: Vector>(row: &[V::Element], to: &mut [V::Element]) {
    let n = to.len();
    let row = &row[..n];
    let mut at = 0;
    while at + V::LANES <= n {
        (V::load(to, at) + V::load(row, at)).store(to, at);
        at += V::LANES;
    }
}

/// Two rows of one length.
pub type Pair<'a, T> = (&'a [T], &'a [T]);

/// Σ left·right of K pairs of rows, into the first K sums.
#[inline(always)]
pub fn dots<V: Vector, const K: usize>(pairs: &[Pair<V::Element>], sums: &mut [V::Element]) {
    if K == 0 {
        return;
    }
    let n = pairs[0].0.len();
    let pairs: [_; K] = std::array::from_fn(|k| (&pairs[k].0[..n], &pairs[k].1[..n]));
    let mut all = [V::zero(); K];
    let mut at = 0;
    while at + V::LANES <= n {
        for k in 0..K {
            let (left, right) = pairs[k];
            all[k] = V::load(left, at).mul_add(V::load(right, at), all[k]);
        }
        at += V::LANES;
    }
    for k in 0..K {
        sums[k] = all[k].sum();
    }
}

/// Rows and their factors.
pub struct Combination<'a, T> {
    rows: [&'a [T]; TOGETHER],
    factors: [T; TOGETHER],
    length: usize,
}

impl<'a, T: Real> Combination<'a, T> {
    #[inline(always)]
    pub fn new() -> Self {
        Combination {
            rows: [&[]; TOGETHER],
            factors: [T::ZERO; TOGETHER],
            length: 0,
        }
    }

    /// Adds a row. If there is no room for another then, `to` becomes own·to + Σ factor·row, `own` one, and the
    /// list empty.
    #[inline(always)]
    pub fn push<V: Vector<Element = T>>(
        &mut self,
        row: &'a [T],
        factor: T,
        own: &mut T,
        to: &mut [T],
    ) {
        if self.length == TOGETHER {
            self.flush::<V>(own, None, to);
        }
        self.rows[self.length] = row;
        self.factors[self.length] = factor;
        self.length += 1;
    }

    /// to = gain⊙(own·to + Σ factor·row)
    #[inline(always)]
    pub fn flush<V: Vector<Element = T>>(&mut self, own: &mut T, gain: Option<&[T]>, to: &mut [T]) {
        by_length!(self.length, combine::<V, _>(self, *own, gain, to));
        self.length = 0;
        *own = T::ONE;
    }

    /// to += other⊙(Σ factor·row)
    #[inline(always)]
    pub fn accumulate<V: Vector<Element = T>>(&mut self, other: &[T], to: &mut [T]) {
        by_length!(self.length, accumulate::<V, _>(self, other, to));
        self.length = 0;
    }

    /// The first `n` columns of the rows.
    #[inline(always)]
    fn rows<const K: usize>(&self, n: usize) -> [&'a [T]; K] {
        std::array::from_fn(|k| &self.rows[k][..n])
    }

    /// Not by a closure: that would not have the instruction set.
    #[inline(always)]
    fn factors<V: Vector<Element = T>, const K: usize>(&self) -> [V; K] {
        let mut factors = [V::zero(); K];
        for (factor, x) in factors.iter_mut().zip(&self.factors) {
            *factor = V::splat(*x);
        }
        factors
    }

    pub fn is_full(&self) -> bool {
        self.length == TOGETHER
    }
}

#[inline(always)]
fn combine<V: Vector, const K: usize>(
    of: &Combination<V::Element>,
    own: V::Element,
    gain: Option<&[V::Element]>,
    to: &mut [V::Element],
) where
    V::Element: Real,
{
    let (n, own) = (to.len(), V::splat(own));
    let (rows, factors) = (of.rows::<K>(n), of.factors::<V, K>());
    let mut at = 0;
    match gain {
        Some(gain) => {
            let gain = &gain[..n];
            while at + V::LANES <= n {
                let mut sum = own * V::load(to, at);
                for k in 0..K {
                    sum = factors[k].mul_add(V::load(rows[k], at), sum);
                }
                (V::load(gain, at) * sum).store(to, at);
                at += V::LANES;
            }
        }
        None => {
            while at + V::LANES <= n {
                let mut sum = own * V::load(to, at);
                for k in 0..K {
                    sum = factors[k].mul_add(V::load(rows[k], at), sum);
                }
                sum.store(to, at);
                at += V::LANES;
            }
        }
    }
}

#[inline(always)]
fn accumulate<V: Vector, const K: usize>(
    of: &Combination<V::Element>,
    other: &[V::Element],
    to: &mut [V::Element],
) where
    V::Element: Real,
{
    let n = to.len();
    let other = &other[..n];
    let (rows, factors) = (of.rows::<K>(n), of.factors::<V, K>());
    let mut at = 0;
    while at + V::LANES <= n {
        let mut sum = V::zero();
        for k in 0..K {
            sum = factors[k].mul_add(V::load(rows[k], at), sum);
        }
        let sum = V::load(other, at).mul_add(sum, V::load(to, at));
        sum.store(to, at);
        at += V::LANES;
    }
}
