//! Problems as a person writes them: without network, points, method and weights.
//!
//! `cargo bench --bench untuned` takes the cases of `benches/untuned/cases` and every single problem of `problems/` without its
//! tables `[network]`, `[train]`, `[sampling]` and `[loss]`, solves each by the program, and prints the largest relative L2
//! error of a field and its estimate, what the gallery's own file says to expect, the loss at the points of the training and at
//! others, and the total time. `-- NAME` selects the problems whose names contain NAME, `-- --limit 60` interrupts a run after 60 seconds, and
//! `-- --threads 1` sets the number of threads. Run folders stay under `target/untuned`.

#[path = "../support/arguments.rs"]
mod arguments;

use arguments::Arguments;
use serde_json::Value;
use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use toml::Table;

/// Tables that tune a solution.
const TUNING: [&str; 4] = ["network", "train", "sampling", "loss"];
/// Seconds after which a run is interrupted.
const LIMIT: usize = 60;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(&[], &["--threads", "--limit"])?;
    let threads = arguments.value("--threads")?.unwrap_or(0);
    let limit = arguments.value("--limit")?.unwrap_or(LIMIT);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = root.join("target/untuned");
    std::fs::create_dir_all(&target)?;
    println!(
        "{:<22} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8}  method",
        "problem", "error", "estimate", "expected", "loss", "held out", "time"
    );
    for folder in ["benches/untuned/cases", "problems"] {
        let mut files: Vec<PathBuf> = std::fs::read_dir(root.join(folder))?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_, std::io::Error>>()?;
        files.retain(|file| file.extension() == Some(OsStr::new("toml")));
        files.sort();
        for file in files {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            if !arguments.wants(&name) {
                continue;
            }
            let Some(text) = untuned(&std::fs::read_to_string(&file)?)? else {
                continue;
            };
            let stripped = target.join(format!("{name}.toml"));
            std::fs::write(&stripped, text)?;
            print(
                &name,
                solve(&stripped, &target.join(&*name), threads, limit)?,
            );
        }
    }
    Ok(())
}

/// A file without what tunes it; `None` for families and inverse problems, whose method is not chosen.
fn untuned(text: &str) -> Result<Option<String>, Box<dyn Error>> {
    let mut table: Table = text.parse()?;
    if table.contains_key("family") || table.contains_key("data") {
        return Ok(None);
    }
    for key in TUNING {
        table.remove(key);
    }
    Ok(Some(table.to_string()))
}

/// Report and seconds of a run.
fn solve(
    file: &Path,
    folder: &Path,
    threads: usize,
    limit: usize,
) -> Result<Option<(Value, f64)>, Box<dyn Error>> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    let begin = Instant::now();
    let mut run = Command::new(env!("CARGO_BIN_EXE_pinn"))
        .args(["solve", "--quiet", "--threads", &threads.to_string()])
        .arg("--out")
        .args([folder, file])
        .stdout(Stdio::null())
        .spawn()?;
    let mut interrupted = false;
    while run.try_wait()?.is_none() {
        if !interrupted && begin.elapsed().as_secs() >= limit as u64 {
            // As Ctrl-C: the run ends its step and writes what it has.
            Command::new("kill")
                .args(["-INT", &run.id().to_string()])
                .status()?;
            interrupted = true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let seconds = begin.elapsed().as_secs_f64();
    let report = std::fs::read_to_string(folder.join("report.json"));
    Ok(match report {
        Ok(text) => Some((serde_json::from_str(&text)?, seconds)),
        Err(_) => None,
    })
}

fn print(name: &str, solved: Option<(Value, f64)>) {
    let Some((report, seconds)) = solved else {
        println!("{name:<22} refused");
        return;
    };
    let values = |key: &str, entry: &str| -> Vec<f64> {
        let table = report[key].as_object().into_iter().flatten();
        table
            .filter_map(|(_, value)| value[entry].as_f64())
            .collect()
    };
    let largest = |key: &str| {
        let values = values(key, "relative_l2").into_iter();
        values.fold(f64::NAN, f64::max)
    };
    let (error, estimate) = (largest("errors"), largest("estimates"));
    let loss: f64 = values("losses", "dimensionless").iter().sum();
    let number = |key: &str| report[key].as_f64().unwrap_or(f64::NAN);
    let phases = report["settings"]["phases"]
        .as_array()
        .into_iter()
        .flatten();
    let phases: Vec<&str> = phases
        .filter_map(|phase| phase["optimiser"]["name"].as_str())
        .collect();
    println!(
        "{name:<22} {error:>9.1e} {estimate:>9.1e} {:>9.0e} {loss:>9.1e} {:>9.1e} {seconds:>6.1} s  {}",
        number("expected_error"),
        number("held_out_loss"),
        phases.join(", ")
    );
}
