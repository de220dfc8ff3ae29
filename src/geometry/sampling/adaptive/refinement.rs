//! Residual-based adaptive refinement.

use super::{AdaptiveSampler, Choice, Rows, density, inclusion, systematic};

/// RAR-D: the points stay, and others come to them by the density |r|ᵏ / mean |r|ᵏ + c (Wu et al. 2023,
/// algorithm 3), until there are `limit` times as many as at first.
#[derive(Copy, Clone, Debug)]
pub struct ResidualRefinement {
    /// k
    pub power: f64,
    /// c
    pub offset: f64,
    /// Points that come at once, as a part of those at first; at least one comes.
    pub growth: f64,
    pub limit: f64,
}

impl AdaptiveSampler for ResidualRefinement {
    fn choose(&self, residuals: &[f64], rows: Rows, seed: u64) -> Choice {
        let part = |factor: f64| (factor * rows.first as f64).round() as usize;
        let room = part(self.limit).saturating_sub(rows.present);
        let more = part(self.growth).max(1).min(room);
        let density = density(residuals, self.power, self.offset);
        Choice {
            keep: true,
            rows: systematic(&inclusion(&density, more), seed),
            weights: Vec::new(),
        }
    }
}
