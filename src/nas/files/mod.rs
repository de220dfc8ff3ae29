//! Files of a search.

mod optuna;
mod pictures;
mod trials;
mod winner;

use super::{SearchError, SearchReport, Space};
use pinn_equations::registry::Registry;
use pinn_output::write_atomically;
use pinn_problem::Problem;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Name of the problem file with the norms that won.
pub const WINNER: &str = "winner.toml";

/// Writes `trials.csv`, `pareto.svg`, `anytime.svg`, `optuna.jsonl`, `winner.toml` and, last, `report.json`
/// into a folder. Returns their paths.
///
/// # Errors
/// If a file cannot be written.
pub fn write(
    folder: &Path,
    problem: &Problem,
    space: &Space,
    report: &SearchReport,
    registry: &Registry,
) -> Result<Vec<PathBuf>, SearchError> {
    let trials = report.search.trained();
    let winner = winner::text(problem, report, registry)?;
    let mut files = Vec::new();
    let mut file = |name: &str, write: &dyn Fn(&mut dyn Write) -> std::io::Result<()>| {
        let path = folder.join(name);
        write_atomically(&path, write)?;
        files.push(path);
        Ok::<(), SearchError>(())
    };
    file("trials.csv", &|to| trials::write(&trials, to))?;
    file("pareto.svg", &|to| pictures::front(report).write(to))?;
    file("anytime.svg", &|to| {
        pictures::anytime(report, &trials).write(to)
    })?;
    file("optuna.jsonl", &|to| {
        optuna::write(report, space, &trials, to)
    })?;
    file(WINNER, &|to| to.write_all(winner.as_bytes()))?;
    file("report.json", &|to| {
        serde_json::to_writer_pretty(&mut *to, report)?;
        to.write_all(b"\n")
    })?;
    Ok(files)
}
