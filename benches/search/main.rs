//! What a search strategy finds, and how soon, where the answer is known.
//!
//! `cargo bench --bench search` trains every configuration of the default space on three problems once, for every
//! rung of successive halving and four seeds, and keeps that in `target/search-bench`; strategies are then replayed
//! on these tables, twelve times each, with other pairs of seeds. `-- --json` prints one JSON object a row; `-- NAME`
//! only the problems whose names contain that; `-- cost` compares counted operations of a step with its time, `-- gate`
//! what initial networks say with what training gives.
//! Results depend on the number of jobs in nothing; delete the folder to train anew.

mod problems;
mod replay;
mod strategies;
mod table;

use pinn::nas::{Plan, Space, kendall};
use pinn::output::{Chart, write_atomically};
use pinn::problem::Proposals;
use pinn::statistics::{Interval, bootstrap, median};
use replay::Replay;
use std::error::Error;
use std::path::Path;
use strategies::{Curve, Strategy};
use table::Table;

/// Share of the hypervolume of all configurations that counts as found.
const FOUND: f64 = 0.9;
const STRATEGIES: [Strategy; 4] = [
    Strategy::Halving,
    Strategy::Each(Proposals::Random),
    Strategy::Each(Proposals::Tpe),
    Strategy::Each(Proposals::Nsga2),
];

fn main() -> Result<(), Box<dyn Error>> {
    let (mut json, mut cost, mut gate, mut filter) = (false, false, false, None);
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--json" => json = true,
            // What cargo itself passes.
            "--bench" => {}
            "cost" => cost = true,
            "gate" => gate = true,
            other if other.starts_with('-') => return Err(format!("unknown `{other}`").into()),
            name => filter = Some(name.to_string()),
        }
    }
    for problem in problems::all()? {
        if filter.as_ref().is_some_and(|f| !problem.name.contains(f)) {
            continue;
        }
        let space = Space::new(&problem)?;
        let folder = Path::new("target/search-bench").join(&problem.name);
        let table = Table::trained(&problem, &space, &folder)?;
        if cost {
            costs(&problem.name, &table, json);
        } else if gate {
            gates(&problem.name, &table, json);
        } else {
            compare(
                &problem.name,
                &Plan::new(&problem),
                &space,
                &table,
                &folder,
                json,
            )?;
        }
    }
    Ok(())
}

/// Counted and measured cost of a step, relative to no norm, per place.
fn costs(problem: &str, table: &Table, json: bool) {
    for (name, counted, measured) in table.costs() {
        match json {
            true => println!(
                "{}",
                serde_json::json!({ "problem": problem, "norm": name, "counted": counted, "measured": measured })
            ),
            false => {
                println!("{problem:<12} {name:<18} counted {counted:.2}  measured {measured:.2}")
            }
        }
    }
}

/// Residual and spread of the gradients of the initial network, beside the residual of the exhaustive table; and
/// Kendall's τ of either with it.
fn gates(problem: &str, table: &Table, json: bool) {
    let (mut by_residual, mut by_spread) = (Vec::new(), Vec::new());
    for configuration in &table.configurations {
        let name = &configuration.name;
        let (probe, trained) = (table.probe(name), table.objectives(name).residual);
        by_residual.push((probe.residual, trained));
        by_spread.push((probe.spread, trained));
        match json {
            true => println!(
                "{}",
                serde_json::json!({ "problem": problem, "norm": name, "initial": probe, "trained": trained })
            ),
            false => println!(
                "{problem:<12} {name:<18} initial residual {:>6.2}  spread {:.2}  trained {trained:>6.2}",
                probe.residual, probe.spread
            ),
        }
    }
    let [residual, spread] = [by_residual, by_spread].map(|pairs| kendall(&pairs).unwrap_or(0.0));
    if !json {
        println!("{problem:<12} Kendall's tau: residual {residual:.2}, spread {spread:.2}");
    }
}

/// All repeats of one strategy.
struct Repeats {
    strategy: Strategy,
    curves: Vec<Curve>,
}

impl Repeats {
    /// Share of the exhaustive table's steps at which enough was found; infinite where it never was.
    fn shares(&self) -> Vec<f64> {
        let share = |curve: &Curve| curve.reached(FOUND).unwrap_or(f64::INFINITY);
        self.curves.iter().map(share).collect()
    }
}

fn compare(
    problem: &str,
    plan: &Plan,
    space: &Space,
    table: &Table,
    folder: &Path,
    json: bool,
) -> Result<(), Box<dyn Error>> {
    let pairs = table.pairs();
    let mut all = Vec::new();
    for strategy in STRATEGIES {
        let mut curves = Vec::new();
        for (repeat, seeds) in pairs.iter().enumerate() {
            let mut replay = Replay::new(table, *seeds);
            strategy.run(plan, space, repeat as u64, &mut replay)?;
            curves.push(Curve::new(&replay, table));
        }
        all.push(Repeats { strategy, curves });
    }
    // What halving costs in all, as a share of the exhaustive table.
    let ends: Vec<f64> = all[0].curves.iter().map(Curve::end).collect();
    let end = median(&ends);
    let random: Vec<f64> = all[1].curves.iter().map(|c| c.at(end)).collect();
    if !json {
        println!(
            "{problem}: {} configurations, {} repeats; halving ends at {:.0} % of the exhaustive table's steps",
            table.configurations(),
            pairs.len(),
            100.0 * end
        );
        println!(
            "  {:<8} {:>28} {:>22} {:>30}",
            "strategy",
            "steps to 90 % (range)",
            "found at halving's end",
            "more than random (95 %)"
        );
    }
    for repeats in &all {
        let shares = repeats.shares();
        let found: Vec<f64> = repeats.curves.iter().map(|c| c.at(end)).collect();
        let differences: Vec<f64> = found.iter().zip(&random).map(|(a, b)| a - b).collect();
        let mean = |chosen: &[usize]| {
            chosen.iter().map(|i| differences[*i]).sum::<f64>() / chosen.len() as f64
        };
        let interval = bootstrap(differences.len(), 5000, 0.95, 1, mean);
        let everyone: Vec<usize> = (0..differences.len()).collect();
        print_row(
            problem,
            repeats,
            &shares,
            &found,
            mean(&everyone),
            interval,
            json,
        );
    }
    let chart = regret(problem, &all);
    let path = folder.join("anytime.svg");
    write_atomically(&path, |to| chart.write(to))?;
    if !json {
        println!("  {}\n", path.display());
    }
    Ok(())
}

fn print_row(
    problem: &str,
    repeats: &Repeats,
    shares: &[f64],
    found: &[f64],
    difference: f64,
    interval: Interval,
    json: bool,
) {
    let name = repeats.strategy.name();
    let worst = shares.iter().fold(0.0f64, |a, b| a.max(*b));
    let best = shares.iter().fold(f64::INFINITY, |a, b| a.min(*b));
    let (share, found) = (median(shares), median(found));
    if json {
        let finite = |x: f64| x.is_finite().then_some(x);
        let row = serde_json::json!({
            "problem": problem,
            "strategy": name,
            "steps_to_90_percent": finite(share),
            "steps_to_90_percent_range": [finite(best), finite(worst)],
            "found_at_end_of_halving": found,
            "more_than_random": difference,
            "more_than_random_interval": interval,
        });
        println!("{row}");
        return;
    }
    let percent = |x: f64| match x.is_finite() {
        true => format!("{:.0} %", 100.0 * x),
        false => "never".to_string(),
    };
    println!(
        "  {name:<8} {:>28} {:>22} {:>30}",
        format!(
            "{} ({} to {})",
            percent(share),
            percent(best),
            percent(worst)
        ),
        format!("{found:.3}"),
        format!(
            "{difference:+.3} ({:+.3} to {:+.3})",
            interval.low, interval.high
        )
    );
}

/// Median of what is missing from the hypervolume of all, over the steps.
fn regret(problem: &str, all: &[Repeats]) -> Chart {
    const POINTS: usize = 200;
    /// Where all is found, nothing has a place on a logarithmic axis.
    const FLOOR: f64 = 1e-3;
    let x: Vec<f64> = (0..=POINTS).map(|i| i as f64 / POINTS as f64).collect();
    let curve = |repeats: &Repeats| {
        let at = |x: &f64| {
            let found: Vec<f64> = repeats.curves.iter().map(|c| c.at(*x)).collect();
            (1.0 - median(&found)).max(FLOOR)
        };
        (
            repeats.strategy.name().to_string(),
            x.iter().map(at).collect(),
        )
    };
    Chart {
        title: format!("{problem}: what is missing of the front, median of repeats"),
        horizontal: "steps of all trainings, as a share of the exhaustive table's".to_string(),
        vertical: "missing share of the hypervolume".to_string(),
        curves: all.iter().map(curve).collect(),
        x,
    }
}
