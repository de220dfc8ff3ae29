//! Standard deviations of measurements.

use super::table::Table;
use crate::context::Context;
use crate::mistake::{Checked, Fault, Mistake};
use crate::names::field_number;
use crate::quantity::{Expected, quantity};
use crate::wire::DataEntry;
use pinn_units::Kind;

/// Standard deviations in SI base units, one per field of the table.
pub(super) fn noise(
    entry: &DataEntry,
    table: &Table,
    context: Context,
) -> Checked<Option<Vec<f64>>> {
    let Some(noise) = &entry.noise else {
        return Ok(None);
    };
    let declared = context.declared;
    let mut all = vec![None; table.fields.len()];
    for (name, value) in &noise.get_ref().0 {
        let field = field_number(name, declared)?;
        let Some(place) = table.fields.iter().position(|(f, _)| *f == field) else {
            let fault = Fault::UnknownName {
                what: "column",
                name: name.get_ref().clone(),
            };
            return Err(Mistake::new(fault, name.span()).label(format!(
                "`{}` has no measurements of it",
                entry.file.get_ref()
            )));
        };
        let info = &declared.fields[field];
        // For temperatures it is a difference.
        let expected = Expected {
            kind: Kind::Plain,
            ..Expected::amount(&info.name, info.dimensions)
        };
        let (si, _) = quantity(value, expected, context.file)?;
        if si <= 0.0 {
            let fault = Fault::OutOfRange {
                what: format!("the noise of `{}`", info.name),
                allowed: "positive".to_string(),
                found: si.to_string(),
            };
            return Err(Mistake::new(fault, value.span())
                .label("the standard deviation of one measurement")
                .help("remove `noise` to have it estimated"));
        }
        all[place] = Some(si);
    }
    let pairs = all.iter().zip(&table.fields);
    let all: Result<Vec<f64>, _> = pairs.map(|(si, (field, _))| si.ok_or(*field)).collect();
    all.map(Some).map_err(|field| {
        let info = &declared.fields[field];
        let fault = Fault::Missing {
            what: "noise of",
            name: info.name.clone(),
        };
        let unit = info.dimensions.unit_text();
        Mistake::new(fault, noise.span())
            .label("the file has measurements of it")
            .help(format!("add `{} = \"1 {unit}\"`", info.name))
    })
}
