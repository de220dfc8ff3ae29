//! Error of a solution, estimated by solving a second time.

use super::super::error::CliError;
use super::super::interrupt;
use super::Arguments;
use super::sample::{Evaluation, solved};
use super::start::Start;
use indicatif::ProgressBar;
use pinn_core::estimate::{differences, estimated, is_cheap, second};
use pinn_core::session::{Outcome, session_on};
use pinn_output::{EstimateReport, interval_of};
use std::time::Duration;

/// Estimated error of every field, where it is asked for or costs little; added to the evaluation, too.
pub(super) fn estimate(
    start: &Start,
    arguments: &Arguments,
    evaluation: &mut Evaluation,
) -> Result<Vec<(String, EstimateReport)>, CliError> {
    let problem = &start.problem;
    if problem.family.is_some() || !(arguments.estimate || is_cheap(&problem.settings)) {
        return Ok(Vec::new());
    }
    let spinner = match arguments.quiet {
        true => ProgressBar::hidden(),
        false => ProgressBar::new_spinner(),
    };
    spinner.set_message(
        "solving a second time, with other points and parameters, to estimate the error",
    );
    spinner.enable_steady_tick(Duration::from_millis(100));
    let settings = second(&problem.settings);
    let mut session = session_on(&start.placement.hardware, problem.trained(), &settings)?;
    let outcome = interrupt::heeded(|stop| session.train(&mut (), stop));
    spinner.finish_and_clear();
    if !matches!(outcome?, Outcome::Finished { .. }) {
        return Ok(Vec::new());
    }
    let other = solved(problem).on_grid(session.as_mut(), &problem.resolution, &[])?;
    let declared = problem.statement.declared.fields.iter();
    let units = declared.zip(&problem.units.fields);
    let reports = units.enumerate().map(|(field, (info, unit))| {
        let inside = &other.lives[field];
        let within = |values: &[f64]| -> Vec<f64> {
            let pairs = values.iter().zip(inside);
            pairs.filter_map(|(v, lives)| lives.then_some(*v)).collect()
        };
        let affine = problem.statement.scales.fields[field];
        let (found, second) = (&evaluation.fields[field], &other.fields[field]);
        let error = estimated(
            &within(found),
            &within(second),
            affine.reference,
            affine.scale,
        );
        let shown = interval_of(&differences(found, second), unit);
        evaluation.sampled.fields[field].estimate = Some(shown);
        (info.name.clone(), EstimateReport::new(&error, unit))
    });
    Ok(reports.collect())
}
