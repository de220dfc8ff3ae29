//! Solution sampled on a regular grid, in the units of the problem file.

use super::OutputError;

/// Axis of the grid.
#[derive(Clone, PartialEq, Debug)]
pub struct Axis {
    /// Name of the coordinate.
    pub name: String,
    /// Display unit as written in the problem file, such as `mm`; empty if dimensionless.
    pub unit: String,
    /// Grid points in the display unit, strictly increasing.
    pub values: Vec<f64>,
    /// True if the coordinate is time.
    pub is_time: bool,
}

/// Field on the grid, in its display unit.
#[derive(Clone, PartialEq, Debug)]
pub struct SampledField {
    /// Name of the field.
    pub name: String,
    /// Display unit; empty if dimensionless.
    pub unit: String,
    /// One value per grid point; the last axis varies fastest.
    pub values: Vec<f64>,
    /// Reference at the same points, if there is one.
    pub reference: Option<Vec<f64>>,
    /// Estimated error at the same points, as a difference in the display unit, if it was estimated.
    pub estimate: Option<Vec<f64>>,
}

/// Measurements of one field, and the solution at the same places, in display units.
#[derive(Clone, PartialEq, Debug)]
pub struct SampledMeasurements {
    /// Name of the set of measurements.
    pub name: String,
    /// Index into [`Sampled::fields`].
    pub field: usize,
    /// Places, one column per axis.
    pub places: Vec<Vec<f64>>,
    /// Measured values.
    pub values: Vec<f64>,
    /// Solution at the places.
    pub solution: Vec<f64>,
}

/// Fields on a tensor grid; axes in the order of declaration of the coordinates.
#[derive(Clone, PartialEq, Debug)]
pub struct Sampled {
    /// Title of the problem, for pictures.
    pub title: String,
    /// Axes in the order of the coordinates.
    pub axes: Vec<Axis>,
    /// Fields in the order of declaration.
    pub fields: Vec<SampledField>,
    /// Measurements, if there are any.
    pub measurements: Vec<SampledMeasurements>,
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
            let columns = std::iter::once(&field.values).chain(&field.reference);
            for column in columns.chain(&field.estimate) {
                if column.len() != expected {
                    return Err(incomplete(&field.name, column.len()));
                }
            }
        }
        for set in &self.measurements {
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

    /// Index along every axis of a grid point.
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
