//! Statistics over samples, or over the places of a sampled function.

use super::{Frozen, Norm, Partition, Pointwise, PointwiseNorm, UnitStatistics};
use nalgebra::DMatrix;

/// Every unit over all samples of the batch, as in training (Ioffe & Szegedy, *Batch normalization*, ICML 2015,
/// algorithm 1). Couples samples.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct BatchNorm {
    pub epsilon: f64,
}

/// Every channel of every sample over its places (Ulyanov, Vedaldi & Lempitsky 2016, *Instance normalization*,
/// eq. 2). Columns hold the places of the first channel, then those of the second, …; their number must be a
/// multiple of `channels`. Leaves samples apart and couples places.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct InstanceNorm {
    pub channels: usize,
    pub epsilon: f64,
}

/// Batch norm with given statistics, as after training: an affine map of each unit by itself.
#[derive(Clone, PartialEq, Debug)]
pub struct FrozenBatchNorm {
    pub statistics: UnitStatistics,
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

    /// With the statistics of this batch from now on.
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
