//! Independent uniform points.

use super::Sampler;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Sampler that draws every coordinate of every point independently and uniformly.
#[derive(Copy, Clone, Debug)]
pub struct Uniform;

impl Sampler for Uniform {
    fn fill(&self, seed: u64, _: usize, _: usize, points: &mut [f64]) {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        for x in points {
            *x = random.random();
        }
    }
}
