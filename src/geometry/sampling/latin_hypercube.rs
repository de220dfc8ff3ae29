//! Latin hypercube sampling.

use super::Sampler;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Latin hypercube sampler: each coordinate is cut into as many slices as there are points, and every slice
/// holds one point, placed uniformly in it (McKay, Beckman & Conover, Technometrics 21, 1979).
#[derive(Copy, Clone, Debug)]
pub struct LatinHypercube;

impl Sampler for LatinHypercube {
    fn fill(&self, seed: u64, _: usize, rows: usize, points: &mut [f64]) {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        for column in points.chunks_exact_mut(rows.max(1)) {
            for (slice, x) in column.iter_mut().enumerate() {
                *x = slice as f64;
            }
            column.shuffle(&mut random);
            for x in column {
                let within: f64 = random.random();
                // Rounding must not move a point over the end of its slice.
                *x = ((*x + within) / rows as f64).min((*x + 1.0).next_down() / rows as f64);
            }
        }
    }
}
