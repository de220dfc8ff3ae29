//! Measurements of one file.

use super::cell::{inside, si};
use super::header::{Header, Role, header};
use super::line::lines;
use crate::context::Context;
use crate::mistake::{Checked, Fault, Mistake};

/// Measurements of one field, SI base units.
pub(super) struct Column {
    pub places: Vec<Vec<f64>>,
    pub values: Vec<f64>,
}

pub(super) struct Table {
    /// By number of the field, in the order of the file.
    pub fields: Vec<(usize, Column)>,
}

impl Table {
    pub fn read(text: &str, context: Context) -> Checked<Table> {
        let mut lines = lines(text);
        let Some(first) = lines.next().transpose()? else {
            let message = "it is empty".to_string();
            return Err(Mistake::new(Fault::Csv { message }, 0..0)
                .label("expected a header such as `x [mm], t [s], T [degC]`"));
        };
        if first.cells.len() == 1
            && let Some(other) = first.text.find([';', '\t'])
        {
            let message = "its columns are not separated by commas".to_string();
            let place = first.start + other;
            return Err(Mistake::new(Fault::Csv { message }, place..place + 1)
                .label("expected a comma")
                .help("separate columns with commas, and use a decimal point"));
        }
        let declared = context.declared;
        let Header { columns, fields } = header(&first, declared)?;
        let coordinates = declared.coordinates.len();
        let column = |field| {
            let places = vec![Vec::new(); coordinates];
            let values = Vec::new();
            (field, Column { places, values })
        };
        let mut table = Table {
            fields: fields.into_iter().map(column).collect(),
        };
        for line in lines {
            let line = line?;
            if line.cells.len() != columns.len() {
                let message = format!(
                    "expected {} cells, found {}",
                    columns.len(),
                    line.cells.len()
                );
                return Err(Mistake::new(Fault::Csv { message }, line.whole())
                    .label("as many cells as the header has columns")
                    .help("leave a cell empty where there is no measurement: `1.0,,20.5`"));
            }
            let mut place = vec![0.0; coordinates];
            let mut values = vec![None; table.fields.len()];
            for (number, (role, unit)) in columns.iter().enumerate() {
                let cell = line.cells.get(number).unwrap_or("").trim();
                match role {
                    Role::Coordinate(c) => {
                        let info = &declared.coordinates[*c];
                        if cell.is_empty() {
                            let fault = Fault::Missing {
                                what: "coordinate",
                                name: info.name.clone(),
                            };
                            return Err(Mistake::new(fault, line.cell(number))
                                .label("only cells of fields may be empty"));
                        }
                        let si = si(cell, unit, info, line.cell(number))?;
                        place[*c] = inside(si, unit, *c, line.cell(number), context)?;
                    }
                    Role::Field(_) if cell.is_empty() => {}
                    Role::Field(f) => {
                        let info = &declared.fields[table.fields[*f].0];
                        values[*f] = Some(si(cell, unit, info, line.cell(number))?);
                    }
                }
            }
            for ((_, column), value) in table.fields.iter_mut().zip(values) {
                let Some(value) = value else { continue };
                column.values.push(value);
                for (column, x) in column.places.iter_mut().zip(&place) {
                    column.push(*x);
                }
            }
        }
        let empty = table.fields.iter().find(|(_, c)| c.values.is_empty());
        if let Some((field, _)) = empty {
            let name = &declared.fields[*field].name;
            let message = format!("it has no measurements of `{name}`");
            return Err(Mistake::new(Fault::Csv { message }, first.whole())
                .label("no line has a number in this column"));
        }
        Ok(table)
    }
}
