//! Memory of L-BFGS, and the direction that it determines.
//!
//! The two-loop recursion (Nocedal & Wright, *Numerical Optimization*, 2nd ed., algorithm 7.4) needs only the products
//! of its vectors, and its result is a sum of them (Chen, Wang & Zhou, *Large-scale L-BFGS using MapReduce*, NIPS
//! 2014). So it runs on numbers: one sweep over the memory computes the products with the gradient and with the newest
//! pair, and a second one computes the direction. Both proceed block by block, on any number of threads: sums are taken
//! in the order of the blocks.

use crate::optimiser::sums::{LANES, dispatch, dot};
use pinn_engine::simd::{Operation, Vector};
use pinn_expr::Real;
use rayon::ThreadPool;
use rayon::prelude::*;

/// A pair is kept if its curvature s·y exceeds this times ‖s‖‖y‖; less is rounding or a concave stretch
/// (cf. Nocedal & Wright, section 7.2).
const MIN_CURVATURE: f64 = 1e-10;
/// Number of elements in a block of a vector: few enough to stay in the first-level cache.
const BLOCK: usize = 512;

/// Differences s of parameters and y of gradients over the last steps, and the products that the recursion
/// needs.
#[derive(Clone, Debug)]
pub struct Pairs<T> {
    length: usize,
    /// Number of slots, one more than the number of pairs: the newest is tested before the oldest is dropped.
    slots: usize,
    /// Differences of parameters, block by block, in a block slot by slot; the last block ends with zeros.
    steps: Vec<T>,
    /// Differences of gradients, in the same layout.
    changes: Vec<T>,
    /// Slots in use, oldest first.
    order: Vec<usize>,
    /// Products s_i·y_j at `i * slots + j`, where j is not older than i.
    step_change: Vec<f64>,
    /// Products y_i·y_j in the same layout, for all i and j.
    change_change: Vec<f64>,
    /// True if the products of the newest change with older pairs are not known yet.
    unsettled: bool,
    work: Work,
}

/// Buffers whose content is not kept between calls.
#[derive(Clone, Debug)]
struct Work {
    gradient: Vec<f64>,
    newest: Vec<f64>,
    /// Four products of every slot, for every block.
    partial: Vec<[f64; 4]>,
    /// Products s·g, y·g, s·y_new and y·y_new of every slot.
    products: Vec<[f64; 4]>,
    alphas: Vec<f64>,
    /// Factors of s and y of every slot in the direction.
    factors: Vec<[f64; 2]>,
}

impl<T: Real> Pairs<T> {
    /// Creates a memory for `history` pairs of vectors of a length.
    pub(super) fn new(length: usize, history: usize) -> Self {
        let slots = history + 1;
        let blocks = length.div_ceil(BLOCK);
        let padded = blocks * BLOCK;
        Pairs {
            length,
            slots,
            steps: vec![T::ZERO; slots * padded],
            changes: vec![T::ZERO; slots * padded],
            order: Vec::with_capacity(slots),
            step_change: vec![0.0; slots * slots],
            change_change: vec![0.0; slots * slots],
            unsettled: false,
            work: Work {
                gradient: vec![0.0; padded],
                newest: vec![0.0; padded],
                partial: vec![[0.0; 4]; blocks * slots],
                products: vec![[0.0; 4]; slots],
                alphas: vec![0.0; slots],
                factors: vec![[0.0; 2]; slots],
            },
        }
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Largest number of pairs.
    pub(super) fn history(&self) -> usize {
        self.slots - 1
    }

    pub(super) fn forget(&mut self) {
        self.order.clear();
        self.unsettled = false;
    }

    /// Stores the pair with the given entries, unless its curvature is too small to be reliable.
    pub(super) fn push(&mut self, step: impl Fn(usize) -> T, change: impl Fn(usize) -> T) {
        self.settle();
        let free = (0..self.slots).find(|slot| !self.order.contains(slot));
        let Some(slot) = free else {
            unreachable!("one slot more than pairs is there");
        };
        for first in (0..self.length).step_by(BLOCK) {
            let at = self.place(first / BLOCK, slot);
            for i in first..self.length.min(first + BLOCK) {
                self.steps[at + i - first] = step(i);
                self.changes[at + i - first] = change(i);
            }
        }
        let (mut curvature, mut squares) = (0.0, [0.0; 2]);
        for block in 0..self.blocks() {
            let (s, y) = self.block(block, slot);
            curvature += dot(s, y);
            squares = [squares[0] + dot(s, s), squares[1] + dot(y, y)];
        }
        let least = MIN_CURVATURE * squares[0].sqrt() * squares[1].sqrt();
        if !(curvature > least && curvature.recip().is_finite()) {
            return;
        }
        if self.order.len() + 1 == self.slots {
            self.order.remove(0);
        }
        self.order.push(slot);
        self.step_change[slot * self.slots + slot] = curvature;
        self.change_change[slot * self.slots + slot] = squares[1];
        self.unsettled = true;
    }

    /// Step and change of every pair, oldest first.
    pub(super) fn vectors(&self) -> impl Iterator<Item = [Vec<T>; 2]> {
        self.order.iter().map(|slot| {
            let mut vectors = [Vec::new(), Vec::new()];
            for block in 0..self.blocks() {
                let (s, y) = self.block(block, *slot);
                let rest = (self.length - block * BLOCK).min(BLOCK);
                vectors[0].extend_from_slice(&s[..rest]);
                vectors[1].extend_from_slice(&y[..rest]);
            }
            vectors
        })
    }

    /// Computes direction ← −H·gradient, the steepest descent without memory. The number of threads does not change it.
    pub(super) fn descend(
        &mut self,
        gradient: &[T],
        direction: &mut [f64],
        pool: Option<&ThreadPool>,
    ) {
        for (d, g) in direction.iter_mut().zip(gradient) {
            *d = -g.to_f64();
        }
        let Some(newest) = self.order.last().copied() else {
            return;
        };
        for (to, from) in self.work.gradient.iter_mut().zip(gradient) {
            *to = from.to_f64();
        }
        self.sweep(newest, pool);
        let initial = self.recursion(newest);
        let pairs = &*self;
        each(pool, direction, BLOCK, |block, part| {
            dispatch(Combine {
                pairs,
                block,
                initial,
                part,
            });
        });
    }

    fn blocks(&self) -> usize {
        self.length.div_ceil(BLOCK)
    }

    /// Start of a slot's part of a block.
    fn place(&self, block: usize, slot: usize) -> usize {
        (block * self.slots + slot) * BLOCK
    }

    fn block(&self, block: usize, slot: usize) -> (&[T], &[T]) {
        let range = self.place(block, slot)..self.place(block, slot) + BLOCK;
        (&self.steps[range.clone()], &self.changes[range])
    }

    /// Stores the products of the newest change with older pairs.
    fn settle(&mut self) {
        if let (true, Some(newest)) = (self.unsettled, self.order.last().copied()) {
            self.work.gradient.fill(0.0);
            self.sweep(newest, None);
        }
    }

    /// Computes the products of all pairs with the gradient in the buffer, and those of the newest change.
    fn sweep(&mut self, newest: usize, pool: Option<&ThreadPool>) {
        for block in 0..self.blocks() {
            let at = self.place(block, newest);
            let from = &self.changes[at..at + BLOCK];
            let to = &mut self.work.newest[block * BLOCK..][..BLOCK];
            for (to, from) in to.iter_mut().zip(from) {
                *to = from.to_f64();
            }
        }
        let mut partial = std::mem::take(&mut self.work.partial);
        let pairs = &*self;
        each(pool, &mut partial, self.slots, |block, part| {
            dispatch(Products { pairs, block, part });
        });
        let mut products = std::mem::take(&mut self.work.products);
        products.fill([0.0; 4]);
        for part in partial.chunks_exact(self.slots) {
            for (sums, part) in products.iter_mut().zip(part) {
                for (sum, part) in sums.iter_mut().zip(part) {
                    *sum += part;
                }
            }
        }
        if self.unsettled {
            for slot in self.order.iter().copied().filter(|slot| *slot != newest) {
                let [_, _, step, change] = products[slot];
                self.step_change[slot * self.slots + newest] = step;
                self.change_change[slot * self.slots + newest] = change;
                self.change_change[newest * self.slots + slot] = change;
            }
            self.unsettled = false;
        }
        (self.work.partial, self.work.products) = (partial, products);
    }

    /// Runs algorithm 7.4 on products: fills the factors of all pairs in the direction and returns that of −g, the
    /// initial scaling (Nocedal & Wright, eq. 7.20).
    fn recursion(&mut self, newest: usize) -> f64 {
        let (order, slots) = (&self.order, self.slots);
        let Work {
            products,
            alphas,
            factors,
            ..
        } = &mut self.work;
        let step_change = |i: usize, j: usize| self.step_change[i * slots + j];
        let change_change = |i: usize, j: usize| self.change_change[i * slots + j];
        for (age, i) in order.iter().copied().enumerate().rev() {
            let newer = order[age + 1..].iter().copied();
            let sum: f64 = newer.map(|j| alphas[j] * step_change(i, j)).sum();
            alphas[i] = (-products[i][0] - sum) / step_change(i, i);
        }
        let initial = step_change(newest, newest) / change_change(newest, newest);
        for (age, i) in order.iter().copied().enumerate() {
            let all = order.iter().copied();
            let changes: f64 = all.map(|j| alphas[j] * change_change(i, j)).sum();
            let older = order[..age].iter().copied();
            let steps: f64 = older.map(|j| factors[j][0] * step_change(j, i)).sum();
            let beta = (initial * (-products[i][1] - changes) + steps) / step_change(i, i);
            factors[i] = [alphas[i] - beta, -initial * alphas[i]];
        }
        initial
    }
}

/// Runs a function on every part of a slice, and the part's number.
fn each<A: Send>(
    pool: Option<&ThreadPool>,
    all: &mut [A],
    length: usize,
    run: impl Fn(usize, &mut [A]) + Sync,
) {
    match pool {
        Some(pool) => pool.install(|| {
            let parts = all.par_chunks_mut(length).enumerate();
            parts.for_each(|(number, part)| run(number, part));
        }),
        None => {
            let parts = all.chunks_mut(length).enumerate();
            parts.for_each(|(number, part)| run(number, part));
        }
    }
}

/// Products of one block.
struct Products<'a, T> {
    pairs: &'a Pairs<T>,
    block: usize,
    part: &'a mut [[f64; 4]],
}

impl<T: Real> Operation<f64> for Products<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = f64>>(self) {
        let range = self.block * BLOCK..(self.block + 1) * BLOCK;
        let (g, _) = self.pairs.work.gradient[range.clone()].as_chunks::<LANES>();
        let (new, _) = self.pairs.work.newest[range].as_chunks::<LANES>();
        for slot in &self.pairs.order {
            let (s, y) = self.pairs.block(self.block, *slot);
            let (s, y) = (s.as_chunks::<LANES>().0, y.as_chunks::<LANES>().0);
            let mut sums = [[0.0; LANES]; 4];
            for (((s, y), g), new) in s.iter().zip(y).zip(g).zip(new) {
                for lane in 0..LANES {
                    let (s, y) = (s[lane].to_f64(), y[lane].to_f64());
                    sums[0][lane] += s * g[lane];
                    sums[1][lane] += y * g[lane];
                    sums[2][lane] += s * new[lane];
                    sums[3][lane] += y * new[lane];
                }
            }
            self.part[*slot] = sums.map(|lanes| lanes.iter().sum());
        }
    }
}

/// Direction of one block.
struct Combine<'a, T> {
    pairs: &'a Pairs<T>,
    block: usize,
    /// Factor of the negative gradient, which is in `part`.
    initial: f64,
    part: &'a mut [f64],
}

impl<T: Real> Operation<f64> for Combine<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = f64>>(self) {
        let mut sums = [0.0; BLOCK];
        for (sum, d) in sums.iter_mut().zip(&*self.part) {
            *sum = self.initial * d;
        }
        for slot in &self.pairs.order {
            let (s, y) = self.pairs.block(self.block, *slot);
            let [of_step, of_change] = self.pairs.work.factors[*slot];
            for ((sum, s), y) in sums.iter_mut().zip(s).zip(y) {
                *sum += of_step * s.to_f64() + of_change * y.to_f64();
            }
        }
        let length = self.part.len();
        self.part.copy_from_slice(&sums[..length]);
    }
}

#[cfg(test)]
mod tests;
