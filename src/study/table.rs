//! All runs of a study, and their medians.

use super::Case;
use pinn_statistics::{interval, median, sorted};
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
