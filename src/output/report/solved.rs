//! Reports of sessions.

use super::{
    FormReport, GroupReport, LossReport, OutcomeReport, QuantityReport, Report, ScaleReport,
    TimeReport, Versions,
};
use indexmap::IndexMap;
use pinn_core::loss;
use pinn_core::session::{AnySession, Outcome, SessionError};
use pinn_core::settings::Settings;
use pinn_core::statement::{Posed, Statement};
use pinn_engine::simd::InstructionSet;
use pinn_units::{Unit, characteristic_groups};
use std::num::NonZero;

/// Problem that a session was trained for.
#[derive(Copy, Clone)]
pub struct Solved<'a> {
    /// Name of the problem, such as the stem of its file.
    pub name: &'a str,
    /// Title of the problem.
    pub title: &'a str,
    /// Name of the equation.
    pub equation: &'a str,
    /// Statement of one problem; of a family, that of a member.
    pub statement: &'a Statement,
    /// Statement that was trained.
    pub trained: &'a Posed,
    /// Settings of the session.
    pub settings: &'a Settings,
    /// Display unit of every coordinate.
    pub coordinates: &'a [Unit],
    /// Display unit of every field.
    pub fields: &'a [Unit],
    /// Display unit of every parameter.
    pub parameters: &'a [Unit],
}

impl Report {
    /// Report of a session without errors, device, family and measurements, which the caller adds. `total_s` are the
    /// seconds from reading the problem to the end.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn of(
        solved: Solved<'_>,
        session: &mut dyn AnySession,
        outcome: &Outcome,
        total_s: f64,
    ) -> Result<Report, SessionError> {
        let losses = session.losses()?;
        let held_out = loss::total(&session.held_out()?);
        let (statement, settings) = (solved.statement, solved.settings);
        let (declared, scales) = (&statement.declared, &statement.scales);
        let forms: IndexMap<_, _> = solved.trained.named_forms().collect();
        let conditions = statement.conditions.iter().zip(session.exact());
        let exact = conditions.filter_map(|(condition, exact)| {
            Some((condition.name.clone(), exact.as_ref()?.reason().to_string()))
        });
        let instructions = InstructionSet::fastest().name().to_string();
        Ok(Report {
            problem: solved.name.to_string(),
            title: solved.title.to_string(),
            equation: solved.equation.to_string(),
            seed: settings.seed,
            settings: settings.clone(),
            versions: Versions::current(Some(instructions), threads(settings.threads)),
            quantities: QuantityReport::all(
                declared,
                solved.coordinates,
                solved.fields,
                solved.parameters,
                scales,
            ),
            scales: ScaleReport::all(declared, scales),
            groups: characteristic_groups(declared, scales)
                .iter()
                .map(GroupReport::from)
                .collect(),
            forms: forms
                .iter()
                .map(|(name, form)| FormReport::new(name, form))
                .collect(),
            exact: exact.collect(),
            network: network(solved),
            parameters: session.parameters(),
            losses: session
                .loss_names()
                .iter()
                .zip(losses)
                .filter_map(|(name, loss)| {
                    Some((name.clone(), LossReport::new(loss, forms.get(name)?)))
                })
                .collect(),
            held_out_loss: held_out.is_finite().then_some(held_out),
            weights: IndexMap::new(),
            expected_error: None,
            estimates: Default::default(),
            reference: None,
            errors: IndexMap::new(),
            family: None,
            inverse: None,
            time: TimeReport::new(session.seconds(), total_s, session.step()),
            outcome: OutcomeReport::new(outcome, &settings.phases),
            grid: None,
            files: Vec::new(),
        })
    }
}

/// The network, and the hypernetwork that generates it.
fn network(solved: Solved<'_>) -> String {
    let (settings, statement) = (solved.settings, solved.statement);
    let coordinates = &statement.declared.coordinates;
    let network = settings.network.describe(coordinates, &statement.domain);
    match &settings.family {
        Some(family) => format!("{network}; {}", family.describe()),
        None => network,
    }
}

/// Number of threads; a setting of zero uses all cores.
fn threads(setting: usize) -> usize {
    match setting {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        given => given,
    }
}
