//! Table of all runs of a study, and their medians.

use super::Case;
use pinn_statistics::{interval, median, sorted};
use serde::Serialize;

/// Run of one case with one seed.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Run {
    /// Case.
    pub case: Case,
    /// Seed.
    pub seed: u64,
    /// Error at the end; NaN (`null` in the report) if the run diverged.
    pub error: f64,
    /// Pairs (steps done, error).
    #[serde(skip)]
    pub curve: Vec<(usize, f64)>,
    /// Seconds of the run.
    pub seconds: f64,
}

/// Table of all runs. Runs of one case follow each other in the order of seeds.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Table {
    /// Runs.
    pub runs: Vec<Run>,
}

/// Statistics of one case over its seeds.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Summary {
    /// Case.
    pub case: Case,
    /// Number of seeds.
    pub seeds: usize,
    /// Median error.
    pub median: f64,
    /// Lower end of an interval of the median: order statistics that enclose it with probability
    /// [`Summary::coverage`], without any assumption on its distribution.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Probability of the interval, at least 0.9 from five seeds on.
    pub coverage: f64,
    /// Largest error.
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

    /// Median error of a case.
    pub fn median(&self, setting: &str, treatment: &str) -> f64 {
        median(&self.errors(setting, treatment))
    }

    /// Statistics of all cases, in order.
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
