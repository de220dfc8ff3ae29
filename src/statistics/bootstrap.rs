//! Bootstrap intervals.

use super::median::sorted;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use serde::Serialize;

/// Interval of values, both ends included.
#[derive(Copy, Clone, PartialEq, Debug, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Percentile interval of a statistic of `n` samples (Efron 1979, *Bootstrap methods: another look at the
/// jackknife*).
///
/// The statistic is evaluated for `draws` choices of `n` sample numbers with repetition. The interval holds
/// the middle share `level` of its values; its ends are NaN if `draws` is zero. The same seed gives the same
/// bits.
pub fn bootstrap(
    n: usize,
    draws: usize,
    level: f64,
    seed: u64,
    mut statistic: impl FnMut(&[usize]) -> f64,
) -> Interval {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    let mut chosen = vec![0; n];
    let values: Vec<f64> = (0..draws)
        .map(|_| {
            chosen.fill_with(|| random.random_range(0..n.max(1)));
            statistic(&chosen)
        })
        .collect();
    let values = sorted(&values);
    let at = |share: f64| {
        let last = values.len().saturating_sub(1);
        let index = (share * last as f64).round() as usize;
        values.get(index).copied().unwrap_or(f64::NAN)
    };
    let outside = 0.5 * (1.0 - level);
    Interval {
        low: at(outside),
        high: at(1.0 - outside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_about_two_standard_errors_wide() {
        let samples: Vec<f64> = (0..400).map(|i| f64::from(i % 20)).collect();
        let mean = |chosen: &[usize]| {
            chosen.iter().map(|i| samples[*i]).sum::<f64>() / chosen.len() as f64
        };
        let found = bootstrap(samples.len(), 2000, 0.95, 3, mean);
        // Uniform on 0..20: deviation √(399/12), of the mean of 400 a twentieth; the mean is 9.5.
        let error = 1.96 * (399.0f64 / 12.0).sqrt() / 20.0;
        assert!((found.low - (9.5 - error)).abs() < 0.1 * error, "{found:?}");
        assert!(
            (found.high - (9.5 + error)).abs() < 0.1 * error,
            "{found:?}"
        );
        assert_eq!(found, bootstrap(samples.len(), 2000, 0.95, 3, mean));
        assert_ne!(found, bootstrap(samples.len(), 2000, 0.95, 4, mean));
    }

    #[test]
    fn of_no_samples_or_draws_there_is_none() {
        assert!(bootstrap(3, 0, 0.9, 1, |_| 1.0).low.is_nan());
        assert_eq!(bootstrap(0, 2, 0.9, 1, |_| 1.0).low, 1.0);
    }
}
