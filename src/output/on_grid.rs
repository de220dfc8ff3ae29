//! Solutions on the evaluation grid.

use super::{Axis, Sampled, SampledField, SampledMeasurements, Solved, grid, spaced};
use pinn_core::session::{AnySession, SessionError};
use pinn_units::{Kind, Unit};

/// A solution on a grid.
#[derive(Clone, PartialEq, Debug)]
pub struct OnGrid {
    /// Solution and measurements in display units.
    pub sampled: Sampled,
    /// One column per coordinate, in SI base units.
    pub coordinates: Vec<Vec<f64>>,
    /// One column per field, in SI base units; NaN where the field does not live.
    pub fields: Vec<Vec<f64>>,
    /// True where a field lives, by field and point.
    pub lives: Vec<Vec<bool>>,
}

impl Solved<'_> {
    /// Evaluates the solution at so many equally spaced values of each coordinate; that of a family at these values of its
    /// ranges, in SI base units.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn on_grid(
        &self,
        session: &mut dyn AnySession,
        resolution: &[usize],
        ranges: &[f64],
    ) -> Result<OnGrid, SessionError> {
        let statement = self.statement;
        let declared = &statement.declared;
        let intervals = statement.domain.intervals.iter().zip(resolution);
        let axes: Vec<Vec<f64>> = intervals
            .map(|(interval, points)| spaced(*interval, *points))
            .collect();
        let coordinates = grid(&axes);
        let mut fields = session.evaluate(&beside(&coordinates, ranges))?;
        let lives = statement.lives(&coordinates);
        for (values, lives) in fields.iter_mut().zip(&lives) {
            blank(values, lives);
        }
        let axis = |(c, values): (usize, &Vec<f64>)| {
            let (info, unit) = (&declared.coordinates[c], &self.coordinates[c]);
            Axis {
                name: info.name.clone(),
                unit: unit.text.clone(),
                values: shown(values, unit, info.kind),
                is_time: statement.domain.time == Some(c),
            }
        };
        let field = |(f, values): (usize, &Vec<f64>)| {
            let (info, unit) = (&declared.fields[f], &self.fields[f]);
            SampledField {
                name: info.name.clone(),
                unit: unit.text.clone(),
                values: shown(values, unit, info.kind),
                reference: None,
                estimate: None,
            }
        };
        let sampled = Sampled {
            title: self.title.to_string(),
            axes: axes.iter().enumerate().map(axis).collect(),
            fields: fields.iter().enumerate().map(field).collect(),
            measurements: self.measurements(session)?,
        };
        Ok(OnGrid {
            sampled,
            coordinates,
            fields,
            lives,
        })
    }

    /// Measurements, and the solution at their places.
    fn measurements(
        &self,
        session: &mut dyn AnySession,
    ) -> Result<Vec<SampledMeasurements>, SessionError> {
        let declared = &self.statement.declared;
        let sets = self.statement.measurements.iter().map(|set| {
            let solution = session.evaluate(&set.places)?.swap_remove(set.field);
            let (unit, kind) = (&self.fields[set.field], declared.fields[set.field].kind);
            let places = set.places.iter().zip(self.coordinates);
            let places = places.zip(&declared.coordinates);
            Ok(SampledMeasurements {
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
}

/// Values in a display unit.
pub fn shown(values: &[f64], unit: &Unit, kind: Kind) -> Vec<f64> {
    values.iter().map(|si| unit.from_si(*si, kind)).collect()
}

/// Coordinates, followed by the same values of the ranges of a family in each row.
pub fn beside(coordinates: &[Vec<f64>], ranges: &[f64]) -> Vec<Vec<f64>> {
    let rows = coordinates.first().map_or(0, Vec::len);
    let ranges = ranges.iter().map(|value| vec![*value; rows]);
    coordinates.iter().cloned().chain(ranges).collect()
}

/// Makes values NaN where their field does not live.
pub fn blank(values: &mut [f64], lives: &[bool]) {
    for (value, lives) in values.iter_mut().zip(lives) {
        if !lives {
            *value = f64::NAN;
        }
    }
}
