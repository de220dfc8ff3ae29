//! The first line of a file: its columns and their units.

use super::line::Line;
use crate::mistake::{Checked, Fault, Mistake, unit_mistake};
use crate::suggest::{list, remedy};
use pinn_units::{Declared, QuantityInfo, Unit, parse_unit};
use std::ops::Range;

/// Columns of a file.
pub(super) struct Header {
    /// Quantity and unit of every column.
    pub columns: Vec<(Role, Unit)>,
    /// Numbers of the fields, in the order of the file.
    pub fields: Vec<usize>,
}

/// The quantity in a column of the file.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum Role {
    Coordinate(usize),
    /// Its place among [`Header::fields`].
    Field(usize),
}

/// Reads the first line of a file.
pub(super) fn header(line: &Line, declared: &Declared) -> Checked<Header> {
    let mut columns: Vec<(Role, Unit)> = Vec::new();
    let mut fields: Vec<usize> = Vec::new();
    for (number, cell) in line.cells.iter().enumerate() {
        let span = line.cell(number);
        let cell = cell.trim();
        let (name, unit) = match cell.split_once('[').zip(cell.strip_suffix(']')) {
            Some(((name, _), whole)) => (name.trim(), &whole[name.len() + 1..]),
            None => (cell, ""),
        };
        let (role, info) = match (declared.coordinate(name), declared.field(name)) {
            (Some(c), _) => (Role::Coordinate(c), &declared.coordinates[c]),
            (None, Some(f)) => {
                let known = fields.iter().position(|field| *field == f);
                let place = known.unwrap_or_else(|| {
                    fields.push(f);
                    fields.len() - 1
                });
                (Role::Field(place), &declared.fields[f])
            }
            (None, None) => {
                let infos = declared.coordinates.iter().chain(&declared.fields);
                let known: Vec<&str> = infos.map(|info| info.name.as_str()).collect();
                let fault = Fault::UnknownName {
                    what: "column",
                    name: name.to_string(),
                };
                return Err(Mistake::new(fault, span)
                    .label(format!("expected one of {}", list(&known)))
                    .help(remedy(name, "column", &known)));
            }
        };
        if columns.iter().any(|(other, _)| *other == role) {
            let fault = Fault::Duplicate {
                what: "column",
                name: name.to_string(),
            };
            return Err(Mistake::new(fault, span).label("this is the second one"));
        }
        columns.push((role, column_unit(unit, info, span)?));
    }
    for (number, info) in declared.coordinates.iter().enumerate() {
        if !columns
            .iter()
            .any(|(role, _)| *role == Role::Coordinate(number))
        {
            return Err(missing_column(info, line));
        }
    }
    if fields.is_empty()
        && let Some(info) = declared.fields.first()
    {
        return Err(missing_column(info, line));
    }
    Ok(Header { columns, fields })
}

fn missing_column(info: &QuantityInfo, line: &Line) -> Box<Mistake> {
    let fault = Fault::Missing {
        what: "column",
        name: info.name.clone(),
    };
    let unit = info.dimensions.unit_text();
    Mistake::new(fault, line.whole())
        .label("a line needs a place and a measurement")
        .help(format!("add a column `{} [{unit}]`", info.name))
}

/// The unit in the header; `span` is that of the whole cell, which ends with it.
fn column_unit(text: &str, info: &QuantityInfo, span: Range<usize>) -> Checked<Unit> {
    let start = span.end.saturating_sub(text.len() + 1).max(span.start);
    let unit = parse_unit(text).map_err(|error| unit_mistake(error).shifted(start))?;
    if unit.dimensions == info.dimensions {
        return Ok(unit);
    }
    let example = format!("`{} [{}]`", info.name, info.dimensions.unit_text());
    if text.trim().is_empty() {
        let fault = Fault::NoUnit {
            name: info.name.clone(),
        };
        return Err(Mistake::new(fault, span)
            .label("units belong in the header")
            .help(format!("write it as in {example}")));
    }
    let fault = Fault::Dimension {
        what: format!("the unit of `{}`", info.name),
        expected: info.dimensions,
        found: unit.dimensions,
    };
    Err(Mistake::new(fault, span).label(format!("expected a unit as in {example}")))
}
