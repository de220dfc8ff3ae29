//! Expressions over the fields of a trained network and their derivatives, in physical units.

use super::statement::Posed;
use super::unknown::as_fields;
use pinn_engine::fused::FusedEngine;
use pinn_engine::{Engine, EngineError};
use pinn_geometry::row_data::RowData;
use pinn_network::Network;
use pinn_units::{DimensionalResiduals, NondimensionalError, Scales};

/// Reasons why expressions cannot be evaluated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ExpressionError {
    /// An expression has no dimensionless form.
    #[error(transparent)]
    Form(#[from] NondimensionalError),
    /// The network does not give the derivatives.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Expressions of one statement, compiled for its network. They are computed in f64 on the CPU.
pub struct Expressions {
    engine: FusedEngine<f64>,
    /// Factor of each dimensionless value.
    references: Vec<f64>,
    scales: Scales,
}

impl Expressions {
    /// Compiles `expressions`, one residual each, over the quantities of a statement that `network` solves. The network
    /// gives the values of unknowns.
    ///
    /// # Errors
    /// If an expression has no dimensionless form, or contains derivatives that networks do not give.
    pub fn new(
        posed: &Posed,
        network: Network,
        expressions: DimensionalResiduals,
    ) -> Result<Self, ExpressionError> {
        let statement = posed.statement();
        let scales = as_fields(statement).scales;
        let unknowns: Vec<usize> = statement.unknowns.iter().map(|u| u.parameter).collect();
        let residuals = expressions
            .with_unknowns(&unknowns)
            .nondimensionalize(&scales)?;
        let references = residuals.forms().iter().map(|form| form.reference);
        let references = references.collect();
        let residuals = match &posed.dimensionless().ansatz {
            Some(ansatz) => residuals.constrained(ansatz),
            None => residuals,
        };
        Ok(Expressions {
            engine: FusedEngine::new(network, vec![residuals.compile()], 0)?,
            references,
            scales,
        })
    }

    /// Evaluates the expressions in SI base units, one column per expression, at `coordinates[c][i]` in SI base units,
    /// for the `parameters` of the network.
    ///
    /// # Errors
    /// If the number of parameters or coordinates differs from that of the network.
    pub fn evaluate(
        &mut self,
        parameters: &[f64],
        coordinates: &[Vec<f64>],
    ) -> Result<Vec<Vec<f64>>, EngineError> {
        let columns: Vec<&[f64]> = coordinates.iter().map(Vec::as_slice).collect();
        if columns.len() != self.scales.coordinates.len() {
            return Err(EngineError::Shape {
                what: "coordinates",
                expected: self.scales.coordinates.len(),
                found: columns.len(),
            });
        }
        let points = RowData::points(&columns, &self.scales);
        let batch = self.engine.residuals(parameters, 0, &points)?;
        let values = self.references.iter().enumerate();
        let values = values.map(|(number, reference)| {
            let column = batch.column(number).iter();
            column.map(|value| value * reference).collect()
        });
        Ok(values.collect())
    }
}
