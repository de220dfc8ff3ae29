//! Samplers of points that follow the residuals: a dense set of candidates is drawn, and those with large
//! residuals are taken (Wu, Zhu, Tan, Kartha & Lu, *A comprehensive study of non-adaptive and residual-based
//! adaptive sampling for physics-informed neural networks*, Comput. Methods Appl. Mech. Eng. 403, 2023).

mod density;
mod distribution;
mod importance;
mod refinement;

use density::{density, inclusion, systematic};
use distribution::ResidualDistribution;
use importance::Importance;
use refinement::ResidualRefinement;

use crate::sampling::settings::{AdaptiveMethod, AdaptiveSettings};
use pinn_expr::Real;
use pinn_units::{Batch, IsNondimensional};

/// Method of choosing the points of one task, the equations or a condition, among candidates.
pub trait AdaptiveSampler: Send + Sync {
    /// Chooses candidates.
    ///
    /// `residuals` holds the size of the residual at every candidate ([`magnitudes`]), in an order in which
    /// neighbours in the list are neighbours in the domain. Equal arguments give equal choices.
    fn choose(&self, residuals: &[f64], rows: Rows, seed: u64) -> Choice;
}

/// Numbers of points of a task.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Rows {
    /// Number at the start of the run.
    pub first: usize,
    /// Present number.
    pub present: usize,
}

/// Choice of points of a task.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Choice {
    /// True if the points in use stay and the chosen ones are added to them.
    pub keep: bool,
    /// Chosen candidates, in ascending order.
    pub rows: Vec<usize>,
    /// Weight of each chosen candidate in the optimised loss; if empty, all are one.
    pub weights: Vec<f64>,
}

/// Sampler of the method in the settings.
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

/// Sum of |r| over the residuals of a task, for every point.
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
