//! How close estimates come to the truth, and how often their intervals hold it.
//!
//! `cargo bench --bench inverse` solves inverse problems whose measurements are made from the exact solution, with noise of
//! another seed in every repetition, and prints how many estimates are within one percent and how many intervals of 95 %
//! hold the true value; `-- NAME` only the rows whose names contain that; `-- --seeds 20` other than 100 repetitions;
//! `-- --json` one JSON object a row; `-- --write FILE` writes the measurements of the first seed of
//! `problems/heat-inverse.toml` and ends.

#[path = "../support/arguments.rs"]
mod arguments;
mod measurements;
mod run;

use arguments::Arguments;
use run::{Repetition, Row};
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(&["--json"], &["--seeds", "--write"])?;
    let json = arguments.has("--json");
    if let Some(file) = arguments.value::<PathBuf>("--write")? {
        std::fs::write(file, measurements::csv(measurements::FIRST_SEED))?;
        return Ok(());
    }
    if !json {
        println!(
            "{:<22} {:<9} {:>6} {:>10} {:>8} {:>9} {:>10} {:>10} {:>8}",
            "problem",
            "unknown",
            "seeds",
            "within 1 %",
            "held",
            "bias",
            "deviation",
            "stated",
            "seconds"
        );
    }
    for row in Row::all() {
        if !arguments.wants(row.name) {
            continue;
        }
        let seeds = measurements::FIRST_SEED..measurements::FIRST_SEED + arguments.seeds(100)?;
        let repetitions = seeds.map(|seed| run::run(&row, seed));
        let repetitions = repetitions.collect::<Result<Vec<Vec<Repetition>>, _>>()?;
        for unknown in 0..row.truth.len() {
            let of: Vec<&Repetition> = repetitions.iter().map(|all| &all[unknown]).collect();
            report(&row, unknown, &of, json);
        }
    }
    Ok(())
}

fn report(row: &Row, unknown: usize, all: &[&Repetition], json: bool) {
    let (name, truth) = row.truth[unknown];
    let n = all.len() as f64;
    let relative = |r: &&Repetition| r.value / truth - 1.0;
    let within = all.iter().filter(|r| relative(r).abs() <= 0.01).count();
    let held = all.iter().filter(|r| (r.lower..=r.upper).contains(&truth));
    let held = held.count();
    let bias = all.iter().map(relative).sum::<f64>() / n;
    let squares = all
        .iter()
        .map(|r| (relative(r) - bias).powi(2))
        .sum::<f64>();
    let deviation = (squares / (n - 1.0).max(1.0)).sqrt();
    let stated = all.iter().map(|r| r.error / truth).sum::<f64>() / n;
    let mut seconds: Vec<f64> = all.iter().map(|r| r.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    if json {
        let line = serde_json::json!({
            "problem": row.name, "unknown": name, "truth": truth, "seeds": all.len(), "within_one_percent": within,
            "held": held, "relative_bias": bias, "relative_deviation": deviation, "stated_relative_error": stated,
            "train_s": median, "values": all.iter().map(|r| r.value).collect::<Vec<_>>(),
        });
        println!("{line}");
        return;
    }
    println!(
        "{:<22} {:<9} {:>6} {:>10} {:>8} {:>8.3}% {:>9.3}% {:>9.3}% {:>7.2}s",
        row.name,
        name,
        all.len(),
        within,
        held,
        100.0 * bias,
        100.0 * deviation,
        100.0 * stated,
        median
    );
}
