//! Residual-based adaptive refinement.

use super::{AdaptiveSampler, Choice, Rows, density, inclusion, systematic};

/// RAR-D sampler: the points stay, and others are added by the density |r|ᵏ / mean |r|ᵏ + c (Wu et al. 2023,
/// algorithm 3), until there are `limit` times the initial number.
#[derive(Copy, Clone, Debug)]
pub struct ResidualRefinement {
    /// Exponent k of the density.
    pub power: f64,
    /// Offset c of the density.
    pub offset: f64,
    /// Number of points added at once, relative to the initial one; at least one is added.
    pub growth: f64,
    /// Maximum number of points, as a multiple of the initial one.
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
