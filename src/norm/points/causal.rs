//! Weights by which later times wait for earlier ones.

use super::{PointSet, PointSquares, PointWeighting, fill};

/// Causal weights (Wang, Sankaran & Perdikaris, *Respecting causality for training physics-informed neural
/// networks*, Comput. Methods Appl. Mech. Eng. 421, 2024, eq. 3.6).
///
/// Time is cut into `chunks`. The equations in chunk i have the weight w_i = exp(−`strength` · Σ_{k<i} L_k),
/// where L_k is the mean square of their residuals in chunk k, over all equations. Conditions keep the weight
/// one.
#[derive(Clone, Debug)]
pub struct Causal {
    strength: f64,
    chunks: usize,
    /// Chunk of every row of the equations.
    rows: Vec<usize>,
    weights: Vec<Vec<f64>>,
}

impl Causal {
    /// Creates weights of one. `strength` is positive, `chunks` at least one.
    pub fn new(strength: f64, chunks: usize) -> Self {
        Causal {
            strength,
            chunks: chunks.max(1),
            rows: Vec::new(),
            weights: Vec::new(),
        }
    }
}

impl PointWeighting for Causal {
    fn begin(&mut self, sets: &[PointSet]) {
        let last = self.chunks - 1;
        let chunk = |time: &f64| ((time * self.chunks as f64) as usize).min(last);
        let times = sets.first().and_then(|set| set.times.as_ref());
        self.rows = times.into_iter().flatten().map(chunk).collect();
        let length = |set: &PointSet| match set.times {
            Some(_) => vec![1.0; set.residuals * set.rows],
            None => Vec::new(),
        };
        self.weights = sets.iter().map(length).collect();
    }

    fn is_due(&self, _: usize) -> bool {
        true
    }

    fn observe(&mut self, residuals: &[PointSquares]) {
        let (Some(weights), Some(squares)) = (self.weights.first_mut(), residuals.first()) else {
            return;
        };
        let mut sums = vec![(0.0, 0usize); self.chunks];
        for (row, chunk) in self.rows.iter().enumerate() {
            let all: f64 = squares.columns().map(|column| column[row]).sum();
            sums[*chunk].0 += all;
            sums[*chunk].1 += 1;
        }
        let mut before = 0.0;
        let chunk_weights: Vec<f64> = (sums.iter())
            .map(|(sum, count)| {
                let weight = f64::exp(-self.strength * before);
                before += sum / (*count).max(1) as f64;
                weight
            })
            .collect();
        for (weight, chunk) in weights.iter_mut().zip(self.rows.iter().cycle()) {
            *weight = chunk_weights[*chunk];
        }
    }

    fn weights(&self) -> &[Vec<f64>] {
        &self.weights
    }

    fn restore(&mut self, state: &[f64]) {
        fill(&mut self.weights, state);
    }
}
