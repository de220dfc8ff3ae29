//! Hard constraints: conditions that hold exactly, whatever the network.
//!
//! A [`Statement`] may bring an [`Ansatz`] of its own, as typed Rust. Otherwise the conditions of the form
//! field − value that are marked `hard` become one by themselves, by transfinite interpolation. Either way it is
//! *verified*, before anything is trained, that every condition marked `hard` holds for arbitrary outputs of the
//! network.

mod error;
mod period;
mod transfinite;
mod value;
mod verify;

pub use error::{HardError, Place};
pub use period::{OpenPeriod, open_periods};
pub use verify::{Exact, exact};

use super::sampling::DimensionlessDomain;
use super::statement::Statement;
use crate::units::{Ansatz, Dimensional, Erased, Nondimensional};
use verify::verify;

/// Fields in physical units in terms of the network's outputs, their types forgotten.
pub type DimensionalAnsatz = Ansatz<Erased, Dimensional>;
/// The same, dimensionless.
pub type NondimensionalAnsatz = Ansatz<Erased, Nondimensional>;

/// The ansatz of a statement, if it brings one or has hard conditions.
///
/// # Errors
/// If a hard condition does not fit the form field − value, or conditions disagree where their faces meet.
pub(super) fn ansatz(statement: &Statement) -> Result<Option<NondimensionalAnsatz>, HardError> {
    if let Some(ansatz) = &statement.ansatz {
        return Ok(Some(ansatz.clone().nondimensionalize(&statement.scales)?));
    }
    if !statement.conditions.iter().any(|c| c.hard) {
        return Ok(None);
    }
    let domain = DimensionlessDomain::new(&statement.domain, &statement.scales)?;
    let values = value::values(statement, &domain)?;
    value::agree(statement, &domain, &values)?;
    Ok(Some(transfinite::interpolate(statement, &domain, values)))
}

/// Whether the hard conditions of a statement hold under its ansatz.
pub(super) fn check(
    statement: &Statement,
    nondimensional: &super::statement::NondimensionalStatement,
) -> Result<(), HardError> {
    verify(statement, nondimensional)
}
