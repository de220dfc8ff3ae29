//! Forward pass.

use super::{DENSE, Part, Room, add_product, counts, inner, nth, product, sparse, spread, streams};
use crate::fused::norm::memory::ValuesMut;
use crate::fused::norm::{Forward, TILE, roots};
use crate::simd::{Element, Vector};

impl<T: Element> Forward<'_, T> {
    #[inline(always)]
    pub(in crate::fused::norm) fn by_vectors<V: Vector<Element = T>, const S: usize>(&mut self) {
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
