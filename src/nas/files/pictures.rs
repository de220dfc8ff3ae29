//! `pareto.svg` and `anytime.svg`.

use crate::{Configuration, Objectives, SearchReport, Trial, front as front_of};
use pinn_output::{Chart, Scatter, ScatterPoint};

/// Objectives of the longest-trained rung with the most configurations, or of the finals if these are more.
fn shown(report: &SearchReport) -> (String, Vec<(String, Objectives)>) {
    let finals = report.search.finals.contestants.iter();
    let finals = finals.map(|c| (c.configuration.name.clone(), c.objectives));
    let finals: Vec<_> = finals.collect();
    let rung = report.search.rungs.last();
    match rung.filter(|rung| rung.survivors.len() > finals.len()) {
        Some(rung) => {
            let survivors = rung.survivors.iter();
            let survivors = survivors.map(|s| (s.configuration.name.clone(), s.objectives));
            let what = format!(
                "1/{} of the training, mean of {} seeds",
                rung.divisor, rung.seeds
            );
            (what, survivors.collect())
        }
        None => {
            let seeds = report.settings.final_seeds;
            (format!("whole training, median of {seeds} seeds"), finals)
        }
    }
}

pub(super) fn front(report: &SearchReport) -> Scatter {
    let (what, objectives) = shown(report);
    let all: Vec<Objectives> = objectives.iter().map(|(_, o)| *o).collect();
    let front = front_of(&all);
    let others: Vec<usize> = (0..all.len()).filter(|i| !front.contains(i)).collect();
    let point = |i: &usize| {
        let [residual, unsteadiness, cost] = objectives[*i].1.values();
        ScatterPoint {
            horizontal: vec![cost, unsteadiness],
            vertical: 10f64.powf(residual),
        }
    };
    Scatter {
        title: format!("{}: {what}", report.title),
        vertical: "held-out dimensionless loss".to_string(),
        horizontal: vec![
            "operations of a step, relative to no norm".to_string(),
            "unsteadiness of the gradients in decades".to_string(),
        ],
        named: front
            .iter()
            .map(|i| (objectives[*i].0.clone(), point(i)))
            .collect(),
        others: others.iter().map(point).collect(),
        others_name: "dominated".to_string(),
    }
}

/// Best held-out loss so far, with any norm and without norms, over the steps of all earlier trainings.
pub(super) fn anytime(report: &SearchReport, trials: &[Trial]) -> Chart {
    let mut x = Vec::new();
    let (mut any, mut none) = (Vec::new(), Vec::new());
    let mut steps = 0;
    let mut best = [f64::INFINITY; 2];
    for trial in trials {
        steps += trial.steps;
        let loss = 10f64.powf(trial.objectives.residual);
        let own = usize::from(trial.name == Configuration::NONE);
        best[own] = best[own].min(loss);
        x.push(steps as f64);
        any.push(best[0].min(best[1]));
        none.push(best[1]);
    }
    Chart {
        title: format!("{}: best training so far", report.title),
        horizontal: "steps of all trainings".to_string(),
        vertical: "held-out dimensionless loss".to_string(),
        x,
        curves: vec![
            ("any".to_string(), any),
            ("without norms".to_string(), none),
        ],
    }
}
