//! `[[data]]`: measured values from CSV files whose header has the units.

mod cell;
mod header;
mod line;
mod noise;
mod table;

use super::beside::{self, BesideFile};
use super::bounds::number;
use super::context::Context;
use super::mistake::{Checked, Fault, Mistake};
use super::wire::DataEntry;
use noise::noise;
use pinn_core::measurements::Measurements;
use std::path::Path;
use table::Table;
use toml::Spanned;

/// CSV files.
const TABLE: beside::Kind = beside::Kind {
    what: "a data file",
    example: "measurements.csv",
    limit: 64 << 20,
};
/// Most measurements of one problem: each is a row of the Jacobian.
const MAX_MEASUREMENTS: usize = 1_000_000;
/// All measurements, one set per table and field, and the files that they came from.
pub(super) fn data(
    entries: &[Spanned<DataEntry>],
    taken: &[String],
    folder: &Path,
    context: Context,
) -> Checked<(Vec<Measurements>, Vec<BesideFile>)> {
    let (mut all, mut files): (Vec<Measurements>, Vec<BesideFile>) = (Vec::new(), Vec::new());
    let mut names: Vec<String> = taken.to_vec();
    let mut with_noise: Option<bool> = None;
    for entry in entries {
        let entry = entry.get_ref();
        let name = entry.name.get_ref();
        if names.contains(name) {
            let fault = Fault::Duplicate {
                what: "name",
                name: name.clone(),
            };
            return Err(Mistake::new(fault, entry.name.span())
                .label("names of data, conditions and equations must differ"));
        }
        names.push(name.clone());
        if *with_noise.get_or_insert(entry.noise.is_some()) != entry.noise.is_some() {
            let fault = Fault::MissingKey {
                key: "noise".to_string(),
            };
            return Err(Mistake::new(fault, entry.name.span())
                .label("some data have `noise` and others have none")
                .help("give `noise` for all data, or for none to have it estimated"));
        }
        let file = beside::read(&entry.file, folder, &TABLE)?;
        let text = file.text(&entry.file, folder)?;
        let table = Table::read(&text, context);
        let table = table.map_err(|mistake| mistake.elsewhere(&file.name, text))?;
        let weight = number(&entry.weight, "weight", 1.0, f64::MIN_POSITIVE..=f64::MAX)?;
        let noise = noise(entry, &table, context)?;
        let several = table.fields.len() > 1;
        for (place, (field, column)) in table.fields.into_iter().enumerate() {
            let info = &context.declared.fields[field];
            all.push(Measurements {
                name: match several {
                    true => format!("{name}: {}", info.name),
                    false => name.clone(),
                },
                field,
                places: column.places,
                values: column.values,
                noise: noise.as_ref().map(|noise| noise[place]),
                weight,
            });
        }
        let measurements: usize = all.iter().map(|set| set.values.len()).sum();
        if measurements > MAX_MEASUREMENTS {
            let fault = Fault::OutOfRange {
                what: "the number of measurements".to_string(),
                allowed: format!("at most {MAX_MEASUREMENTS}"),
                found: measurements.to_string(),
            };
            return Err(Mistake::new(fault, entry.file.span()).label("including this file"));
        }
        if !files.contains(&file) {
            files.push(file);
        }
    }
    Ok((all, files))
}
