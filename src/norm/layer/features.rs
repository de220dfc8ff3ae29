//! Statistics over the features of one point.

use super::{Norm, Partition, Pointwise, PointwiseNorm};
use nalgebra::DMatrix;

/// Layer norm (x − mean)/√(variance + ε) over all features (Ba, Kiros & Hinton 2016, *Layer normalization*,
/// eq. 3).
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct LayerNorm {
    /// Number added to the variance.
    pub epsilon: f64,
}

/// Root-mean-square norm x/√(mean square + ε) over all features (Zhang & Sennrich, *Root mean square layer
/// normalization*, NeurIPS 2019, eq. 4).
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct RmsNorm {
    /// Number added to the mean square.
    pub epsilon: f64,
}

/// Group norm: [`LayerNorm`] over each of `groups` equal ranges of features (Wu & He, *Group normalization*,
/// ECCV 2018, eq. 7).
///
/// The *number* of groups is fixed; it must divide the number of features.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct GroupNorm {
    /// Number of groups, a divisor of the number of features.
    pub groups: usize,
    /// Number added to the variance.
    pub epsilon: f64,
}

/// Every row in `groups` ranges; what is left over by an uneven division belongs to the last one.
fn by_rows(values: &DMatrix<f64>, groups: usize, centred: bool, epsilon: f64) -> Partition<'_> {
    let columns = values.ncols();
    let groups = groups.clamp(1, columns.max(1));
    let width = columns / groups;
    let mut sets = Vec::with_capacity(values.nrows() * groups);
    for row in 0..values.nrows() {
        for group in 0..groups {
            let end = if group + 1 == groups {
                columns
            } else {
                (group + 1) * width
            };
            sets.push((group * width..end).map(|column| (row, column)).collect());
        }
    }
    Partition {
        sets,
        values,
        centred,
        epsilon,
    }
}

macro_rules! of_features {
    ($norm:ident, $self:ident: $groups:expr, $centred:expr, $kind:expr) => {
        impl Norm for $norm {
            fn apply(&$self, values: &DMatrix<f64>) -> DMatrix<f64> {
                by_rows(values, $groups, $centred, $self.epsilon).apply()
            }

            fn jacobian(&$self, values: &DMatrix<f64>) -> DMatrix<f64> {
                by_rows(values, $groups, $centred, $self.epsilon).jacobian()
            }
        }

        impl Pointwise for $norm {
            fn kind(&$self) -> PointwiseNorm {
                $kind
            }

            fn epsilon(&$self) -> f64 {
                $self.epsilon
            }
        }
    };
}
of_features!(LayerNorm, self: 1, true, PointwiseNorm::Layer);
of_features!(RmsNorm, self: 1, false, PointwiseNorm::Rms);
of_features!(GroupNorm, self: self.groups, true, PointwiseNorm::Group { groups: self.groups });
