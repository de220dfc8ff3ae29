//! Residual-based adaptive distribution.

use super::{AdaptiveSampler, Choice, Rows, density, inclusion, systematic};

/// RAD sampler: all points are resampled by the density |r|ᵏ / mean |r|ᵏ + c (Wu et al. 2023, algorithm 2).
#[derive(Copy, Clone, Debug)]
pub struct ResidualDistribution {
    /// Exponent k of the density.
    pub power: f64,
    /// Offset c of the density.
    pub offset: f64,
}

impl AdaptiveSampler for ResidualDistribution {
    fn choose(&self, residuals: &[f64], rows: Rows, seed: u64) -> Choice {
        let density = density(residuals, self.power, self.offset);
        Choice {
            keep: false,
            rows: systematic(&inclusion(&density, rows.first), seed),
            weights: Vec::new(),
        }
    }
}
