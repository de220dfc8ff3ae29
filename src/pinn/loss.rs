//! Unweighted loss, which stopping rules, checkpoints and comparisons use.

/// Sum of the mean squares of all residuals, without weights.
pub fn total(losses: &[f64]) -> f64 {
    losses.iter().sum()
}
