//! Error of a solution, estimated by solving a second time.

use super::super::error::CliError;
use super::super::{interrupt, progress};
use super::Arguments;
use super::sample::{Evaluation, solved, within};
use super::start::Start;
use pinn_core::estimate::{differences, estimated, is_cheap, second};
use pinn_core::session::{Outcome, session_on};
use pinn_output::{EstimateReport, shown};
use pinn_units::Kind;

/// Estimated error of every field, where it is asked for or costs little; added to the evaluation, too.
pub(super) fn estimate(
    start: &Start,
    outcome: &Outcome,
    arguments: &Arguments,
    evaluation: &mut Evaluation,
) -> Result<Vec<(String, EstimateReport)>, CliError> {
    let problem = &start.problem;
    let wanted = arguments.estimate || is_cheap(&problem.settings);
    let finished = matches!(outcome, Outcome::Finished { .. });
    if !finished || !wanted || problem.family.is_some() {
        return Ok(Vec::new());
    }
    let message = "solving a second time, with other points and parameters, to estimate the error";
    let spinner = progress::spinner(arguments.quiet, message);
    let settings = second(&problem.settings);
    let mut session = session_on(&start.placement.hardware, problem.trained(), &settings)?;
    let outcome = interrupt::heeded(|stop| session.train(&mut (), stop));
    spinner.finish_and_clear();
    if !matches!(outcome?, Outcome::Finished { .. }) {
        return Ok(Vec::new());
    }
    let other = solved(problem).on_grid(session.as_mut(), &problem.resolution, &[])?;
    let fields = problem.statement.declared.fields.iter();
    let fields = fields.zip(&problem.units.fields).enumerate();
    let reports = fields.map(|(field, (info, unit))| {
        let (found, lives) = (&evaluation.fields[field], &other.lives[field]);
        let differences = differences(found, &other.fields[field]);
        let affine = problem.statement.scales.fields[field];
        let error = estimated(
            &within(found, lives),
            &within(&differences, lives),
            affine.reference,
            affine.scale,
        );
        let shown = shown(&differences, unit, Kind::Plain);
        evaluation.sampled.fields[field].estimate = Some(shown);
        (info.name.clone(), EstimateReport::new(&error, unit))
    });
    Ok(reports.collect())
}
