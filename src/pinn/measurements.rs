//! Measurements of fields, and their weights relative to equations and conditions.
//!
//! A measurement d of a field f with a standard deviation σ adds the residual (f − d)/σ, which has no dimension. With
//! independent normal errors, the most likely solution *of the equations* minimises Σ ((f − d)/σ)²; the weights of
//! equations and conditions in that sum must therefore be so large that they nearly hold, and need not be larger.
//! Training minimises
//!
//! Σ over measurements ((f − d)/σ)² + 1/δ² · Σ over equations and conditions ⟨r²⟩,
//!
//! multiplied by δ²: the dimensionless residuals r are known to vanish to within the tolerance δ. It is chosen by the
//! information in the measurements: in units of the scale S of its field, the mean of n measurements is known to σ/(S√n).
//! The choice
//!
//! δ = [`SHARE`] / √(Σ over measurements (S/σ)²)
//!
//! lets equations that are violated by δ move the fields by a tenth of that, times how far a residual of one moves
//! them, which is of the order of one in the dimensionless form. The variances of what is estimated are then those of
//! the problem with exact equations to within a hundredth; see [`uncertainty`](super::uncertainty). If one field was
//! measured with one noise, δ² Σ ((f − d)/σ)² is SHARE² times the mean square of (f − d)/S, so that the solution does
//! not depend on σ.

use super::statement::Statement;
use pinn_expr::{Graph, Real};
use pinn_geometry::points::Points;
use pinn_geometry::row_data::RowData;
use pinn_units::{
    Dimensions, NondimensionalError, NondimensionalResiduals, QuantityInfo, RawEquation, Residuals,
    Scales,
};

/// The tolerance of equations as a part of the standard error of the mean of all measurements. Variances grow by its
/// square: one hundredth.
pub const SHARE: f64 = 0.1;

/// Measurements of one field. All numbers are in SI base units.
#[derive(Clone, PartialEq, Debug)]
pub struct Measurements {
    /// Name for messages and reports, unique among data and conditions.
    pub name: String,
    /// Number of the field.
    pub field: usize,
    /// One column per coordinate, all of the same length of at least one.
    pub places: Vec<Vec<f64>>,
    /// Measured values, one per place.
    pub values: Vec<f64>,
    /// Standard deviation of one measurement. If no measurements of the problem have one, it is estimated.
    pub noise: Option<f64>,
    /// Factor on the squares, in addition to the noise.
    pub weight: f64,
}

impl Measurements {
    /// Divisor of a difference: the noise, or the scale of the field.
    pub fn unit(&self, scales: &Scales) -> f64 {
        self.noise
            .unwrap_or_else(|| scales.fields[self.field].scale.abs())
    }

    /// Residuals (f − d)/σ · δ√n for the tolerance δ, whose mean squares are losses like those of the equations.
    pub(super) fn residuals(
        &self,
        statement: &Statement,
        tolerance: f64,
    ) -> Result<NondimensionalResiduals, NondimensionalError> {
        let (mut declared, mut scales) = (statement.declared.clone(), statement.scales.clone());
        let number = declared.coordinates.len();
        RowData::append(&[self.row_data(statement)], &mut declared, &mut scales);
        let mut graph = Graph::new();
        let field = graph.field(self.field as u16);
        let measurement = graph.coordinate(number as u8);
        let difference = graph.sub(field, measurement);
        let unit = graph.constant(self.unit(&statement.scales));
        let residual = graph.div(difference, unit);
        let equation = RawEquation {
            name: statement.declared.fields[self.field].name.clone(),
            residual,
            dimensions: Dimensions::NONE,
        };
        let by = 1.0 / (tolerance * (self.values.len() as f64).sqrt());
        Residuals::from_parts(declared, graph, vec![equation])
            .nondimensionalize_by_values(&scales, vec![by])
    }

    fn row_data(&self, statement: &Statement) -> RowData {
        let info = &statement.declared.fields[self.field];
        RowData {
            info: QuantityInfo {
                name: format!("{}_read", info.name),
                ..info.clone()
            },
            affine: statement.scales.fields[self.field],
        }
    }

    /// Dimensionless points that carry the measurements.
    pub(super) fn points<T: Real>(&self, statement: &Statement) -> Points<T> {
        let (mut declared, mut scales) = (statement.declared.clone(), statement.scales.clone());
        RowData::append(&[self.row_data(statement)], &mut declared, &mut scales);
        let columns = self.places.iter().chain([&self.values]);
        let columns: Vec<&[f64]> = columns.map(Vec::as_slice).collect();
        RowData::points(&columns, &scales)
    }
}

/// The tolerance δ to which the dimensionless residuals of equations and conditions are known to vanish.
pub fn tolerance(measurements: &[Measurements], scales: &Scales) -> f64 {
    let information = measurements.iter().map(|set| {
        let noise = set.unit(scales) / scales.fields[set.field].scale;
        set.weight * set.values.len() as f64 / (noise * noise)
    });
    SHARE / information.sum::<f64>().sqrt()
}
