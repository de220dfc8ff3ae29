//! Statistics over samples, or over the places of a sampled function.

use super::{Frozen, Norm, Partition, Pointwise, PointwiseNorm, UnitStatistics};
use nalgebra::DMatrix;

/// Norm of every unit over all samples of the batch, as in training (Ioffe & Szegedy, *Batch normalization*,
/// ICML 2015, algorithm 1). Couples samples.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct BatchNorm {
    /// Number added to the variance.
    pub epsilon: f64,
}

/// Norm of every channel of every sample over its places (Ulyanov, Vedaldi & Lempitsky 2016, *Instance
/// normalization*, eq. 2).
///
/// Columns hold the places of the first channel, then those of the second, …; their number must be a multiple
/// of `channels`. Couples places, but not samples.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct InstanceNorm {
    /// Number of channels.
    pub channels: usize,
    /// Number added to the variance.
    pub epsilon: f64,
}

/// Batch norm with given statistics, as after training: an affine map of each unit by itself.
#[derive(Clone, PartialEq, Debug)]
pub struct FrozenBatchNorm {
    /// Mean and variance of each unit.
    pub statistics: UnitStatistics,
    /// Number added to the variance.
    pub epsilon: f64,
}

impl BatchNorm {
    fn partition<'a>(&self, values: &'a DMatrix<f64>) -> Partition<'a> {
        let (rows, columns) = values.shape();
        let sets = (0..columns).map(|column| (0..rows).map(|row| (row, column)).collect());
        Partition {
            sets: sets.collect(),
            values,
            centred: true,
            epsilon: self.epsilon,
        }
    }

    /// Freezes the statistics of this batch.
    pub fn freeze(&self, values: &DMatrix<f64>) -> FrozenBatchNorm {
        FrozenBatchNorm {
            statistics: UnitStatistics::of(values),
            epsilon: self.epsilon,
        }
    }
}

impl Norm for BatchNorm {
    fn apply(&self, values: &DMatrix<f64>) -> DMatrix<f64> {
        self.partition(values).apply()
    }

    fn jacobian(&self, values: &DMatrix<f64>) -> DMatrix<f64> {
        self.partition(values).jacobian()
    }
}

impl InstanceNorm {
    fn partition<'a>(&self, values: &'a DMatrix<f64>) -> Partition<'a> {
        let (rows, columns) = values.shape();
        let places = (columns / self.channels.max(1)).max(1);
        let mut sets = Vec::new();
        for row in 0..rows {
            for start in (0..columns).step_by(places) {
                let end = columns.min(start + places);
                sets.push((start..end).map(|column| (row, column)).collect());
            }
        }
        Partition {
            sets,
            values,
            centred: true,
            epsilon: self.epsilon,
        }
    }
}

impl Norm for InstanceNorm {
    fn apply(&self, values: &DMatrix<f64>) -> DMatrix<f64> {
        self.partition(values).apply()
    }

    fn jacobian(&self, values: &DMatrix<f64>) -> DMatrix<f64> {
        self.partition(values).jacobian()
    }
}

impl FrozenBatchNorm {
    fn factor(&self, unit: usize) -> f64 {
        (self.statistics.variance[unit] + self.epsilon)
            .sqrt()
            .recip()
    }
}

impl Norm for FrozenBatchNorm {
    fn apply(&self, values: &DMatrix<f64>) -> DMatrix<f64> {
        DMatrix::from_fn(values.nrows(), values.ncols(), |row, unit| {
            (values[(row, unit)] - self.statistics.mean[unit]) * self.factor(unit)
        })
    }

    fn jacobian(&self, values: &DMatrix<f64>) -> DMatrix<f64> {
        let rows = values.nrows();
        DMatrix::from_fn(values.len(), values.len(), |a, b| match a == b {
            true => self.factor(a / rows),
            false => 0.0,
        })
    }
}

impl Pointwise for FrozenBatchNorm {
    fn kind(&self) -> PointwiseNorm {
        PointwiseNorm::Batch {
            frozen: Frozen::Given(vec![self.statistics.clone()]),
        }
    }

    fn epsilon(&self) -> f64 {
        self.epsilon
    }
}
