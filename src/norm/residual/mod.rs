//! Normalization of the residuals of several equations against each other.
//!
//! Everything here takes *nondimensional* residuals. A pressure and a temperature rate have no common size,
//! so a statistic over both is meaningless, and it does not compile. Statistics are detached (constants to
//! the gradient) and never centred: subtracting the mean of residuals would drive them to be equal instead of
//! zero. Weights of single points are in [`points`](super::points).

mod balance;
mod frozen_rms;
mod layer_norm;
mod unweighted;

pub use balance::Balance;
pub use frozen_rms::FrozenRms;
pub use layer_norm::layer_norm;
pub use unweighted::Unweighted;

use pinn_expr::Real;
use pinn_units::{Batch, IsNondimensional};

/// Largest ratio between two weights.
pub const MAX_RATIO: f64 = 1e4;
/// Steps between two updates of a running mean.
pub const EVERY: usize = 100;
/// Share of its old value that a running mean keeps at each update.
pub const KEPT: f64 = 0.9;

/// Weights of the losses (mean squares of dimensionless residuals) of one training.
///
/// Losses are numbered as in the engine. Weights are positive, at most [`MAX_RATIO`] apart, and sum to the
/// number of losses.
///
/// ```
/// use pinn_norm::residual::{Balance, Observation, ResidualNorm, Statistic};
///
/// let mut norm = Balance::new(Statistic::GradientNorm, 2);
/// assert_eq!(norm.demand(0), Some(Statistic::GradientNorm));
/// norm.observe(&Observation::by_engine(vec![1.0, 3.0]));
/// assert_eq!(norm.weights(), [1.5, 0.5]);
/// assert_eq!(norm.demand(1), None);
/// ```
pub trait ResidualNorm: Send {
    /// Statistic to be observed before step `step` (counted from 0) is taken; `None` if the weights stay.
    fn demand(&self, step: usize) -> Option<Statistic>;

    /// Takes the statistic that [`ResidualNorm::demand`] asked for.
    fn observe(&mut self, observation: &Observation);

    /// Weights, one per loss.
    fn weights(&self) -> &[f64];

    /// State to be saved in checkpoints; always of the same length.
    fn state(&self) -> Vec<f64> {
        self.weights().to_vec()
    }

    /// Restores a state that [`ResidualNorm::state`] returned.
    fn restore(&mut self, state: &[f64]);
}

/// Statistic of residuals that weights may be made from.
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

/// Statistic of nondimensional residuals: one number per loss.
#[derive(Clone, PartialEq, Debug)]
pub struct Observation {
    pub(crate) values: Vec<f64>,
}

impl Observation {
    /// Computes the mean squares of the residuals of all tasks, in order.
    pub fn mean_squares<T: Real, St: IsNondimensional>(tasks: &[Batch<T, St>]) -> Self {
        Observation {
            values: tasks.iter().flat_map(mean_squares).collect(),
        }
    }

    /// Wraps a statistic that an engine computed of its residuals, which are nondimensional by its type.
    pub fn by_engine(values: Vec<f64>) -> Self {
        Observation { values }
    }

    /// Values of the statistic, one per loss.
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
