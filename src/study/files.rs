//! Files of a study: `report.json`, `runs.csv`, `table.csv` and the learning curves.

use super::{Case, Finding, Options, Run, Study, Summary, Table};
use pinn_output::{Chart, OutputError, write_atomically};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// `report.json`: the claim, the measurements, and the verdict.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct StudyReport {
    /// Name of the study.
    pub study: &'static str,
    /// Claim.
    pub claim: &'static str,
    /// Meaning of the errors.
    pub error: &'static str,
    /// Meaning of the horizontal axis of curves.
    #[serde(skip)]
    pub horizontal: &'static str,
    /// Meaning of the vertical axis of curves.
    pub curve: &'static str,
    /// Version of the program.
    pub version: &'static str,
    /// True for a quick run, which has no evidential value.
    pub quick: bool,
    /// Number of seeds per case.
    pub seeds: u64,
    /// Number of steps per run.
    pub steps: usize,
    /// Parts of the verdict.
    pub findings: Vec<Finding>,
    /// True if all findings support the claim.
    pub supported: bool,
    /// Statistics of all cases.
    pub table: Vec<Summary>,
    /// All runs.
    pub runs: Vec<Run>,
}

impl StudyReport {
    /// Judges the table and assembles the report.
    pub fn new(study: &dyn Study, options: Options, table: &Table) -> Self {
        let findings = study.judge(table);
        StudyReport {
            study: study.name(),
            claim: study.claim(),
            error: study.error(),
            horizontal: study.horizontal(),
            curve: study.curve(),
            version: env!("CARGO_PKG_VERSION"),
            quick: options.quick,
            seeds: options.seeds,
            steps: study.steps(options.quick),
            supported: findings.iter().all(|finding| finding.supported),
            findings,
            table: table.summaries(),
            runs: table.runs.clone(),
        }
    }
}

/// Writes all files into a folder, the report last. Returns their paths.
///
/// # Errors
/// If a file cannot be written.
pub fn write(
    folder: &Path,
    report: &StudyReport,
    table: &Table,
) -> Result<Vec<PathBuf>, OutputError> {
    let mut files = Vec::new();
    let mut file = |name: String, write: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        let path = folder.join(name);
        write_atomically(&path, write)?;
        files.push(path);
        Ok::<(), OutputError>(())
    };
    file("runs.csv".to_string(), &|to| {
        let mut csv = csv::Writer::from_writer(to);
        csv.write_record(["setting", "treatment", "seed", "error", "seconds"])?;
        for run in &report.runs {
            let Case { setting, treatment } = &run.case;
            let [seed, error] = [run.seed.to_string(), run.error.to_string()];
            let seconds = format!("{:.3}", run.seconds);
            csv.write_record([setting, treatment, &seed, &error, &seconds])?;
        }
        csv.flush()
    })?;
    file("table.csv".to_string(), &|to| {
        let mut csv = csv::Writer::from_writer(to);
        csv.write_record([
            "setting",
            "treatment",
            "seeds",
            "median",
            "low",
            "high",
            "coverage",
            "worst",
        ])?;
        for row in &report.table {
            let Case { setting, treatment } = &row.case;
            let numbers = [row.median, row.low, row.high, row.coverage, row.worst];
            let numbers = numbers.map(|x| x.to_string());
            let mut record = vec![setting.clone(), treatment.clone(), row.seeds.to_string()];
            record.extend(numbers);
            csv.write_record(record)?;
        }
        csv.flush()
    })?;
    let mut settings: Vec<&str> = Vec::new();
    for row in &report.table {
        if !settings.contains(&row.case.setting.as_str()) {
            settings.push(&row.case.setting);
        }
    }
    for setting in settings {
        let safe = |c: char| c.is_alphanumeric() || c == '.';
        let words = setting.split(|c| !safe(c)).filter(|word| !word.is_empty());
        let stem = words.collect::<Vec<_>>().join("-");
        let chart = curves(report, table, setting);
        if chart.x.is_empty() {
            continue;
        }
        file(format!("curves-{stem}.svg"), &|to| chart.write(to))?;
    }
    file("report.json".to_string(), &|to| {
        serde_json::to_writer_pretty(&mut *to, report)?;
        to.write_all(b"\n")
    })?;
    Ok(files)
}

/// Median error of every treatment over the steps.
fn curves(report: &StudyReport, table: &Table, setting: &str) -> Chart {
    let rows = report.table.iter();
    let rows: Vec<&Summary> = rows.filter(|row| row.case.setting == setting).collect();
    let curves: Vec<_> = rows.iter().map(|row| table.curve(&row.case)).collect();
    let x: Vec<f64> = curves
        .iter()
        .max_by_key(|curve| curve.len())
        .map_or(Vec::new(), |curve| {
            curve.iter().map(|(step, _)| *step as f64).collect()
        });
    let named = rows.iter().zip(&curves).map(|(row, curve)| {
        let values = (0..x.len()).map(|i| curve.get(i).map_or(f64::NAN, |(_, error)| *error));
        (row.case.treatment.clone(), values.collect())
    });
    Chart {
        title: format!(
            "{}: {setting}, median of {} seeds",
            report.study, report.seeds
        ),
        horizontal: report.horizontal.to_string(),
        vertical: report.curve.to_string(),
        curves: named.collect(),
        x,
    }
}
