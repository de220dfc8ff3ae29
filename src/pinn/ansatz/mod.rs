//! Hard constraints: conditions that hold exactly for every network.
//!
//! A [`Statement`] may have an [`Ansatz`] of its own, as typed Rust. Otherwise the `hard` conditions of the form
//! field − value determine one: by transfinite interpolation if all are on faces, otherwise by functions in place of
//! distances. In both cases every `hard` condition is *verified* for arbitrary outputs of the network before training
//! starts.

mod blended;
mod error;
mod period;
mod transfinite;
mod value;
mod verify;

pub use error::{HardError, Place};
pub use period::{OpenPeriod, open_periods};
pub use verify::{Exact, exact};

use super::statement::Statement;
use pinn_expr::Graph;
use pinn_geometry::sampling::DimensionlessDomain;
use pinn_units::{Ansatz, Dimensional, Erased, Nondimensional};
use value::Prescribed;
pub(crate) use verify::verify;

/// Fields in physical units in terms of the network's outputs, their types forgotten.
pub type DimensionalAnsatz = Ansatz<Erased, Dimensional>;
/// Dimensionless fields in terms of the network's outputs.
pub type NondimensionalAnsatz = Ansatz<Erased, Nondimensional>;

/// Ansatz of a statement, if it has one or hard conditions determine one.
///
/// # Errors
/// If a hard condition does not fit the form field − value, conditions disagree where their faces meet, or a part of the
/// boundary has no smooth function that vanishes on it.
pub(super) fn ansatz(
    statement: &Statement,
    domain: &DimensionlessDomain,
) -> Result<Option<NondimensionalAnsatz>, HardError> {
    if let Some(ansatz) = &statement.ansatz {
        return Ok(Some(ansatz.clone().nondimensionalize(&statement.scales)?));
    }
    if !statement.conditions.iter().any(|c| c.hard) {
        return Ok(None);
    }
    let values = value::values(statement, domain)?;
    value::agree(statement, domain, &values)?;
    let mut graph = Graph::new();
    let mut fields = Vec::new();
    for field in 0..statement.declared.fields.len() as u16 {
        let own: Vec<&Prescribed> = values.iter().filter(|v| v.field == field).collect();
        if own.is_empty() {
            continue;
        }
        let faces = own.iter().map(|v| Some((v.place.whole_face()?, *v)));
        let (prescribed, free) = match faces.collect::<Option<Vec<_>>>() {
            Some(faces) => transfinite::interpolated(&mut graph, domain, &faces),
            None => blended::blended(&mut graph, statement, domain, &own)?,
        };
        let output = graph.field(field);
        let free = graph.mul(free, output);
        fields.push((field, graph.add(prescribed, free)));
    }
    let declared = statement.declared.clone();
    Ok(Some(Ansatz::from_parts(declared, graph, fields)))
}
