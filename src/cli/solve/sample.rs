//! The solution and its reference on the evaluation grid.

use super::super::error::CliError;
use pinn_core::accuracy::{FieldError, field_error};
use pinn_core::session::AnySession;
use pinn_output::{OnGrid, Sampled, Solved, blank, shown};
use pinn_problem::Problem;

/// A solution on a grid, and its errors.
pub(crate) struct Evaluation {
    /// In display units.
    pub(crate) sampled: Sampled,
    /// Number of the field, and its error; only fields that the reference gives.
    pub(crate) errors: Vec<(usize, FieldError)>,
    /// Solution at the points of the grid, in SI base units, by field.
    pub(crate) fields: Vec<Vec<f64>>,
}

/// Evaluates the solution; that of a family at the middle of its ranges.
pub(crate) fn evaluate(
    problem: &Problem,
    session: &mut dyn AnySession,
) -> Result<Evaluation, CliError> {
    let ranges = problem.family.iter().flat_map(|family| &family.ranges);
    let middle: Vec<f64> = ranges.map(|range| range.middle()).collect();
    let mut on_grid = solved(problem).on_grid(session, &problem.resolution, &middle)?;
    let mut errors = Vec::new();
    let OnGrid {
        coordinates,
        lives,
        fields,
        ..
    } = &on_grid;
    for (field, error, values) in compared(problem, coordinates, lives, fields) {
        errors.push((field, error));
        let (info, unit) = (
            &problem.statement.declared.fields[field],
            &problem.units.fields[field],
        );
        on_grid.sampled.fields[field].reference = Some(shown(&values, unit, info.kind));
    }
    Ok(Evaluation {
        sampled: on_grid.sampled,
        fields: on_grid.fields,
        errors,
    })
}

/// The problem, as reports and samples see it.
pub(crate) fn solved(problem: &Problem) -> Solved<'_> {
    let units = &problem.units;
    Solved {
        name: &problem.name,
        title: &problem.title,
        equation: &problem.equation,
        statement: &problem.statement,
        trained: problem.trained(),
        settings: &problem.settings,
        coordinates: &units.coordinates,
        fields: &units.fields,
        parameters: &units.parameters,
    }
}

/// Values at the points where a field lives.
pub(super) fn within(values: &[f64], lives: &[bool]) -> Vec<f64> {
    let pairs = values.iter().zip(lives);
    pairs.filter_map(|(v, lives)| lives.then_some(*v)).collect()
}

/// Fields that the reference gives, with their error where they live ([`Statement::lives`]), and the reference's values,
/// which are NaN outside.
///
/// [`Statement::lives`]: pinn_core::statement::Statement::lives
pub(super) fn compared(
    problem: &Problem,
    coordinates: &[Vec<f64>],
    lives: &[Vec<bool>],
    fields: &[Vec<f64>],
) -> Vec<(usize, FieldError, Vec<f64>)> {
    let Some(reference) = &problem.reference else {
        return Vec::new();
    };
    let values = reference.evaluate(coordinates);
    let known = reference.fields().iter().zip(values);
    let compared = known.zip(reference.errors());
    compared
        .map(|((field, mut values), own_error)| {
            let affine = problem.statement.scales.fields[*field];
            let inside = &lives[*field];
            let error = field_error(
                &within(&fields[*field], inside),
                &within(&values, inside),
                affine.reference,
                affine.scale,
                own_error,
            );
            blank(&mut values, inside);
            (*field, error, values)
        })
        .collect()
}
