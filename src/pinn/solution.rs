//! Trained networks as functions of physical quantities.

use pinn_engine::{Engine, EngineError};
use pinn_expr::{Columns, ColumnsMut, Real, Scratch};
use pinn_geometry::points::Points;
use pinn_units::{Input, Kernel, Nondimensional, Scales};

/// Evaluates fields in SI base units at coordinates in SI base units.
pub trait Solution {
    /// Takes `coordinates[c][i]` and returns `fields[f][i]`.
    fn evaluate(&mut self, coordinates: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, EngineError>;
}

/// Engine with trained parameters and the scales that convert to physical units.
pub struct NetworkSolution<'a, T: Real> {
    /// Engine that evaluates the network.
    pub engine: &'a mut dyn Engine<T>,
    /// Trained parameters of the network.
    pub parameters: &'a [T],
    /// Scales of coordinates and fields.
    pub scales: &'a Scales,
    /// Ansatz that gives the dimensionless fields from the network's outputs and the dimensionless coordinates; without
    /// it the outputs are the fields.
    pub ansatz: Option<&'a Kernel<f64, Nondimensional>>,
}

impl<T: Real> Solution for NetworkSolution<'_, T> {
    fn evaluate(&mut self, coordinates: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, EngineError> {
        let rows = coordinates.first().map_or(0, Vec::len);
        if rows == 0 {
            return Ok(vec![Vec::new(); self.scales.fields.len()]);
        }
        let affines = self.scales.coordinates.iter();
        let dimensionless: Vec<Vec<f64>> = coordinates
            .iter()
            .zip(affines)
            .map(|(column, affine)| {
                column
                    .iter()
                    .map(|si| affine.to_dimensionless(*si))
                    .collect()
            })
            .collect();
        let mut points = Points::new(1, coordinates.len(), rows);
        for (c, column) in dimensionless.iter().enumerate() {
            for (to, x) in points.column_mut(0, c).iter_mut().zip(column) {
                *to = T::from_f64(*x);
            }
        }
        let outputs = self.engine.fields(self.parameters, &points)?;
        let outputs: Vec<f64> = outputs.iter().map(|v| v.to_f64()).collect();
        // In f64 also after training in f32, so that hard constraints are exact.
        let values = match self.ansatz {
            Some(ansatz) => constrained(ansatz, &dimensionless, &outputs, rows),
            None => outputs,
        };
        let fields = self.scales.fields.iter().enumerate().map(|(f, affine)| {
            let column = &values[f * rows..][..rows];
            column.iter().map(|v| affine.to_si(*v)).collect()
        });
        Ok(fields.collect())
    }
}

/// Computes the fields from outputs, column by column.
fn constrained(
    ansatz: &Kernel<f64, Nondimensional>,
    coordinates: &[Vec<f64>],
    outputs: &[f64],
    rows: usize,
) -> Vec<f64> {
    let columns = ansatz.inputs().iter().map(|input| match *input {
        Input::Coordinate { coordinate, .. } => &coordinates[usize::from(coordinate)][..],
        Input::Field { field, .. } | Input::Operator { field, .. } => {
            &outputs[usize::from(field) * rows..][..rows]
        }
    });
    let columns: Vec<f64> = columns.flatten().copied().collect();
    let mut fields = vec![0.0; rows * ansatz.residuals()];
    ansatz.evaluate(
        rows,
        Columns::new(&columns, rows),
        &mut ColumnsMut::new(&mut fields, rows),
        &mut Scratch::new(),
    );
    fields
}
