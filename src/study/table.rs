//! All runs of a study, and their medians.

use super::Case;
use serde::Serialize;

/// One case with one seed.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Run {
    pub case: Case,
    pub seed: u64,
    /// NaN, in the report `null`, where the run diverged.
    pub error: f64,
    /// (steps done, error)
    #[serde(skip)]
    pub curve: Vec<(usize, f64)>,
    pub seconds: f64,
}

/// All runs; those of one case follow each other in the order of seeds.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Table {
    pub runs: Vec<Run>,
}

/// The runs of one case together.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Summary {
    pub case: Case,
    pub seeds: usize,
    pub median: f64,
    /// Interval of the median, free of any assumption on its distribution: order statistics that enclose it
    /// with probability [`Summary::coverage`].
    pub low: f64,
    pub high: f64,
    /// At least 0.9 from five seeds on.
    pub coverage: f64,
    pub worst: f64,
}

impl Table {
    /// Errors of a case, in the order of seeds.
    pub fn errors(&self, setting: &str, treatment: &str) -> Vec<f64> {
        let runs = self.runs.iter();
        runs.filter(|run| run.case.setting == setting && run.case.treatment == treatment)
            .map(|run| run.error)
            .collect()
    }

    pub fn median(&self, setting: &str, treatment: &str) -> f64 {
        median(&self.errors(setting, treatment))
    }

    /// One per case, in order.
    pub fn summaries(&self) -> Vec<Summary> {
        let mut cases: Vec<&Case> = Vec::new();
        for run in &self.runs {
            if !cases.contains(&&run.case) {
                cases.push(&run.case);
            }
        }
        let summary = |case: &Case| {
            let errors = sorted(&self.errors(&case.setting, &case.treatment));
            let (k, coverage) = interval(errors.len());
            let at = |index: usize| errors.get(index).copied().unwrap_or(f64::NAN);
            Summary {
                case: case.clone(),
                seeds: errors.len(),
                median: median(&errors),
                low: at(k),
                high: at(errors.len().saturating_sub(1 + k)),
                coverage,
                worst: at(errors.len().saturating_sub(1)),
            }
        };
        cases.into_iter().map(summary).collect()
    }

    /// Median curve of a case over the steps that all of its runs reached.
    pub fn curve(&self, case: &Case) -> Vec<(usize, f64)> {
        let runs: Vec<&Run> = self.runs.iter().filter(|run| run.case == *case).collect();
        let length = runs.iter().map(|run| run.curve.len()).min().unwrap_or(0);
        let point = |i: usize| {
            let errors: Vec<f64> = runs.iter().map(|run| run.curve[i].1).collect();
            (runs[0].curve[i].0, median(&errors))
        };
        (0..length).map(point).collect()
    }
}

/// What is not a number counts as worst.
fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().map(|v| v.abs()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Median of sizes; of an even number the mean of both middle ones.
pub fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]),
    }
}

/// How many of `n` values lie outside on either side of an interval that contains the median with probability
/// at least 0.9, and that probability: 1 − 2·P(Bin(n, ½) ≤ k) (David & Nagaraja, *Order Statistics*, 3rd ed.,
/// §7.1). Fewer than five values give all of them and less.
fn interval(n: usize) -> (usize, f64) {
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
        assert_eq!(median(&[1.0, 2.0]), 1.5);
        assert!(median(&[]).is_nan());
    }
}
