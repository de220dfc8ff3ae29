//! The solution and its reference on the evaluation grid.

use super::super::error::CliError;
use pinn_core::accuracy::{FieldError, field_error};
use pinn_core::session::AnySession;
use pinn_output::{Axis, Sampled, SampledField, SampledReadings, grid, spaced};
use pinn_problem::Problem;
use pinn_units::{Kind, Unit};

/// A solution on a grid, and its errors.
pub(crate) struct Evaluation {
    /// In display units.
    pub(crate) sampled: Sampled,
    /// Number of the field, and its error; only fields that the reference gives.
    pub(crate) errors: Vec<(usize, FieldError)>,
}

/// Evaluates the solution; that of a family at the middle of its ranges.
pub(crate) fn evaluate(
    problem: &Problem,
    session: &mut dyn AnySession,
) -> Result<Evaluation, CliError> {
    let statement = &problem.statement;
    let declared = &statement.declared;
    let axes: Vec<Vec<f64>> = statement
        .domain
        .intervals
        .iter()
        .zip(&problem.resolution)
        .map(|(interval, points)| spaced(*interval, *points))
        .collect();
    let coordinates = grid(&axes);
    let middle: Vec<f64> = problem
        .family
        .iter()
        .flat_map(|family| &family.ranges)
        .map(|range| range.middle())
        .collect();
    let mut fields = session.evaluate(&at(&coordinates, &middle))?;
    let lives = statement.lives(&coordinates);
    for (values, lives) in fields.iter_mut().zip(&lives) {
        blank(values, lives);
    }
    let mut references = vec![None; fields.len()];
    let mut errors = Vec::new();
    for (field, error, values) in compared(problem, &coordinates, &lives, &fields) {
        errors.push((field, error));
        references[field] = Some(values);
    }

    let units = &problem.units;
    let axis = |(c, values): (usize, &Vec<f64>)| Axis {
        name: declared.coordinates[c].name.clone(),
        unit: units.coordinates[c].text.clone(),
        values: shown(values, &units.coordinates[c], declared.coordinates[c].kind),
        is_time: statement.domain.time == Some(c),
    };
    let field = |(f, (values, reference)): (usize, (&Vec<f64>, Option<Vec<f64>>))| {
        let (info, unit) = (&declared.fields[f], &units.fields[f]);
        SampledField {
            name: info.name.clone(),
            unit: unit.text.clone(),
            values: shown(values, unit, info.kind),
            reference: reference.map(|values| shown(&values, unit, info.kind)),
        }
    };
    let sampled = Sampled {
        title: problem.title.clone(),
        axes: axes.iter().enumerate().map(axis).collect(),
        fields: fields
            .iter()
            .zip(references)
            .enumerate()
            .map(field)
            .collect(),
        readings: readings(problem, session)?,
    };
    Ok(Evaluation { sampled, errors })
}

/// In display units.
fn shown(values: &[f64], unit: &Unit, kind: Kind) -> Vec<f64> {
    values.iter().map(|si| unit.from_si(*si, kind)).collect()
}

/// Measurements, and the solution at their places.
fn readings(
    problem: &Problem,
    session: &mut dyn AnySession,
) -> Result<Vec<SampledReadings>, CliError> {
    let (declared, units) = (&problem.statement.declared, &problem.units);
    let sets = problem.statement.readings.iter().map(|set| {
        let solution = session.evaluate(&set.places)?.swap_remove(set.field);
        let (unit, kind) = (&units.fields[set.field], declared.fields[set.field].kind);
        let places = set.places.iter().zip(&units.coordinates);
        let places = places.zip(&declared.coordinates);
        Ok(SampledReadings {
            name: set.name.clone(),
            field: set.field,
            places: places
                .map(|((column, unit), info)| shown(column, unit, info.kind))
                .collect(),
            values: shown(&set.values, unit, kind),
            solution: shown(&solution, unit, kind),
        })
    });
    sets.collect()
}

/// Coordinates with the same value of every range in each row.
pub(super) fn at(coordinates: &[Vec<f64>], values: &[f64]) -> Vec<Vec<f64>> {
    let rows = coordinates.first().map_or(0, Vec::len);
    let ranges = values.iter().map(|value| vec![*value; rows]);
    coordinates.iter().cloned().chain(ranges).collect()
}

/// Where a field does not live, it is no solution of anything.
fn blank(values: &mut [f64], inside: &[bool]) {
    for (value, inside) in values.iter_mut().zip(inside) {
        if !inside {
            *value = f64::NAN;
        }
    }
}

/// Fields that the reference gives, with their error where they live ([`Statement::lives`]), and the reference's values,
/// which are no numbers outside.
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
    let within = |values: &[f64], inside: &[bool]| -> Vec<f64> {
        let pairs = values.iter().zip(inside);
        pairs
            .filter_map(|(v, inside)| inside.then_some(*v))
            .collect()
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
