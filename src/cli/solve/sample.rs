//! The solution and its reference on the evaluation grid.

use super::super::error::CliError;
use crate::output::{Axis, Sampled, SampledField};
use crate::pinn::accuracy::{FieldError, field_error};
use crate::pinn::domain::Interval;
use crate::pinn::session::AnySession;
use crate::problem::Problem;
use crate::units::{Kind, Unit};

/// A solution on a grid, and its errors.
pub(super) struct Evaluation {
    /// In display units.
    pub(super) sampled: Sampled,
    /// Number of the field, and its error; only fields that the reference gives.
    pub(super) errors: Vec<(usize, FieldError)>,
}

pub(super) fn evaluate(
    problem: &Problem,
    session: &mut dyn AnySession,
) -> Result<Evaluation, CliError> {
    let statement = &problem.statement;
    let (declared, scales) = (&statement.declared, &statement.scales);
    let axes: Vec<Vec<f64>> = statement
        .domain
        .intervals
        .iter()
        .zip(&problem.resolution)
        .map(|(interval, points)| spaced(*interval, *points))
        .collect();
    let coordinates = grid(&axes);
    let fields = session.evaluate(&coordinates)?;

    let mut references = vec![None; fields.len()];
    let mut errors = Vec::new();
    if let Some(reference) = &problem.reference {
        let values = reference.evaluate(&coordinates);
        let known = reference.fields().iter().zip(values);
        for ((field, values), own_error) in known.zip(reference.errors()) {
            let affine = scales.fields[*field];
            let error = field_error(
                &fields[*field],
                &values,
                affine.reference,
                affine.scale,
                own_error,
            );
            errors.push((*field, error));
            references[*field] = Some(values);
        }
    }

    let units = &problem.units;
    let shown = |values: &[f64], unit: &Unit, kind: Kind| -> Vec<f64> {
        values.iter().map(|si| unit.from_si(*si, kind)).collect()
    };
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
    };
    Ok(Evaluation { sampled, errors })
}

/// Equally spaced values, both ends included exactly; the middle if there is one only.
fn spaced(interval: Interval, points: usize) -> Vec<f64> {
    match points {
        0 | 1 => vec![0.5 * (interval.lower + interval.upper)],
        _ => (0..points)
            .map(|i| {
                let fraction = i as f64 / (points - 1) as f64;
                interval.lower * (1.0 - fraction) + interval.upper * fraction
            })
            .collect(),
    }
}

/// All combinations, one column per axis; the last axis varies fastest.
fn grid(axes: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let total: usize = axes.iter().map(Vec::len).product();
    let mut repeat = total;
    let mut columns = Vec::with_capacity(axes.len());
    for axis in axes {
        repeat /= axis.len();
        columns.push((0..total).map(|i| axis[i / repeat % axis.len()]).collect());
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_axis_varies_fastest_and_ends_are_exact() {
        let interval = Interval {
            lower: 0.1,
            upper: 0.7,
        };
        let values = spaced(interval, 4);
        assert_eq!((values[0], values[3]), (0.1, 0.7));
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]));
        let unit = Interval {
            lower: 0.0,
            upper: 1.0,
        };
        assert_eq!(spaced(unit, 1), [0.5]);
        let columns = grid(&[vec![1.0, 2.0], vec![3.0, 4.0, 5.0]]);
        assert_eq!(columns[0], [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
        assert_eq!(columns[1], [3.0, 4.0, 5.0, 3.0, 4.0, 5.0]);
    }
}
