//! Weights that remember where residuals were large.

use super::{PointSet, PointSquares, PointWeighting, fill, ones};

/// Residual-based attention: multipliers λ ← `decay` · λ + `rate` · |r|/max|r| of every residual, with the
/// maximum over the points of the same residual (Anagnostopoulos, Toscano, Stergiopulos & Karniadakis,
/// *Residual-based attention in physics-informed neural networks*, Comput. Methods Appl. Mech. Eng. 421,
/// 2024, eq. 7).
///
/// The multiplier applies to the residual before it is squared, so that the weight of the square is λ².
///
/// Multipliers lie between 0 and max(1, `rate`/(1 − `decay`)). They begin at one and not at zero, so that the
/// first steps see the unweighted loss.
#[derive(Clone, Debug)]
pub struct Attention {
    decay: f64,
    rate: f64,
    /// λ²
    weights: Vec<Vec<f64>>,
}

impl Attention {
    /// Creates weights of one.
    ///
    /// `decay` is at least 0 and below 1; `rate` is positive.
    pub fn new(decay: f64, rate: f64) -> Self {
        Attention {
            decay,
            rate,
            weights: Vec::new(),
        }
    }
}

impl PointWeighting for Attention {
    fn begin(&mut self, sets: &[PointSet]) {
        self.weights = sets.iter().map(ones).collect();
    }

    fn is_due(&self, _: usize) -> bool {
        true
    }

    fn observe(&mut self, residuals: &[PointSquares]) {
        for (weights, squares) in self.weights.iter_mut().zip(residuals) {
            let mut weights = weights.iter_mut();
            for column in squares.columns() {
                let largest = column.iter().fold(0.0, |a: f64, b| a.max(*b));
                for (square, weight) in column.iter().zip(&mut weights) {
                    // A residual that vanishes everywhere has no largest point.
                    let share = if largest > 0.0 { square / largest } else { 0.0 };
                    *weight = (self.decay * weight.sqrt() + self.rate * share.sqrt()).powi(2);
                }
            }
        }
    }

    fn weights(&self) -> &[Vec<f64>] {
        &self.weights
    }

    fn restore(&mut self, state: &[f64]) {
        fill(&mut self.weights, state);
    }
}
