//! `fit.csv`: every measurement next to the solution, in display units, with all digits.

use super::unit_symbol::labelled;
use super::{OutputError, Results, Sampled, SampledMeasurements, Writer, interval_unit};
use pinn_core::files::RunFile;
use std::io::{self, Write};
use std::path::Path;

/// Format with the header `data,t [s],x [mm],T [degC],T_solution [degC],T_difference [K]`. Columns of fields
/// that a row does not measure are empty.
pub struct FitCsv;

impl Writer for FitCsv {
    fn file_name(&self) -> String {
        RunFile::Fit.name().to_string()
    }

    fn write(&self, results: &Results<'_>, to: &mut dyn Write) -> io::Result<()> {
        let sampled = results.sampled;
        let measured = measured(sampled);
        let mut csv = csv::Writer::from_writer(to);
        csv.write_record(header(sampled, &measured))?;
        let mut record = csv::StringRecord::new();
        for set in &sampled.measurements {
            for (row, (value, solution)) in set.values.iter().zip(&set.solution).enumerate() {
                record.clear();
                record.push_field(&set.name);
                for column in &set.places {
                    record.push_field(&column[row].to_string());
                }
                for field in &measured {
                    for number in [*value, *solution, solution - value] {
                        match *field == set.field {
                            true => record.push_field(&number.to_string()),
                            false => record.push_field(""),
                        }
                    }
                }
                csv.write_record(&record)?;
            }
        }
        csv.flush()
    }
}

/// Fields that were read, in their order.
fn measured(sampled: &Sampled) -> Vec<usize> {
    let fields = 0..sampled.fields.len();
    let read = |field: &usize| sampled.measurements.iter().any(|set| set.field == *field);
    fields.filter(read).collect()
}

fn header(sampled: &Sampled, measured: &[usize]) -> Vec<String> {
    let axes = sampled.axes.iter();
    let mut header = vec!["data".to_string()];
    header.extend(axes.map(|a| labelled(&a.name, &a.unit)));
    for field in measured {
        let field = &sampled.fields[*field];
        let name = &field.name;
        header.push(labelled(name, &field.unit));
        header.push(labelled(&format!("{name}_solution"), &field.unit));
        header.push(labelled(
            &format!("{name}_difference"),
            &interval_unit(&field.unit),
        ));
    }
    header
}

/// Rebuilds exactly what [`FitCsv`] wrote, for a grid and its fields; nothing where there is no such file.
pub(super) fn read_fit(path: &Path, sampled: &mut Sampled) -> Result<(), OutputError> {
    let file = match std::fs::File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => file.map_err(|e| OutputError::read(path, e))?,
    };
    let csv_error = |e: csv::Error| {
        let line = e.position().map_or(1, |p| p.line() as usize);
        OutputError::damaged(path, line, e)
    };
    let mut csv = csv::Reader::from_reader(io::BufReader::new(file));
    let found = csv.headers().map_err(csv_error)?.clone();
    let fields = sampled.fields.iter().enumerate();
    let named = fields.filter(|(_, f)| found.iter().any(|name| name == labelled(&f.name, &f.unit)));
    let measured: Vec<usize> = named.map(|(number, _)| number).collect();
    let expected = header(sampled, &measured);
    if !found.iter().eq(expected.iter()) {
        let message = format!(
            "expected the header `{}`, found `{}`",
            expected.join(","),
            found.iter().collect::<Vec<_>>().join(",")
        );
        return Err(OutputError::damaged(path, 1, message));
    }
    let axes = sampled.axes.len();
    let mut record = csv::StringRecord::new();
    while csv.read_record(&mut record).map_err(csv_error)? {
        let line = record.position().map_or(0, |p| p.line() as usize);
        let damaged = |message: String| OutputError::damaged(path, line, message);
        let number = |text: &str| {
            text.parse::<f64>()
                .map_err(|_| damaged(format!("expected a number, found `{text}`")))
        };
        // The reader has checked that every row is as long as the header.
        let mut cells = record.iter();
        let name = cells.next().unwrap_or_default();
        let place = cells.by_ref().take(axes).map(number);
        let place: Vec<f64> = place.collect::<Result<_, _>>()?;
        let cells: Vec<&str> = cells.collect();
        let mut filled = measured.iter().zip(cells.chunks(3));
        let Some((field, filled)) = filled.find(|(_, cells)| !cells[0].is_empty()) else {
            return Err(damaged("expected a measurement of some field".to_string()));
        };
        let (value, solution) = (number(filled[0])?, number(filled[1])?);
        let last = sampled.measurements.last();
        if last.is_none_or(|set| set.name != name || set.field != *field) {
            sampled.measurements.push(SampledMeasurements {
                name: name.to_string(),
                field: *field,
                places: vec![Vec::new(); axes],
                values: Vec::new(),
                solution: Vec::new(),
            });
        }
        if let Some(set) = sampled.measurements.last_mut() {
            for (column, coordinate) in set.places.iter_mut().zip(place) {
                column.push(coordinate);
            }
            set.values.push(value);
            set.solution.push(solution);
        }
    }
    Ok(())
}
