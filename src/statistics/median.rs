//! Medians and their confidence intervals.

/// Sorts in ascending order; NaN comes last.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.to_vec();
    sorted.sort_by(|a, b| a.is_nan().cmp(&b.is_nan()).then(a.total_cmp(b)));
    sorted
}

/// Median, the mean of the two middle values for an even number of them. NaN if `values` is empty.
pub fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]),
    }
}

/// Order statistics around the median that hold it with a probability of at least 0.9.
///
/// Returns how many of `n` values lie outside on either side, and the exact probability: 1 − 2·P(Bin(n, ½) ≤
/// k) (David & Nagaraja, *Order Statistics*, 3rd ed., §7.1). For fewer than five values, the interval spans
/// all of them and its probability is lower.
pub fn interval(n: usize) -> (usize, f64) {
    let mut term = 0.5f64.powi(n as i32);
    let mut below = term;
    let mut best = (0, 1.0 - 2.0 * below);
    for k in 1..n / 2 {
        term *= (n - k + 1) as f64 / k as f64;
        below += term;
        let coverage = 1.0 - 2.0 * below;
        if coverage < 0.9 {
            break;
        }
        best = (k, coverage);
    }
    (best.0, f64::max(best.1, 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_cover_the_median_as_tables_say() {
        // Conover, Practical Nonparametric Statistics, table A3.
        assert_eq!(interval(5), (0, 0.9375));
        assert_eq!(interval(10).0, 1);
        assert!((interval(10).1 - 0.978_515_625).abs() < 1e-12);
        assert_eq!(interval(1), (0, 0.0));
    }

    #[test]
    fn medians_put_what_diverged_last() {
        assert_eq!(median(&[3.0, f64::NAN, 1.0]), 3.0);
        assert_eq!(median(&[3.0, -f64::NAN, 1.0]), 3.0);
        assert_eq!(median(&[1.0, 2.0]), 1.5);
        assert_eq!(median(&[-5.0, -7.0, -6.0]), -6.0);
        assert!(median(&[]).is_nan());
    }
}
