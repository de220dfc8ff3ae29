//! Gradients by the input of a norm, and by gains and biases.

use super::{DENSE, Part, Room, add_product, counts, inner, nth, product, sparse, spread, streams};
use crate::fused::norm::{Backward, TILE};
use crate::simd::{Element, Vector};

impl<T: Element> Backward<'_, T> {
    #[inline(always)]
    pub(in crate::fused::norm) fn by_vectors<V: Vector<Element = T>, const S: usize>(&mut self) {
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

    /// Adds the gradients by γ and β, and computes ⟨g⟩ and s̄.
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
                // Factors of s₀ and of c₀, and the rest of ȳ·(M·c).
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

    /// Computes M, A and κ′; the entries of A that belong to the value overwrite v̄.
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
