//! Points that follow the residuals: a dense set of candidates is drawn, and those are taken whose residuals are
//! large (Wu, Zhu, Tan, Kartha & Lu, *A comprehensive study of non-adaptive and residual-based adaptive sampling for
//! physics-informed neural networks*, Comput. Methods Appl. Mech. Eng. 403, 2023).

mod density;
mod distribution;
mod importance;
mod refinement;

pub use density::{density, inclusion, systematic};
pub use distribution::ResidualDistribution;
pub use importance::Importance;
pub use refinement::ResidualRefinement;

use crate::sampling::settings::{AdaptiveMethod, AdaptiveSettings};
use pinn_expr::Real;
use pinn_units::{Batch, IsNondimensional};

/// Chooses the points of one task, the equations or a condition, among candidates.
pub trait AdaptiveSampler: Send + Sync {
    /// `residuals` holds the size of the residual at every candidate ([`magnitudes`]), in an order in which
    /// neighbours in the list are neighbours in the domain. The same arguments give the same choice.
    fn choose(&self, residuals: &[f64], rows: Rows, seed: u64) -> Choice;
}

/// How many points a task has.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Rows {
    /// At the start of the run.
    pub first: usize,
    /// Now.
    pub present: usize,
}

/// What becomes of the points of a task.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Choice {
    /// The points in use stay, and the chosen ones come to them.
    pub keep: bool,
    /// Chosen candidates, in ascending order.
    pub rows: Vec<usize>,
    /// Weight of each chosen candidate in the optimised loss; empty: all are one.
    pub weights: Vec<f64>,
}

/// The sampler that the settings name.
pub fn adaptive_sampler(settings: &AdaptiveSettings) -> Box<dyn AdaptiveSampler> {
    let AdaptiveSettings { power, offset, .. } = *settings;
    match settings.method {
        AdaptiveMethod::Rad => Box::new(ResidualDistribution { power, offset }),
        AdaptiveMethod::RarD { growth, limit } => Box::new(ResidualRefinement {
            power,
            offset,
            growth,
            limit,
        }),
        AdaptiveMethod::Importance => Box::new(Importance { power, offset }),
    }
}

/// Σ |r| over the residuals of a task, for every point.
pub fn magnitudes<T: Real, St: IsNondimensional>(residuals: &Batch<T, St>) -> Vec<f64> {
    let mut sums = vec![0.0; residuals.rows()];
    for r in 0..residuals.residuals() {
        for (sum, x) in sums.iter_mut().zip(residuals.column(r)) {
            *sum += x.to_f64().abs();
        }
    }
    sums
}

#[cfg(test)]
mod tests;
