//! Densities from residuals, and points drawn by them.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Unnormalized density |r|ᵏ / mean |r|ᵏ + c at every candidate (Wu et al. 2023, eq. 2).
///
/// Candidates whose residual is not finite count as zero. Where all vanish, the density is uniform.
pub fn density(residuals: &[f64], power: f64, offset: f64) -> Vec<f64> {
    let finite = |r: f64| if r.is_finite() { r } else { 0.0 };
    let largest = residuals.iter().fold(0.0, |a: f64, r| a.max(finite(*r)));
    if largest == 0.0 {
        return vec![1.0; residuals.len()];
    }
    // The division comes first, so that no power overflows.
    let powers: Vec<f64> = (residuals.iter())
        .map(|r| (finite(*r) / largest).powf(power))
        .collect();
    let mean = powers.iter().sum::<f64>() / powers.len() as f64;
    powers.iter().map(|p| p / mean + offset).collect()
}

/// Probabilities proportional to the density, none above one, that sum to `count` (at most the number of
/// candidates). Any excess over one is spread over the others.
pub fn inclusion(density: &[f64], count: usize) -> Vec<f64> {
    let count = count.min(density.len());
    let mut certain = vec![false; density.len()];
    loop {
        let taken = certain.iter().filter(|c| **c).count();
        let left = (count - taken) as f64;
        let others = || density.iter().zip(&certain).filter(|(_, c)| !**c);
        let sum: f64 = others().map(|(d, _)| d).sum();
        let even = left / (density.len() - taken).max(1) as f64;
        let share = |d: f64| if sum > 0.0 { d * (left / sum) } else { even };
        let full: Vec<usize> = (0..density.len())
            .filter(|i| !certain[*i] && left > 0.0 && share(density[*i]) >= 1.0)
            .collect();
        if full.is_empty() {
            let pairs = density.iter().zip(&certain);
            return pairs
                .map(|(d, certain)| if *certain { 1.0 } else { share(*d) })
                .collect();
        }
        for i in full {
            certain[i] = true;
        }
    }
}

/// Draws every candidate with its probability and none twice, by systematic sampling (Madow, *On the theory
/// of systematic sampling, II*, Ann. Math. Stat. 20, 1949).
///
/// Steps of one through the running sum, from a random start, spread the chosen ones as evenly over the list
/// as the probabilities are. As many are drawn as the probabilities sum to, a whole number.
pub fn systematic(inclusion: &[f64], seed: u64) -> Vec<usize> {
    let start: f64 = ChaCha12Rng::seed_from_u64(seed).random();
    let mut chosen = Vec::new();
    let mut sum = 0.0;
    for (i, probability) in inclusion.iter().enumerate() {
        sum += probability;
        if sum > start + chosen.len() as f64 {
            chosen.push(i);
        }
    }
    let wanted = sum.round() as usize;
    // Rounding may leave the sum slightly below the last step.
    if chosen.len() < wanted {
        let missed = (0..inclusion.len()).rev();
        let missed = missed.filter(|i| inclusion[*i] > 0.0 && !chosen.contains(i));
        let missed: Vec<usize> = missed.take(wanted - chosen.len()).collect();
        chosen.extend(missed);
        chosen.sort_unstable();
    }
    chosen
}
