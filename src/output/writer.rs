//! Writing and measurement of all formats of a run.

use super::atomic::write_atomically;
use super::fit_csv::read_fit;
use super::solution_csv::read_solution;
use super::{
    FieldPicture, FitCsv, GridReport, LossPicture, Metric, OutputError, PictureFormat, Report,
    RunFolder, Sampled, SolutionCsv, WeightPicture, WeightReport, read_metrics, vtk_files,
};
use pinn_core::files::RunFile;
use rayon::prelude::*;
use std::io::{self, Write};
use std::path::PathBuf;

/// Results that formats are written from.
#[derive(Copy, Clone, Debug)]
pub struct Results<'a> {
    /// Sampled solution.
    pub sampled: &'a Sampled,
    /// Logged steps.
    pub metrics: &'a [Metric],
    /// Report on the run.
    pub report: &'a Report,
}

/// Format of one file of a run folder.
pub trait Writer: Sync {
    /// Path inside the run folder.
    fn file_name(&self) -> String;
    /// Writes the whole file.
    ///
    /// # Errors
    /// If `to` cannot be written.
    fn write(&self, results: &Results<'_>, to: &mut dyn Write) -> io::Result<()>;
}

/// Choice of the formats to be written.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// True for `solution.csv`, `fit.csv` and the files for ParaView.
    pub data: bool,
    /// True for pictures, as PNG and SVG.
    pub pictures: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            data: true,
            pictures: true,
        }
    }
}

/// The formats that fit these results.
fn writers(sampled: &Sampled, metrics: &[Metric], options: Options) -> Vec<Box<dyn Writer>> {
    let mut writers: Vec<Box<dyn Writer>> = Vec::new();
    if options.data {
        writers.push(Box::new(SolutionCsv));
        if !sampled.measurements.is_empty() {
            writers.push(Box::new(FitCsv));
        }
        writers.extend(vtk_files(sampled));
    }
    if options.pictures {
        // A generated network was never trained.
        let formats = PictureFormat::ALL
            .into_iter()
            .filter(|_| !metrics.is_empty());
        for format in formats {
            writers.push(Box::new(LossPicture(format)));
            if WeightPicture::fits(metrics) {
                writers.push(Box::new(WeightPicture(format)));
            }
        }
        for picture in FieldPicture::all(sampled) {
            writers.push(Box::new(picture));
        }
    }
    writers
}

/// Writes every format, and `report.json` last, with the grid, the weights and the names of all files added
/// to the report. Returns the paths.
///
/// # Errors
/// If a file cannot be written, or the sampled solution lacks values.
pub fn write_all(
    folder: &RunFolder,
    sampled: &Sampled,
    metrics: &[Metric],
    report: &mut Report,
    options: Options,
) -> Result<Vec<PathBuf>, OutputError> {
    sampled.check()?;
    report.grid = Some(GridReport::from(sampled));
    report.weights = WeightReport::all(metrics);
    let writers = writers(sampled, metrics, options);
    let results = Results {
        sampled,
        metrics,
        report,
    };
    writers.par_iter().with_max_len(1).try_for_each(|writer| {
        let path = folder.file(&writer.file_name());
        write_atomically(&path, |to| writer.write(&results, to))
    })?;
    for name in writers.iter().map(|w| w.file_name()) {
        if !report.files.contains(&name) {
            report.files.push(name);
        }
    }
    write_report(folder, report)?;
    Ok(report.files.iter().map(|name| folder.file(name)).collect())
}

/// Writes `report.json` alone, for a run that ended without a solution.
///
/// # Errors
/// If the file cannot be written.
pub fn write_report(folder: &RunFolder, report: &mut Report) -> Result<(), OutputError> {
    let own = [
        RunFile::Problem.name(),
        RunFile::Metrics.name(),
        RunFile::Checkpoint.name(),
    ];
    for name in own {
        if folder.file(name).exists() && !report.files.iter().any(|f| f == name) {
            report.files.push(name.to_string());
        }
    }
    if !report.files.iter().any(|f| f == RunFile::Report.name()) {
        report.files.push(RunFile::Report.name().to_string());
    }
    write_atomically(&folder.report(), |to| {
        serde_json::to_writer_pretty(&mut *to, report)?;
        to.write_all(b"\n")
    })
}

/// Results read back from a run folder.
#[derive(Clone, PartialEq, Debug)]
pub struct Stored {
    /// Sampled solution.
    pub sampled: Sampled,
    /// Logged steps.
    pub metrics: Vec<Metric>,
    /// Report on the run.
    pub report: Report,
}

/// Reads `report.json` alone.
///
/// # Errors
/// If the file cannot be read, or is damaged.
pub fn read_report(folder: &RunFolder) -> Result<Report, OutputError> {
    let path = folder.report();
    let text = match std::fs::read(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            Err(not_a_run(folder, RunFile::Report.name()))
        }
        Err(cause) => Err(OutputError::read(&path, cause)),
        Ok(text) => Ok(text),
    }?;
    serde_json::from_slice(&text).map_err(|e| OutputError::damaged(&path, e.line(), e))
}

/// Reads a run back, exactly as it was written.
///
/// # Errors
/// If a file cannot be read, or is damaged.
pub fn read_results(folder: &RunFolder) -> Result<Stored, OutputError> {
    let report = read_report(folder)?;
    let Some(grid) = &report.grid else {
        return Err(not_a_run(folder, RunFile::Solution.name()));
    };
    let mut sampled = read_solution(&folder.solution(), &report.title, grid)?;
    read_fit(&folder.fit(), &mut sampled)?;
    // A solution that was generated, or posed in Rust, logged no steps.
    let logged = report
        .files
        .iter()
        .any(|name| name == RunFile::Metrics.name());
    let metrics = if logged {
        read_metrics(&folder.metrics())?
    } else {
        Vec::new()
    };
    Ok(Stored {
        sampled,
        metrics,
        report,
    })
}

fn not_a_run(folder: &RunFolder, missing: &str) -> OutputError {
    OutputError::NotARun {
        path: folder.path().to_path_buf(),
        missing: missing.to_string(),
    }
}
