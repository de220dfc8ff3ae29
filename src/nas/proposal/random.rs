//! Random proposals.

use super::{Proposer, Seen, TRIES};
use crate::{Configuration, Objectives, Space};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Draws every choice with equal probability.
pub struct Random {
    space: Space,
    random: ChaCha12Rng,
    seen: Seen,
}

impl Random {
    pub fn new(space: &Space, seed: u64) -> Self {
        Random {
            space: space.clone(),
            random: ChaCha12Rng::seed_from_u64(seed),
            seen: Seen::new(),
        }
    }
}

impl Proposer for Random {
    fn propose(&mut self, most: usize) -> Vec<Configuration> {
        let alternatives = self.space.alternatives();
        let mut found = Vec::new();
        let mut tries = TRIES;
        while found.len() < most && tries > 0 {
            tries -= 1;
            let slot = |_| alternatives.map(|n| self.random.random_range(0..n));
            let choices: Vec<[usize; 3]> = (0..self.space.slots()).map(slot).collect();
            if let Some(configuration) = self.space.configuration(&choices)
                && self.seen.is_new(&configuration)
            {
                found.push(configuration);
                tries = TRIES;
            }
        }
        found
    }

    fn tell(&mut self, _: &Configuration, _: Option<Objectives>) {}

    fn batch(&self) -> usize {
        usize::MAX
    }
}
