//! `solution.csv`: one row per grid point, in display units, with all digits.

use super::unit_symbol::labelled;
use super::{Axis, GridReport, OutputError, Results, Sampled, SampledField, Writer, interval_unit};
use pinn_core::files::RunFile;
use std::io::{self, Write};
use std::path::Path;

/// Format with the header `x [mm],t [s],T [degC],T_reference [degC],T_error [K],T_estimate [K]`, where the last three are
/// optional. The last axis varies fastest.
pub struct SolutionCsv;

impl Writer for SolutionCsv {
    fn file_name(&self) -> String {
        RunFile::Solution.name().to_string()
    }

    fn write(&self, results: &Results<'_>, to: &mut dyn Write) -> io::Result<()> {
        let sampled = results.sampled;
        let mut csv = csv::Writer::from_writer(to);
        csv.write_record(header(sampled))?;
        let mut record = csv::StringRecord::new();
        for point in 0..sampled.points() {
            record.clear();
            for value in sampled.coordinates(point) {
                record.push_field(&value.to_string());
            }
            for field in &sampled.fields {
                let value = field.values[point];
                record.push_field(&value.to_string());
                if let Some(reference) = &field.reference {
                    record.push_field(&reference[point].to_string());
                    record.push_field(&(value - reference[point]).to_string());
                }
                if let Some(estimate) = &field.estimate {
                    record.push_field(&estimate[point].to_string());
                }
            }
            csv.write_record(&record)?;
        }
        csv.flush()
    }
}

fn header(sampled: &Sampled) -> Vec<String> {
    let axes = sampled.axes.iter();
    let mut header: Vec<String> = axes.map(|a| labelled(&a.name, &a.unit)).collect();
    for field in &sampled.fields {
        let name = &field.name;
        header.push(labelled(name, &field.unit));
        if field.reference.is_some() {
            header.push(labelled(&format!("{name}_reference"), &field.unit));
            let unit = interval_unit(&field.unit);
            header.push(labelled(&format!("{name}_error"), &unit));
        }
        if field.estimate.is_some() {
            let unit = interval_unit(&field.unit);
            header.push(labelled(&format!("{name}_estimate"), &unit));
        }
    }
    header
}

/// Rebuilds exactly what [`SolutionCsv`] wrote.
pub(super) fn read_solution(
    path: &Path,
    title: &str,
    grid: &GridReport,
) -> Result<Sampled, OutputError> {
    let axes = grid.axes.iter().map(|axis| Axis {
        name: axis.name.clone(),
        unit: axis.unit.clone(),
        values: vec![f64::NAN; axis.points],
        is_time: axis.is_time,
    });
    let mut sampled = Sampled {
        title: title.to_string(),
        axes: axes.collect(),
        fields: Vec::new(),
        measurements: Vec::new(),
    };
    sampled.fields = grid
        .fields
        .iter()
        .map(|field| SampledField {
            name: field.name.clone(),
            unit: field.unit.clone(),
            values: Vec::new(),
            reference: field.has_reference.then(Vec::new),
            estimate: field.has_estimate.then(Vec::new),
        })
        .collect();

    let csv_error = |e: csv::Error| {
        let line = e.position().map_or(1, |p| p.line() as usize);
        OutputError::damaged(path, line, e)
    };
    let file = std::fs::File::open(path).map_err(|e| OutputError::read(path, e))?;
    let mut csv = csv::Reader::from_reader(io::BufReader::new(file));
    let expected = header(&sampled);
    let found = csv.headers().map_err(csv_error)?;
    if found != &csv::StringRecord::from(expected.clone()) {
        let message = format!(
            "expected the header `{}`, found `{}`",
            expected.join(","),
            found.iter().collect::<Vec<_>>().join(",")
        );
        return Err(OutputError::damaged(path, 1, message));
    }
    let mut record = csv::StringRecord::new();
    let mut point = 0;
    while csv.read_record(&mut record).map_err(csv_error)? {
        let line = record.position().map_or(0, |p| p.line() as usize);
        let mut numbers = record.iter().map(|text| {
            text.parse::<f64>().map_err(|_| {
                OutputError::damaged(path, line, format!("expected a number, found `{text}`"))
            })
        });
        // The reader has checked that every row is as long as the header.
        let mut next = || numbers.next().unwrap_or(Ok(f64::NAN));
        let index = sampled.index(point);
        for (axis, i) in sampled.axes.iter_mut().zip(index) {
            let value = next()?;
            match axis.values.get_mut(i) {
                Some(known) if known.is_nan() => *known = value,
                Some(known) if *known == value => {}
                _ => {
                    let message = format!("`{}` = {value} is off the grid", axis.name);
                    return Err(OutputError::damaged(path, line, message));
                }
            }
        }
        for field in &mut sampled.fields {
            field.values.push(next()?);
            if let Some(reference) = &mut field.reference {
                reference.push(next()?);
                next()?;
            }
            if let Some(estimate) = &mut field.estimate {
                estimate.push(next()?);
            }
        }
        point += 1;
    }
    if point != sampled.points() {
        let message = format!("expected {} rows, found {point}", sampled.points());
        return Err(OutputError::damaged(path, point + 2, message));
    }
    for axis in &sampled.axes {
        let increasing = axis.values.windows(2).all(|pair| pair[0] < pair[1]);
        if !increasing || axis.values.iter().any(|v| !v.is_finite()) {
            let message = format!("the values of `{}` do not increase", axis.name);
            return Err(OutputError::damaged(path, 2, message));
        }
    }
    Ok(sampled)
}
