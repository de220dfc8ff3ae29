//! Report on the unknowns of a run.

use super::super::error::CliError;
use pinn_core::session::AnySession;
use pinn_expr::show_number;
use pinn_output::{InverseReport, ShownMeasurements, ShownUnknown};
use pinn_problem::Problem;

/// `None` without measurements.
pub(super) fn report(
    problem: &Problem,
    session: &mut dyn AnySession,
) -> Result<Option<InverseReport>, CliError> {
    let Some(inference) = session.inference()? else {
        return Ok(None);
    };
    let (statement, units) = (&problem.statement, &problem.units);
    let unknowns = statement.unknowns.iter().map(|unknown| ShownUnknown {
        info: &statement.declared.parameters[unknown.parameter],
        unit: &units.parameters[unknown.parameter],
        guess: statement.scales.parameters[unknown.parameter],
    });
    let measurements = statement.measurements.iter().map(|set| ShownMeasurements {
        name: &set.name,
        field: &statement.declared.fields[set.field],
        unit: &units.fields[set.field],
    });
    let (unknowns, measurements): (Vec<_>, Vec<_>) = (unknowns.collect(), measurements.collect());
    Ok(Some(InverseReport::new(
        &inference,
        &unknowns,
        &measurements,
    )))
}

/// Shows values of the unknowns as the problem file writes them: `k = 41.3 W/(m K)`.
pub(crate) struct Unknowns(Vec<Shown>);

struct Shown {
    name: String,
    show: Box<dyn Fn(f64) -> f64>,
    unit: String,
}

impl Unknowns {
    pub(crate) fn of(problem: &Problem) -> Self {
        let declared = &problem.statement.declared;
        let unknowns = problem.statement.unknowns.iter().map(|unknown| {
            let info = &declared.parameters[unknown.parameter];
            let (unit, kind) = (
                problem.units.parameters[unknown.parameter].clone(),
                info.kind,
            );
            Shown {
                name: info.name.clone(),
                unit: unit.text.clone(),
                show: Box::new(move |si| unit.from_si(si, kind)),
            }
        });
        Unknowns(unknowns.collect())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|shown| shown.name.as_str())
    }

    /// One text per unknown.
    pub(crate) fn texts(&self, values: &[f64]) -> Vec<String> {
        let pairs = self.0.iter().zip(values);
        let texts = pairs.map(|(shown, si)| {
            let text = format!(
                "{} = {} {}",
                shown.name,
                show_number((shown.show)(*si)),
                shown.unit
            );
            text.trim_end().to_string()
        });
        texts.collect()
    }
}
