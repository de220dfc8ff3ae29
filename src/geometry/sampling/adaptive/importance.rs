//! Importance sampling.

use super::{AdaptiveSampler, Choice, Rows, density, inclusion, systematic};

/// Importance sampler: points are drawn as by [`ResidualDistribution`](super::ResidualDistribution) and
/// weighted by the reciprocal of their density.
///
/// Weighted means over them estimate means over the domain without bias (Nabian, Gladstone & Meidani,
/// *Efficient training of physics-informed neural networks via importance sampling*, Comput.-Aided Civ.
/// Infrastruct. Eng. 36, 2021, with the density of Wu et al. 2023). No weight exceeds 1 + 1/c.
#[derive(Copy, Clone, Debug)]
pub struct Importance {
    /// Exponent k of the density.
    pub power: f64,
    /// Offset c of the density.
    pub offset: f64,
}

impl AdaptiveSampler for Importance {
    fn choose(&self, residuals: &[f64], rows: Rows, seed: u64) -> Choice {
        let density = density(residuals, self.power, self.offset);
        let inclusion = inclusion(&density, rows.first);
        let rows = systematic(&inclusion, seed);
        // Horvitz & Thompson's estimator of the mean over the candidates.
        let even = rows.len() as f64 / residuals.len().max(1) as f64;
        Choice {
            keep: false,
            weights: rows.iter().map(|i| even / inclusion[*i]).collect(),
            rows,
        }
    }
}
