//! Wilcoxon's signed-rank test.

/// Two-sided p-value of the hypothesis that paired differences are symmetric about zero (Wilcoxon 1945,
/// *Individual comparisons by ranking methods*).
///
/// The value is exact, also with ties: equal sizes share the mean of their ranks, and the distribution of the
/// rank sum is enumerated over all signs. Zero and NaN differences are left out; the result is 1 if none
/// remain.
pub fn wilcoxon(differences: &[f64]) -> f64 {
    let mut differences: Vec<f64> = differences.to_vec();
    differences.retain(|d| !d.is_nan() && *d != 0.0);
    differences.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let ranks = doubled_ranks(&differences);
    let total: usize = ranks.iter().sum();
    let signed = differences.iter().zip(&ranks);
    let positive: usize = signed.filter(|(d, _)| **d > 0.0).map(|(_, r)| r).sum();
    // Share of all choices of signs with each sum of positive (doubled) ranks.
    let mut shares = vec![0.0; total + 1];
    shares[0] = 1.0;
    let mut largest = 0;
    for rank in ranks {
        for sum in (0..=largest).rev() {
            shares[sum] *= 0.5;
            shares[sum + rank] += shares[sum];
        }
        largest += rank;
    }
    let below: f64 = shares[..=positive].iter().sum();
    let above: f64 = shares[positive..].iter().sum();
    (2.0 * below.min(above)).min(1.0)
}

/// Twice the ranks of sizes in ascending order, which makes the means of tied ranks whole.
fn doubled_ranks(ascending: &[f64]) -> Vec<usize> {
    let mut ranks = Vec::with_capacity(ascending.len());
    while ranks.len() < ascending.len() {
        let first = ranks.len();
        let size = ascending[first].abs();
        let ties = ascending[first..].iter().take_while(|d| d.abs() == size);
        let ties = ties.count();
        ranks.extend(std::iter::repeat_n(2 * first + 1 + ties, ties));
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn agrees_with_scipy() {
        // scipy.stats.wilcoxon(d, method="exact"); the data are Hollander & Wolfe's, table 3.1.
        let depression = [0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01];
        assert!((wilcoxon(&depression) - 0.039_062_5).abs() < 1e-15);
        let all: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(wilcoxon(&all), 0.001_953_125);
        let mut but_one = all;
        but_one[0] = -1.0;
        assert_eq!(wilcoxon(&but_one), 0.003_906_25);
    }

    #[test]
    fn nothing_to_compare_says_nothing() {
        assert_eq!(wilcoxon(&[]), 1.0);
        assert_eq!(wilcoxon(&[0.0, f64::NAN]), 1.0);
        assert_eq!(wilcoxon(&[f64::INFINITY]), 1.0);
    }

    /// By all 2ⁿ choices of signs.
    fn counted_out(differences: &[f64]) -> f64 {
        let mut sorted = differences.to_vec();
        sorted.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
        let ranks = doubled_ranks(&sorted);
        let sum = |positive: &dyn Fn(usize) -> bool| -> usize {
            let ranks = ranks.iter().enumerate();
            ranks.filter(|(i, _)| positive(*i)).map(|(_, r)| r).sum()
        };
        let found = sum(&|i| sorted[i] > 0.0);
        let n = sorted.len();
        let sums: Vec<usize> = (0..1usize << n)
            .map(|s| sum(&|i| s >> i & 1 == 1))
            .collect();
        let share = |count: usize| count as f64 / sums.len() as f64;
        let below = share(sums.iter().filter(|s| **s <= found).count());
        let above = share(sums.iter().filter(|s| **s >= found).count());
        (2.0 * below.min(above)).min(1.0)
    }

    proptest! {
        #[test]
        fn is_exact_also_with_ties(values in prop::collection::vec(-4i32..=4, 1..10)) {
            let values: Vec<f64> = values.iter().filter(|v| **v != 0).map(|v| f64::from(*v)).collect();
            prop_assert!((wilcoxon(&values) - counted_out(&values)).abs() < 1e-12);
        }

        #[test]
        fn turning_all_signs_changes_nothing(values in prop::collection::vec(-1e3f64..1e3, 0..30)) {
            let turned: Vec<f64> = values.iter().map(|v| -v).collect();
            prop_assert!((wilcoxon(&values) - wilcoxon(&turned)).abs() < 1e-12);
        }
    }
}
