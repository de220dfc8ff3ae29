//! How close to the truth training comes, and how fast.
//!
//! `cargo bench --bench accuracy` trains every problem with three seeds and prints a table; `-- --json` one JSON
//! object a row; `-- NAME` only the rows whose names contain that; `-- --seeds 1` other than three; `-- --threads 1` other
//! than all cores; `-- deepxde` the comparison with DeepXDE, which nothing else runs. Errors are
//! relative L2 on the problem's grid, medians over the seeds; times are seconds of training alone.

#[path = "../support/arguments.rs"]
mod arguments;
mod deepxde;
mod problems;
mod run;

use arguments::Arguments;
use problems::{PROBLEMS, Row};
use run::Run;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(&["--json"], &["--seeds", "--threads"])?;
    let (json, threads) = (arguments.has("--json"), arguments.value("--threads")?);
    if arguments.names("deepxde") {
        return deepxde::compare(threads.unwrap_or(2), json);
    }
    let decades: Vec<f64> = (1..=9).map(|exponent| 0.1f64.powi(exponent)).collect();
    if !json {
        println!(
            "{:<18} {:>6} {:<6} {:>10} {:>10} {:>8} {:>6}  seconds to 1e-1, 1e-2, …",
            "problem", "params", "field", "error", "reference", "time", "steps"
        );
    }
    for row in PROBLEMS {
        if !arguments.wants(row.name) {
            continue;
        }
        let runs = (0..arguments.seeds(3)?).map(|seed| run::run(row, seed, threads, &decades));
        let runs = runs.collect::<Result<Vec<Run>, _>>()?;
        report(row, &runs, json);
    }
    Ok(())
}

/// The middle value; the upper of two.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn report(row: &Row, runs: &[Run], json: bool) {
    let fields = runs[0].errors.len();
    let seconds = median(runs.iter().map(|r| r.seconds));
    let steps = median(runs.iter().map(|r| r.steps as f64));
    // A decade that one seed does not reach counts as infinitely late.
    let decades = (0..runs[0].seconds_to.len()).map(|d| {
        median(
            runs.iter()
                .map(|r| r.seconds_to[d].unwrap_or(f64::INFINITY)),
        )
    });
    let decades: Vec<f64> = decades.take_while(|s| s.is_finite()).collect();
    for field in 0..fields {
        let (name, reference_error) = (&runs[0].errors[field].0, runs[0].errors[field].2);
        let error = median(runs.iter().map(|r| r.errors[field].1));
        if json {
            let line = serde_json::json!({
                "problem": row.name, "parameters": runs[0].parameters, "field": name,
                "relative_l2": error, "of_seeds": runs.iter().map(|r| r.errors[field].1).collect::<Vec<_>>(),
                "reference_error": reference_error, "target": row.target, "train_s": seconds,
                "steps": steps, "seconds_to_decades": decades, "published": row.published,
            });
            println!("{line}");
        } else {
            let decades: Vec<String> = decades.iter().map(|s| format!("{s:.1}")).collect();
            println!(
                "{:<18} {:>6} {:<6} {:>10.1e} {:>10.0e} {:>7.1}s {:>6}  {}",
                row.name,
                runs[0].parameters,
                name,
                error,
                reference_error,
                seconds,
                steps,
                decades.join(", ")
            );
        }
    }
}
