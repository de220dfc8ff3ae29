//! Norms of hidden layers, as data and as plain functions.
//!
//! A network of a physics-informed solution is a function of one point: its derivatives by the coordinates are
//! those of a field. A norm keeps that only if its statistics are of the features of *one* point
//! ([`Pointwise`]). Statistics over a batch of points make the output at one point depend on all others,
//! ∂u_i/∂x_j ≠ 0, and then the derivative that a residual reads is not the derivative of the field:
//! [`BatchNorm`] and [`InstanceNorm`] are for inputs that are batches or sampled functions, and have no place in
//! a pointwise network unless their statistics are frozen ([`FrozenBatchNorm`]).
//!
//! The engines run the pointwise ones on jets; here every norm is a function on a matrix with its Jacobian.

mod batch;
mod features;
mod placement;
#[cfg(test)]
mod tests;

pub use batch::{BatchNorm, FrozenBatchNorm, InstanceNorm};
pub use features::{GroupNorm, LayerNorm, RmsNorm};
pub use placement::{Frozen, Layers, NormLayers, Place, PointwiseNorm, UnitStatistics};

use nalgebra::DMatrix;

/// Normalization of a matrix with one sample (or point) per row and one unit per column.
///
/// ```
/// use nalgebra::DMatrix;
/// use pinn_norm::layer::{LayerNorm, Norm};
///
/// let values = DMatrix::from_row_slice(2, 2, &[1.0, 3.0, 10.0, 30.0]);
/// let normalized = LayerNorm { epsilon: 0.0 }.apply(&values);
/// assert_eq!(normalized, DMatrix::from_row_slice(2, 2, &[-1.0, 1.0, -1.0, 1.0]));
/// ```
pub trait Norm {
    /// Normalized matrix, of the same shape, without learnable gain and bias.
    fn apply(&self, values: &DMatrix<f64>) -> DMatrix<f64>;

    /// Jacobian of [`Norm::apply`]: entry (i + k·rows, j + l·rows) is ∂y[i, k]/∂x[j, l].
    fn jacobian(&self, values: &DMatrix<f64>) -> DMatrix<f64>;
}

/// Norm whose output at a point depends on that point alone: ∂y[i, k]/∂x[j, l] = 0 for i ≠ j, exactly.
#[diagnostic::on_unimplemented(
    message = "`{Self}` couples points: its statistics are over all of them, so that ∂u_i/∂x_j ≠ 0 for two points i ≠ j",
    label = "the derivatives in a residual would not be those of the field",
    note = "normalise the features of each point instead (`LayerNorm`, `RmsNorm`, `GroupNorm`), or freeze the statistics (`FrozenBatchNorm`)"
)]
pub trait Pointwise: Norm {
    /// Data from which engines run the norm.
    fn kind(&self) -> PointwiseNorm;

    /// Number added to the mean square.
    fn epsilon(&self) -> f64;
}

/// Number added to a mean square before its root is taken.
///
/// It is larger than elsewhere: near the zero of a linear layer without bias, LN(W·x) turns from −1 to 1
/// within a distance of √ε/|W|, and its n-th derivative grows like ε^(−n/2). With one coordinate and ε = 0 it
/// is sign(x).
pub const EPSILON: f64 = 1e-3;

/// (x − mean) / √(variance + ε) of some entries; `centred` = false leaves out the mean.
fn normalise(entries: &[f64], centred: bool, epsilon: f64) -> (Vec<f64>, f64) {
    let n = entries.len() as f64;
    let mean = match centred {
        true => entries.iter().sum::<f64>() / n,
        false => 0.0,
    };
    let square = entries.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    let factor = (square + epsilon).sqrt().recip();
    (
        entries.iter().map(|x| (x - mean) * factor).collect(),
        factor,
    )
}

/// ∂y_a/∂x_b of [`normalise`]: s·(δ_ab − 1/n − y_a·y_b/n), the 1/n only where it is centred.
fn derivative(y: &[f64], factor: f64, centred: bool, (a, b): (usize, usize)) -> f64 {
    let n = y.len() as f64;
    let own = if a == b { 1.0 } else { 0.0 };
    let mean = if centred { 1.0 / n } else { 0.0 };
    factor * (own - mean - y[a] * y[b] / n)
}

/// Applies [`normalise`] to disjoint sets of entries that cover the matrix.
struct Partition<'a> {
    /// Entries (row, column) of each set.
    sets: Vec<Vec<(usize, usize)>>,
    values: &'a DMatrix<f64>,
    centred: bool,
    epsilon: f64,
}

impl Partition<'_> {
    fn each(&self, mut visit: impl FnMut(&[(usize, usize)], &[f64], f64)) {
        for set in &self.sets {
            let entries: Vec<f64> = set.iter().map(|at| self.values[*at]).collect();
            let (y, factor) = normalise(&entries, self.centred, self.epsilon);
            visit(set, &y, factor);
        }
    }

    fn apply(&self) -> DMatrix<f64> {
        let mut result = DMatrix::zeros(self.values.nrows(), self.values.ncols());
        self.each(|set, y, _| {
            for (at, y) in set.iter().zip(y) {
                result[*at] = *y;
            }
        });
        result
    }

    fn jacobian(&self) -> DMatrix<f64> {
        let rows = self.values.nrows();
        let mut result = DMatrix::zeros(self.values.len(), self.values.len());
        self.each(|set, y, factor| {
            for (a, (i, k)) in set.iter().enumerate() {
                for (b, (j, l)) in set.iter().enumerate() {
                    result[(i + k * rows, j + l * rows)] =
                        derivative(y, factor, self.centred, (a, b));
                }
            }
        });
        result
    }
}
