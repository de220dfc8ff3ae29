//! Weights of single points in the optimised loss, made from nondimensional residuals.
//!
//! As for whole [residuals](super::residual), reports, stopping rules and checkpoints use the unweighted
//! loss.

mod attention;
mod causal;
mod layer_norm;
mod self_adaptive;
#[cfg(test)]
mod tests;

pub use attention::Attention;
pub use causal::Causal;
pub use layer_norm::LayerNorm;
pub use self_adaptive::SelfAdaptive;

use pinn_expr::Real;
use pinn_units::{Batch, IsNondimensional};

/// Weights of every residual at every point.
///
/// Tasks (the equations first, then each condition) and their residuals are numbered as in the engine. The
/// weights of a task have the layout of `Points::weights` of `pinn_geometry`.
pub trait PointWeighting: Send {
    /// Starts again with new points.
    fn begin(&mut self, sets: &[PointSet]);

    /// Returns true if residuals must be observed before step `step` (counted from 0).
    fn is_due(&self, step: usize) -> bool;

    /// Takes the residuals of all tasks at the points given to [`PointWeighting::begin`].
    fn observe(&mut self, residuals: &[PointSquares]);

    /// Weights of all tasks, one list each; an empty list stands for ones.
    fn weights(&self) -> &[Vec<f64>];

    /// State to be saved in checkpoints; of the same length for the same points.
    fn state(&self) -> Vec<f64> {
        self.weights().concat()
    }

    /// Restores a state that [`PointWeighting::state`] returned, at the same points.
    fn restore(&mut self, state: &[f64]);
}

/// Description of the points of one task.
#[derive(Clone, PartialEq, Debug)]
pub struct PointSet {
    /// Number of residuals.
    pub residuals: usize,
    /// Number of points.
    pub rows: usize,
    /// Time of each row, from the first instant (0) to the last (1). Present for the equations of
    /// time-dependent problems.
    pub times: Option<Vec<f64>>,
}

/// Squares of the nondimensional residuals of one task.
#[derive(Clone, PartialEq, Debug)]
pub struct PointSquares {
    rows: usize,
    squares: Vec<f64>,
}

impl PointSquares {
    /// Squares the residuals of a task.
    pub fn of<T: Real, St: IsNondimensional>(residuals: &Batch<T, St>) -> Self {
        let columns = (0..residuals.residuals()).flat_map(|r| residuals.column(r));
        PointSquares {
            rows: residuals.rows(),
            squares: columns.map(|x| x.to_f64() * x.to_f64()).collect(),
        }
    }

    /// Iterates over the residuals; each item has one number per row.
    pub fn columns(&self) -> impl Iterator<Item = &[f64]> + Clone {
        self.squares.chunks_exact(self.rows.max(1))
    }
}

/// As many ones as a task has weights.
fn ones(set: &PointSet) -> Vec<f64> {
    vec![1.0; set.residuals * set.rows]
}

/// Cuts a state into the lists of which it was made.
fn fill(lists: &mut [Vec<f64>], state: &[f64]) {
    let mut rest = state.iter();
    for (to, from) in lists.iter_mut().flatten().zip(&mut rest) {
        *to = *from;
    }
}
