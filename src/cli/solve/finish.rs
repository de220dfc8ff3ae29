//! The report of a run.

use super::super::describe;
use super::super::error::CliError;
use super::sample::Evaluation;
use super::start::Start;
use indexmap::IndexMap;
use pinn_core::loss;
use pinn_core::session::Outcome;
use pinn_engine::simd::InstructionSet;
use pinn_output::{
    ErrorReport, FormReport, GroupReport, LossReport, OutcomeReport, QuantityReport, Report,
    ScaleReport, TimeReport, Versions,
};
use pinn_problem::Problem;
use std::num::NonZero;
use std::time::Instant;

/// Everything known of the run now; errors only with an evaluation.
pub(crate) fn report(
    start: &mut Start,
    outcome: &Outcome,
    begin: Instant,
    evaluation: Option<&Evaluation>,
) -> Result<Report, CliError> {
    let losses = start.session.losses()?;
    let held_out = loss::total(&start.session.held_out()?);
    let (problem, session) = (&start.problem, start.session.as_ref());
    let (statement, units, settings) = (&problem.statement, &problem.units, &problem.settings);
    let (declared, scales) = (&statement.declared, &statement.scales);
    let forms: IndexMap<_, _> = describe::named_forms(problem.trained()).collect();
    let names = session.loss_names();
    let conditions = statement.conditions.iter().zip(session.exact());
    let exact = conditions.filter_map(|(condition, exact)| {
        Some((condition.name.clone(), exact.as_ref()?.reason().to_string()))
    });
    let errors = evaluation.map_or(&[][..], |e| &e.errors);
    let instructions = InstructionSet::fastest().name().to_string();
    let (seconds, total) = (session.seconds(), begin.elapsed().as_secs_f64());
    Ok(Report {
        problem: problem.name.clone(),
        title: problem.title.clone(),
        equation: problem.equation.clone(),
        seed: settings.seed,
        settings: settings.clone(),
        versions: Versions {
            device: start.placement.card(),
            ..Versions::current(Some(instructions), threads(settings.threads))
        },
        quantities: QuantityReport::all(
            declared,
            &units.coordinates,
            &units.fields,
            &units.parameters,
            scales,
        ),
        scales: ScaleReport::all(declared, scales),
        groups: describe::groups(problem)
            .iter()
            .map(GroupReport::from)
            .collect(),
        forms: forms
            .iter()
            .map(|(name, form)| FormReport::new(name, form))
            .collect(),
        exact: exact.collect(),
        network: network(problem),
        parameters: session.parameters(),
        losses: names
            .iter()
            .zip(losses)
            .filter_map(|(name, loss)| {
                Some((name.clone(), LossReport::new(loss, forms.get(name)?)))
            })
            .collect(),
        held_out_loss: held_out.is_finite().then_some(held_out),
        weights: IndexMap::new(),
        expected_error: problem.expected_error,
        reference: problem
            .reference
            .as_ref()
            .map(|reference| reference.describe()),
        errors: errors
            .iter()
            .map(|(field, error)| {
                let name = declared.fields[*field].name.clone();
                (name, ErrorReport::new(error, &units.fields[*field]))
            })
            .collect(),
        family: None,
        inverse: None,
        time: TimeReport::new(seconds, total, session.step()),
        outcome: OutcomeReport::new(outcome, &settings.phases),
        grid: None,
        files: Vec::new(),
    })
}

/// The network, and what generates it.
fn network(problem: &Problem) -> String {
    let (settings, statement) = (&problem.settings, &problem.statement);
    let coordinates = &statement.declared.coordinates;
    let network = settings.network.describe(coordinates, &statement.domain);
    match &settings.family {
        Some(family) => format!("{network}; {}", family.describe()),
        None => network,
    }
}

/// Threads behind the setting, in which zero is as many as there are cores.
fn threads(setting: usize) -> usize {
    match setting {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        given => given,
    }
}
