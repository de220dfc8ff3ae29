//! `[[data]]`: what was measured, from CSV files whose header has the units.

use super::beside::{self, BesideFile};
use super::bounds::number;
use super::context::Context;
use super::mistake::{Checked, Fault, Mistake, unit_mistake};
use super::names::field_number;
use super::quantity::{Expected, quantity};
use super::suggest::{list, remedy};
use super::wire::DataEntry;
use pinn_core::measurements::Measurements;
use pinn_units::{Declared, Kind, QuantityInfo, Unit, parse_unit};
use std::ops::Range;
use std::path::Path;
use toml::Spanned;

/// CSV files.
const TABLE: beside::Kind = beside::Kind {
    what: "a data file",
    example: "measurements.csv",
    limit: 64 << 20,
};
/// Most measurements of one problem: each is a row of the Jacobian.
const MAX_MEASUREMENTS: usize = 1_000_000;
/// Positions so close to the domain, in lengths of it, are on its boundary.
const ROUNDING: f64 = 1e-9;

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
                .label("other data have a noise, and these have none, or the other way round")
                .help("give the noise of all data, or of none: then it is estimated"));
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
            return Err(Mistake::new(fault, entry.file.span()).label("with those of this file"));
        }
        if !files.contains(&file) {
            files.push(file);
        }
    }
    Ok((all, files))
}

/// Standard deviations in SI base units, one per field of the table.
fn noise(entry: &DataEntry, table: &Table, context: Context) -> Checked<Option<Vec<f64>>> {
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
        // Of temperatures it is a difference.
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
                .help("leave `noise` away to have it estimated"));
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

/// Measurements of one field, SI base units.
#[derive(Default)]
struct Column {
    places: Vec<Vec<f64>>,
    values: Vec<f64>,
}

struct Table {
    /// By number of the field, in the order of the file.
    fields: Vec<(usize, Column)>,
}

/// The quantity in a column of the file.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Role {
    Coordinate(usize),
    /// Its place among [`Table::fields`].
    Field(usize),
}

/// One line of the file and where it begins.
struct Line<'a> {
    text: &'a str,
    start: usize,
    cells: csv::StringRecord,
}

impl Line<'_> {
    /// Place of a cell in the file, blanks around it aside; the line, where it stands in quotation marks.
    fn cell(&self, number: usize) -> Range<usize> {
        let before = (0..number).map(|i| self.cells.get(i).map_or(0, str::len) + 1);
        let offset = before.sum::<usize>();
        let cell = self.cells.get(number).unwrap_or("");
        match self.text.get(offset..offset + cell.len()) {
            Some(there) if there == cell => {
                let blank = cell.len() - cell.trim_start().len();
                let start = self.start + offset + blank;
                start..start + cell.trim().len()
            }
            _ => self.whole(),
        }
    }

    fn whole(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// Lines that are neither empty nor comments.
fn lines(text: &str) -> impl Iterator<Item = Checked<Line<'_>>> {
    let bom = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut start = bom;
    let pieces = text[bom..].split_inclusive('\n').map(move |piece| {
        let begin = start;
        start += piece.len();
        (begin, piece.trim_end_matches(['\n', '\r']))
    });
    let filled = pieces.filter(|(_, line)| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    filled.map(|(start, text)| {
        let mut cells = csv::StringRecord::new();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .buffer_capacity(text.len().max(1))
            .from_reader(text.as_bytes());
        match reader.read_record(&mut cells) {
            Ok(_) => Ok(Line { text, start, cells }),
            Err(cause) => {
                let message = cause.to_string();
                let span = start..start + text.len();
                Err(Mistake::new(Fault::Csv { message }, span).label("this line"))
            }
        }
    })
}

impl Table {
    fn read(text: &str, context: Context) -> Checked<Table> {
        let mut lines = lines(text);
        let Some(header) = lines.next().transpose()? else {
            let message = "it is empty".to_string();
            return Err(Mistake::new(Fault::Csv { message }, 0..0)
                .label("expected a header such as `x [mm], t [s], T [degC]`"));
        };
        if header.cells.len() == 1
            && let Some(other) = header.text.find([';', '\t'])
        {
            let message = "its columns are separated by something else".to_string();
            let place = header.start + other;
            return Err(Mistake::new(Fault::Csv { message }, place..place + 1)
                .label("expected a comma")
                .help("save the table with commas, and decimals with points"));
        }
        let declared = context.declared;
        let mut table = Table { fields: Vec::new() };
        let columns = table.header(&header, declared)?;
        let coordinates = declared.coordinates.len();
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
            return Err(Mistake::new(Fault::Csv { message }, header.whole())
                .label("no line has a number in this column"));
        }
        Ok(table)
    }

    fn header(&mut self, line: &Line, declared: &Declared) -> Checked<Vec<(Role, Unit)>> {
        let mut columns: Vec<(Role, Unit)> = Vec::new();
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
                    let known = self.fields.iter().position(|(field, _)| *field == f);
                    let place = known.unwrap_or_else(|| {
                        let places = vec![Vec::new(); declared.coordinates.len()];
                        let values = Vec::new();
                        self.fields.push((f, Column { places, values }));
                        self.fields.len() - 1
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
        if self.fields.is_empty()
            && let Some(info) = declared.fields.first()
        {
            return Err(missing_column(info, line));
        }
        Ok(columns)
    }
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
            .label("the header has the units")
            .help(format!("write it as in {example}")));
    }
    let fault = Fault::Dimension {
        what: format!("the unit of `{}`", info.name),
        expected: info.dimensions,
        found: unit.dimensions,
    };
    Err(Mistake::new(fault, span).label(format!("expected a unit as in {example}")))
}

/// The number in a cell, in SI base units.
fn si(cell: &str, unit: &Unit, info: &QuantityInfo, span: Range<usize>) -> Checked<f64> {
    let Ok(number) = cell.replace('−', "-").parse::<f64>() else {
        let fault = Fault::NotANumber {
            text: cell.to_string(),
        };
        return Err(Mistake::new(fault, span)
            .label(format!("expected a number, of which the header says `{}`", unit.text))
            .help("decimals have a point, and units stand in the header alone; leave the cell empty where there is no measurement"));
    };
    let si = if number.is_finite() {
        unit.to_si(number, info.kind)
    } else {
        number
    };
    if !si.is_finite() {
        let what = format!("this value of `{}`", info.name);
        return Err(Mistake::new(Fault::NotFinite { what }, span)
            .label(format!("found `{cell}`"))
            .help("leave the cell empty where there is no measurement"));
    }
    if info.kind == Kind::AbsoluteTemperature && si < 0.0 {
        let fault = Fault::OutOfRange {
            what: format!("`{}`", info.name),
            allowed: "above absolute zero".to_string(),
            found: format!("{cell} {}", unit.text),
        };
        return Err(Mistake::new(fault, span).label("out of range"));
    }
    Ok(si)
}

/// A coordinate that lies in the domain.
fn inside(
    si: f64,
    unit: &Unit,
    coordinate: usize,
    span: Range<usize>,
    context: Context,
) -> Checked<f64> {
    let interval = context.domain.intervals[coordinate];
    let slack = ROUNDING * interval.length();
    if (interval.lower - slack..=interval.upper + slack).contains(&si) {
        return Ok(si.clamp(interval.lower, interval.upper));
    }
    let info = &context.declared.coordinates[coordinate];
    let shown = |si: f64| format!("{} {}", unit.from_si(si, info.kind), unit.text);
    let fault = Fault::OutsideDomain {
        coordinate: info.name.clone(),
        found: shown(si),
    };
    let (lower, upper) = (shown(interval.lower), shown(interval.upper));
    Err(Mistake::new(fault, span)
        .label(format!("the domain reaches from {lower} to {upper}"))
        .help("widen `[domain]`, or remove the line"))
}
