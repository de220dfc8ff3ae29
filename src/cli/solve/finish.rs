//! The report of a run.

use super::super::error::CliError;
use super::sample::{Evaluation, solved};
use super::start::Start;
use pinn_core::session::Outcome;
use pinn_output::{ErrorReport, Report};
use std::time::Instant;

/// Everything known of the run now; errors only with an evaluation.
pub(crate) fn report(
    start: &mut Start,
    outcome: &Outcome,
    begin: Instant,
    evaluation: Option<&Evaluation>,
) -> Result<Report, CliError> {
    let (problem, units) = (&start.problem, &start.problem.units);
    let total = begin.elapsed().as_secs_f64();
    let mut report = Report::of(solved(problem), start.session.as_mut(), outcome, total)?;
    report.versions.device = start.placement.gpu();
    report.expected_error = problem.expected_error;
    report.reference = problem
        .reference
        .as_ref()
        .map(|reference| reference.describe());
    let errors = evaluation.map_or(&[][..], |e| &e.errors);
    let errors = errors.iter().map(|(field, error)| {
        let name = problem.statement.declared.fields[*field].name.clone();
        (name, ErrorReport::new(error, &units.fields[*field]))
    });
    report.errors = errors.collect();
    Ok(report)
}
