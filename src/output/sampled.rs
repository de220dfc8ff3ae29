//! A solution sampled on a regular grid, in the units that people asked for.

use super::OutputError;

/// One coordinate of the grid.
#[derive(Clone, PartialEq, Debug)]
pub struct Axis {
    pub name: String,
    /// Display unit as written in the problem file, such as `mm`; empty if dimensionless.
    pub unit: String,
    /// Strictly increasing, in the display unit.
    pub values: Vec<f64>,
    pub is_time: bool,
}

/// One field on the grid, in its display unit.
#[derive(Clone, PartialEq, Debug)]
pub struct SampledField {
    pub name: String,
    pub unit: String,
    /// One value per grid point; the last axis varies fastest.
    pub values: Vec<f64>,
    /// The reference on the same points, where there is one.
    pub reference: Option<Vec<f64>>,
}

/// Readings of one field, and the solution at the same places, in display units.
#[derive(Clone, PartialEq, Debug)]
pub struct SampledReadings {
    pub name: String,
    /// Number into [`Sampled::fields`].
    pub field: usize,
    /// One column per axis.
    pub places: Vec<Vec<f64>>,
    pub values: Vec<f64>,
    pub solution: Vec<f64>,
}

/// Fields on a tensor grid; axes in the order of declaration of the coordinates.
#[derive(Clone, PartialEq, Debug)]
pub struct Sampled {
    /// Title of the problem, for pictures.
    pub title: String,
    pub axes: Vec<Axis>,
    pub fields: Vec<SampledField>,
    /// What was measured, if anything was.
    pub readings: Vec<SampledReadings>,
}

impl Sampled {
    /// Number of grid points.
    pub fn points(&self) -> usize {
        self.axes.iter().map(|a| a.values.len()).product()
    }

    /// Every axis has points, every field and reference a value at each.
    pub(super) fn check(&self) -> Result<(), OutputError> {
        let expected = self.points();
        let incomplete = |name: &str, found| OutputError::Incomplete {
            name: name.to_string(),
            expected,
            found,
        };
        if let Some(axis) = self.axes.iter().find(|a| a.values.is_empty()) {
            return Err(incomplete(&axis.name, 0));
        }
        for field in &self.fields {
            for column in std::iter::once(&field.values).chain(&field.reference) {
                if column.len() != expected {
                    return Err(incomplete(&field.name, column.len()));
                }
            }
        }
        for set in &self.readings {
            let rows = set.values.len();
            let columns = set.places.iter().chain([&set.solution]);
            let short = columns.map(Vec::len).find(|found| *found != rows);
            if let Some(found) = short {
                return Err(OutputError::Incomplete {
                    name: set.name.clone(),
                    expected: rows,
                    found,
                });
            }
        }
        Ok(())
    }

    /// Number of the grid point along every axis.
    pub fn index(&self, point: usize) -> Vec<usize> {
        let mut index = vec![0; self.axes.len()];
        let mut rest = point;
        for (i, axis) in index.iter_mut().zip(&self.axes).rev() {
            let points = axis.values.len().max(1);
            *i = rest % points;
            rest /= points;
        }
        // Points beyond the grid are beyond the first axis.
        if let Some(first) = index.first_mut() {
            *first += rest * self.axes[0].values.len().max(1);
        }
        index
    }

    /// Coordinates of a grid point, in display units.
    pub fn coordinates(&self, point: usize) -> Vec<f64> {
        let index = self.index(point);
        let pairs = self.axes.iter().zip(index);
        pairs.map(|(axis, i)| axis.values[i]).collect()
    }
}
