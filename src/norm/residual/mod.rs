//! Normalising residuals of several equations against each other.
//!
//! Everything here takes *nondimensional* residuals: a pressure and a temperature rate have no common size,
//! so a statistic over both is meaningless, and it does not compile. Statistics are detached (they are
//! constants to the gradient) and never centred: subtracting the mean of residuals would drive them to be
//! equal instead of zero. What weighs single points is in [`points`](super::points).

mod frozen_rms;
mod grad_norm;
mod layer_norm;
mod ntk_trace;
mod running;
mod unweighted;

pub use frozen_rms::FrozenRms;
pub use grad_norm::GradNorm;
pub use layer_norm::layer_norm;
pub use ntk_trace::NtkTrace;
pub use unweighted::Unweighted;

use pinn_expr::Real;
use pinn_units::{Batch, IsNondimensional};

/// Largest ratio between two weights.
pub const MAX_RATIO: f64 = 1e4;
/// Steps between two refreshments of a running mean.
pub const EVERY: usize = 100;
/// What a running mean keeps of itself at each.
pub const KEPT: f64 = 0.9;

/// Weighs the losses (mean squares of dimensionless residuals) of one training against each other.
///
/// Losses are numbered as an engine numbers them. Weights are positive, at most [`MAX_RATIO`] apart, and sum
/// to the number of losses.
pub trait ResidualNorm: Send {
    /// What must be observed before step `step` (counted from 0) is taken; `None` if the weights stay.
    fn demand(&self, step: usize) -> Option<Statistic>;

    /// Takes the statistic asked for.
    fn observe(&mut self, observation: &Observation);

    /// One factor per loss.
    fn weights(&self) -> &[f64];

    /// Everything that it remembers; always of the same length.
    fn state(&self) -> Vec<f64> {
        self.weights().to_vec()
    }

    /// Puts back what [`ResidualNorm::state`] returned.
    fn restore(&mut self, state: &[f64]);
}

/// A property of residuals that weights may be made from.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Statistic {
    /// Mean square of every residual over its points.
    MeanSquare,
    /// Euclidean norm of the gradient of every loss by the parameters.
    GradientNorm,
    /// Mean over the points of the squared norm of every residual's gradient by the parameters: the trace of its
    /// block of the neural tangent kernel, per point.
    NtkTrace,
}

/// A statistic that was taken of nondimensional residuals: one number per loss.
#[derive(Clone, PartialEq, Debug)]
pub struct Observation {
    pub(crate) values: Vec<f64>,
}

impl Observation {
    /// Mean squares of the residuals of all tasks, in order.
    pub fn mean_squares<T: Real, St: IsNondimensional>(tasks: &[Batch<T, St>]) -> Self {
        Observation {
            values: tasks.iter().flat_map(mean_squares).collect(),
        }
    }

    /// What an engine computed of its residuals, which are nondimensional by its type.
    pub fn by_engine(values: Vec<f64>) -> Self {
        Observation { values }
    }

    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

/// Mean over rows of the square of every residual, summed in f64.
pub fn mean_squares<T: Real, St: IsNondimensional>(residuals: &Batch<T, St>) -> Vec<f64> {
    let mean = |r| {
        let column: &[T] = residuals.column(r);
        let sum: f64 = column.iter().map(|x| x.to_f64() * x.to_f64()).sum();
        sum / column.len().max(1) as f64
    };
    (0..residuals.residuals()).map(mean).collect()
}

/// Positive weights from raw ones: clipped to [`MAX_RATIO`] times the smallest, then scaled so that they sum
/// to their number. Infinite ones count as largest; all are one if none is finite and positive.
fn balanced(raw: &[f64]) -> Vec<f64> {
    let usable = raw.iter().copied().filter(|w| w.is_finite() && *w > 0.0);
    let smallest = usable.fold(f64::INFINITY, f64::min);
    if smallest.is_infinite() {
        return vec![1.0; raw.len()];
    }
    let clipped = raw.iter().map(|w| {
        let ratio = w / smallest;
        // Also catches infinity and 0/0 of a residual that vanishes identically.
        if ratio < MAX_RATIO {
            ratio.max(1.0)
        } else {
            MAX_RATIO
        }
    });
    let clipped: Vec<f64> = clipped.collect();
    let factor = raw.len() as f64 / clipped.iter().sum::<f64>();
    clipped.iter().map(|w| w * factor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        // The suite for weights, whichever norm makes them.
        #[test]
        fn balanced_weights_keep_their_promises(raw in prop::collection::vec(
            prop_oneof![-1.0f64..1e12, Just(0.0), Just(f64::INFINITY), Just(f64::NAN), 1e-300f64..1e-200], 1..8)
        ) {
            let weights = balanced(&raw);
            let (low, high) = weights.iter().fold((f64::INFINITY, 0.0f64), |(l, h), w| (l.min(*w), h.max(*w)));
            prop_assert!(low > 0.0 && high <= low * MAX_RATIO * (1.0 + 1e-12), "{weights:?}");
            prop_assert!((weights.iter().sum::<f64>() - raw.len() as f64).abs() < 1e-9);
        }
    }

    #[test]
    fn ratios_within_the_clip_survive() {
        let weights = balanced(&[2.0, 6.0]);
        assert_eq!(weights, [0.5, 1.5]);
    }
}
