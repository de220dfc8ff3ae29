//! A trained network as a function of physical quantities.

use super::engine::{Engine, EngineError};
use super::points::Points;
use crate::expr::Real;
use crate::units::Scales;

/// Evaluates fields in SI base units at coordinates in SI base units.
pub trait Solution {
    /// `coordinates[c][i]` in, `fields[f][i]` out.
    fn evaluate(&mut self, coordinates: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, EngineError>;
}

/// An engine with trained parameters and the scales that lead back to physical units.
pub struct NetworkSolution<'a, T: Real> {
    pub engine: &'a mut dyn Engine<T>,
    pub parameters: &'a [T],
    pub scales: &'a Scales,
}

impl<T: Real> Solution for NetworkSolution<'_, T> {
    fn evaluate(&mut self, coordinates: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, EngineError> {
        let rows = coordinates.first().map_or(0, Vec::len);
        if rows == 0 {
            return Ok(vec![Vec::new(); self.scales.fields.len()]);
        }
        let mut points = Points::new(1, coordinates.len(), rows);
        for (c, (column, affine)) in coordinates.iter().zip(&self.scales.coordinates).enumerate() {
            for (to, si) in points.column_mut(0, c).iter_mut().zip(column) {
                *to = T::from_f64(affine.to_dimensionless(*si));
            }
        }
        let values = self.engine.fields(self.parameters, &points)?;
        let fields = self.scales.fields.iter().enumerate().map(|(f, affine)| {
            let column = &values[f * rows..][..rows];
            column.iter().map(|v| affine.to_si(v.to_f64())).collect()
        });
        Ok(fields.collect())
    }
}
