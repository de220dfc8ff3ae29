//! One training for a whole family of problems, against what others published.
//!
//! `cargo bench --bench families` trains every family with three seeds and prints a table; `-- NAME` only the rows whose
//! names contain that; `-- --seeds 1` other than three; `-- --method low-rank` (`biases`, `coordinate`) another way to
//! depend on the parameters; `-- --json` one JSON object a row. Errors are relative L2 at 1,000 points of each member,
//! their mean, median and worst over the members; medians over the seeds.

#[path = "../support/arguments.rs"]
mod arguments;
mod members;
mod rows;

use arguments::Arguments;
use pinn::equations::registry::Registry;
use pinn::hyper::settings::Generate;
use pinn::problem::Problem;
use pinn::session::session;
use pinn::settings::FamilyMethod;
use rows::{ROWS, Row};
use std::error::Error;
use std::sync::atomic::AtomicBool;

struct Selection {
    json: bool,
    seeds: u64,
    threads: usize,
    method: String,
    arguments: Arguments,
}

impl Selection {
    fn from_arguments() -> Result<Self, Box<dyn Error>> {
        let options = ["--seeds", "--threads", "--method"];
        let arguments = Arguments::read(&["--json"], &options)?;
        let method = arguments.value("--method")?;
        Ok(Selection {
            json: arguments.has("--json"),
            seeds: arguments.seeds(3)?,
            threads: arguments.value("--threads")?.unwrap_or(0),
            method: method.unwrap_or("weights".to_string()),
            arguments,
        })
    }
}

/// One training.
struct Run {
    parameters: usize,
    steps: usize,
    seconds: f64,
    /// By member, ascending.
    errors: Vec<f64>,
}

impl Run {
    fn mean(&self) -> f64 {
        self.errors.iter().sum::<f64>() / self.errors.len() as f64
    }

    fn median(&self) -> f64 {
        self.errors[self.errors.len() / 2]
    }

    fn worst(&self) -> f64 {
        self.errors[self.errors.len() - 1]
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let selection = Selection::from_arguments()?;
    if !selection.json {
        println!(
            "{:<36} {:>7} {:>7} {:>9} {:>9} {:>9} {:>9} {:>8} {:>6}",
            "family", "params", "members", "mean", "median", "worst", "aimed at", "time", "steps"
        );
    }
    for row in ROWS {
        if !selection.arguments.wants(row.name) {
            continue;
        }
        let runs = (0..selection.seeds).map(|seed| run(row, seed, &selection));
        let runs = runs.collect::<Result<Vec<Run>, _>>()?;
        report(row, &runs, &selection);
    }
    Ok(())
}

fn run(row: &Row, seed: u64, selection: &Selection) -> Result<Run, Box<dyn Error>> {
    let registry = Registry::builtin();
    let mut problem = Problem::parse("family", row.text(), &registry)?;
    problem.settings.seed = seed;
    problem.settings.threads = selection.threads;
    let family = problem.settings.family.as_mut().ok_or("no ranges")?;
    choose(&mut family.method, &selection.method)?;
    let mut session = session(problem.trained(), &problem.settings)?;
    session.train(&mut (), &AtomicBool::new(false))?;
    let mut errors = members::errors(row, &problem, session.as_mut(), &registry)?;
    errors.sort_by(f64::total_cmp);
    Ok(Run {
        parameters: session.parameters(),
        steps: session.step(),
        seconds: session.seconds(),
        errors,
    })
}

fn choose(method: &mut FamilyMethod, name: &str) -> Result<(), Box<dyn Error>> {
    if name == "coordinate" {
        *method = FamilyMethod::Coordinate;
        return Ok(());
    }
    let FamilyMethod::Hypernetwork(settings) = method else {
        return Ok(());
    };
    settings.generate = match name {
        "weights" => Generate::Weights,
        "low-rank" => Generate::LowRank { rank: 8 },
        "biases" => Generate::Biases,
        other => return Err(format!("unknown method `{other}`").into()),
    };
    Ok(())
}

/// The middle value; the upper of two.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn report(row: &Row, runs: &[Run], selection: &Selection) {
    let mean = median(runs.iter().map(Run::mean));
    let middle = median(runs.iter().map(Run::median));
    let worst = median(runs.iter().map(Run::worst));
    let seconds = median(runs.iter().map(|r| r.seconds));
    let (first, members) = (&runs[0], runs[0].errors.len());
    if selection.json {
        let line = serde_json::json!({
            "family": row.name, "method": selection.method, "parameters": first.parameters, "members": members,
            "mean": mean, "median": middle, "worst": worst, "aimed_at": row.aim,
            "mean_of_seeds": runs.iter().map(Run::mean).collect::<Vec<_>>(),
            "train_s": seconds, "steps": first.steps,
        });
        println!("{line}");
        return;
    }
    println!(
        "{:<36} {:>7} {:>7} {:>9.1e} {:>9.1e} {:>9.1e} {:>9.1e} {:>7.0}s {:>6}",
        row.name, first.parameters, members, mean, middle, worst, row.aim, seconds, first.steps
    );
}
