//! `report.json` of a search.

use super::{Ending, Objectives, Plan, Search, Space, Trial};
use pinn_problem::{Problem, SearchSettings};
use serde::Serialize;

/// Report on a search.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SearchReport {
    /// Stem of the problem file.
    pub problem: String,
    /// Title of the problem.
    pub title: String,
    /// Version of the program.
    pub pinn: String,
    /// Seed of the search.
    pub seed: u64,
    /// Settings of the search.
    pub settings: SearchSettings,
    /// True if every configuration was trained as long as on the last rung.
    pub exhaustive: bool,
    /// Name of the winner; `none` if no norm is significantly better.
    pub winner: String,
    /// Names of the objectives.
    pub objectives: [&'static str; 3],
    /// Agreement of the gate's statistic, and of every rung's residual, with longer trainings.
    pub agreement: Vec<Agreement>,
    /// Number of steps of all trainings.
    pub steps: usize,
    /// Number of trainings.
    pub trainings: usize,
    /// Number of trainings that failed.
    pub failures: usize,
    /// Seconds of all trainings together.
    pub training_s: f64,
    /// Results of all stages.
    #[serde(flatten)]
    pub search: Search,
}

/// Rank correlation of two numbers over configurations: Kendall's τ-b, 1 for the same order, 0 for none.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Agreement {
    /// Name of the first number.
    pub of: String,
    /// Name of the second number.
    pub with: String,
    /// Number of configurations compared.
    pub configurations: usize,
    /// Kendall's τ-b.
    pub tau: f64,
}

impl SearchReport {
    /// Assembles the report of a search.
    pub fn new(problem: &Problem, plan: &Plan, search: Search) -> Self {
        let trials = search.trained();
        let failed = |t: &&Trial| t.ending != Ending::Finished;
        SearchReport {
            problem: problem.name.clone(),
            title: problem.title.clone(),
            pinn: env!("CARGO_PKG_VERSION").to_string(),
            seed: plan.seed,
            settings: plan.settings.clone(),
            exhaustive: plan.exhaustive,
            winner: search.finals.winner().configuration.name.clone(),
            objectives: Objectives::NAMES,
            agreement: agreement(&search),
            steps: trials.iter().map(|t| t.steps).sum(),
            trainings: trials.len(),
            failures: trials.iter().filter(failed).count(),
            training_s: trials.iter().map(|t| t.seconds).sum(),
            search,
        }
    }

    /// Describes the search in one line.
    pub fn describe_space(plan: &Plan, space: &Space, trials: usize) -> String {
        let slots = match space.slots() {
            1 => "one norm for the whole network".to_string(),
            n => format!("a norm for each of {n} layers"),
        };
        let way = match plan.exhaustive {
            true => "all of them trained".to_string(),
            false => format!("proposals by {}", plan.proposals().name()),
        };
        format!("{trials} configurations, {slots}, {way}")
    }
}

fn agreement(search: &Search) -> Vec<Agreement> {
    let mut all = Vec::new();
    let mut add = |of: &str, with: &str, pairs: Vec<(f64, f64)>| {
        all.extend(kendall(&pairs).map(|tau| Agreement {
            of: of.to_string(),
            with: with.to_string(),
            configurations: pairs.len(),
            tau,
        }));
    };
    for (number, rung) in search.rungs.iter().enumerate() {
        let survivors = || rung.survivors.iter().filter(|s| s.objectives.is_finite());
        let residual = format!("residual on rung {}", number + 1);
        if number == 0 {
            let gate = survivors().filter_map(|s| {
                let mut kept = search.gate.kept.iter();
                let judged = kept.find(|judged| judged.name == s.configuration.name)?;
                Some((judged.probe.residual, s.objectives.residual))
            });
            add("initial residual", &residual, gate.collect());
        }
        let errors = survivors().filter_map(|s| {
            let errors: Option<Vec<f64>> = s.trials.iter().map(|t| t.error).collect();
            let errors = errors?;
            let mean = errors.iter().map(|e| e.log10()).sum::<f64>() / errors.len() as f64;
            Some((s.objectives.residual, mean))
        });
        add(&residual, "error against the reference", errors.collect());
        if let Some(next) = search.rungs.get(number + 1) {
            let both = survivors().filter_map(|s| {
                let mut later = next.survivors.iter();
                let later = later.find(|l| l.configuration == s.configuration)?;
                Some((s.objectives.residual, later.objectives.residual))
            });
            let later = format!("residual on rung {}", number + 2);
            add(&residual, &later, both.collect());
        }
    }
    let finals = search.finals.contestants.iter();
    let finals = finals.filter_map(|c| Some((c.objectives.residual, c.error?)));
    add(
        "residual in the finals",
        "error against the reference",
        finals.collect(),
    );
    all
}

/// Kendall's τ-b of pairs; `None` for fewer than three, or if all values of one side are equal.
pub fn kendall(pairs: &[(f64, f64)]) -> Option<f64> {
    let pairs: Vec<_> = pairs
        .iter()
        .filter(|(a, b)| !a.is_nan() && !b.is_nan())
        .collect();
    if pairs.len() < 3 {
        return None;
    }
    let x: Vec<f64> = pairs.iter().map(|p| p.0).collect();
    let y: Vec<f64> = pairs.iter().map(|p| p.1).collect();
    let (tau, _) = kendalls::tau_b_with_comparator(&x, &y, f64::total_cmp).ok()?;
    tau.is_finite().then_some(tau)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tau_is_one_for_the_same_order() {
        let pairs = [(1.0, 10.0), (2.0, 30.0), (3.0, 40.0), (2.5, 35.0)];
        assert_eq!(kendall(&pairs), Some(1.0));
        let turned = pairs.map(|(a, b)| (a, -b));
        assert_eq!(kendall(&turned), Some(-1.0));
        assert_eq!(kendall(&pairs[..2]), None);
        assert_eq!(kendall(&[(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]), None);
        assert_eq!(kendall(&[(1.0, f64::NAN), (1.0, 2.0), (2.0, 3.0)]), None);
    }
}
