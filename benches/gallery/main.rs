//! Every problem of `problems/` solved by the program, as a person would.
//!
//! `cargo bench --bench gallery` solves them all and prints a table: the largest relative L2 error of a field, what the
//! file says to expect, the reference's own error, and the time in all. `-- NAME` takes only those whose names contain
//! that, `-- --threads 1` other than all cores, `-- --json` prints an object a row, `-- --write` makes `docs/gallery.md`
//! and its pictures anew, of all problems alone. The folders of the runs stay under `target/gallery`; `-- --reuse` takes the newest one there in
//! which the same file was solved to its end.

#[path = "../support/arguments.rs"]
mod arguments;
mod document;
mod picture;

use arguments::Arguments;
use serde_json::Value;
use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Solved {
    pub name: String,
    /// The run's `report.json`.
    pub report: Value,
    pub folder: PathBuf,
}

impl Solved {
    /// Largest relative L2 error and largest error of the reference over the fields; for a family the medians of the
    /// members.
    pub fn errors(&self) -> Option<(f64, f64)> {
        let largest = |fields: &Value, key: &str| {
            let values = fields.as_object()?.values();
            let values = values.map(|field| field[key].as_f64().unwrap_or(f64::NAN));
            values.reduce(f64::max)
        };
        let fields = &self.report["errors"];
        let (reference, family) = (
            largest(fields, "reference_error"),
            &self.report["family"]["errors"],
        );
        let error = largest(family, "median").or_else(|| largest(fields, "relative_l2"));
        Some((error?, reference?))
    }

    pub fn expected(&self) -> Option<f64> {
        self.report["expected_error"].as_f64()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(&["--json", "--write", "--reuse"], &["--threads"])?;
    if let (true, Some(filter)) = (arguments.has("--write"), arguments.filter()) {
        let remedy = "leave out the name (`--reuse` takes what was solved already) or `--write`";
        return Err(format!(
            "`--write` makes a document of all problems, not of `{filter}` alone: {remedy}"
        )
        .into());
    }
    let json = arguments.has("--json");
    let threads = arguments.value("--threads")?.unwrap_or(0);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = std::fs::read_dir(root.join("problems"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    files.retain(|file| file.extension() == Some(OsStr::new("toml")));
    files.sort();
    if !json {
        println!(
            "{:<20} {:>10} {:>10} {:>10} {:>7} {:>8}",
            "problem", "error", "expected", "reference", "params", "time"
        );
    }
    let mut all = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        if !arguments.wants(&name) {
            continue;
        }
        let earlier = match arguments.has("--reuse") {
            true => reused(&file, &name, root)?,
            false => None,
        };
        let solved = match earlier {
            Some(solved) => solved,
            None => solve(&file, name.to_string(), root, threads)?,
        };
        show(&solved, json);
        all.push(solved);
    }
    let errors: Vec<_> = all.iter().map(|s| (s.errors(), s.expected())).collect();
    let met = errors.iter().filter(|(error, expected)| {
        matches!((error, expected), (Some((error, _)), Some(expected)) if error <= expected)
    });
    let small = errors
        .iter()
        .filter(|(error, _)| error.is_some_and(|(e, _)| e <= 1e-3));
    if !json {
        println!(
            "{} of {} as expected, {} at 1e-3 or less",
            met.count(),
            all.len(),
            small.count()
        );
    }
    if arguments.has("--write") {
        document::write(&all, &root.join("docs"))?;
    }
    Ok(())
}

fn solve(file: &Path, name: String, root: &Path, threads: usize) -> Result<Solved, Box<dyn Error>> {
    let runs = root.join("target/gallery");
    std::fs::create_dir_all(&runs)?;
    let folder = (1..)
        .map(|number| runs.join(format!("{name}-{number}")))
        .find(|folder| !folder.exists())
        .ok_or("no free name")?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_pinn"));
    command
        .arg("solve")
        .arg(file)
        .args(["--quiet", "--out"])
        .arg(&folder);
    if threads > 0 {
        command.args(["--threads", &threads.to_string()]);
    }
    let status = command.status()?;
    if !status.success() {
        return Err(format!("`pinn solve` of {name} ended with {status}").into());
    }
    let report = serde_json::from_slice(&std::fs::read(folder.join("report.json"))?)?;
    Ok(Solved {
        name,
        report,
        folder,
    })
}

/// The newest run of the same text that came to its end.
fn reused(file: &Path, name: &str, root: &Path) -> Result<Option<Solved>, Box<dyn Error>> {
    let text = std::fs::read(file)?;
    let folders = (1..).map(|number| root.join(format!("target/gallery/{name}-{number}")));
    let mut newest = None;
    for folder in folders.take_while(|folder| folder.exists()) {
        let same = std::fs::read(folder.join("problem.toml")).is_ok_and(|t| t == text);
        let Ok(report) = std::fs::read(folder.join("report.json")) else {
            continue;
        };
        let report: Value = serde_json::from_slice(&report)?;
        if same && report["outcome"]["status"] == "finished" {
            let name = name.to_string();
            newest = Some(Solved {
                name,
                report,
                folder,
            });
        }
    }
    Ok(newest)
}

fn show(solved: &Solved, json: bool) {
    let (error, reference) = solved.errors().unwrap_or((f64::NAN, f64::NAN));
    let expected = solved.expected().unwrap_or(f64::NAN);
    let parameters = solved.report["parameters"].as_u64().unwrap_or(0);
    let seconds = solved.report["time"]["total_s"]
        .as_f64()
        .unwrap_or(f64::NAN);
    if json {
        let line = serde_json::json!({
            "problem": solved.name, "relative_l2": error, "expected_error": expected,
            "reference_error": reference, "parameters": parameters, "seconds": seconds,
        });
        println!("{line}");
    } else {
        println!(
            "{:<20} {error:>10.1e} {expected:>10.1e} {reference:>10.1e} {parameters:>7} {seconds:>6.0} s",
            solved.name
        );
    }
}
