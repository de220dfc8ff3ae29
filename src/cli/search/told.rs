//! Printed output of a search.

use super::super::table::Table;
use pinn_expr::show_number;
use pinn_nas::{Contestant, Plan, SearchReport, Space};
use pinn_problem::Problem;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Prints the plan.
pub(super) fn plan(
    problem: &Problem,
    plan: &Plan,
    space: &Space,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}\n", problem.title)?;
    let Ok(schedule) = plan.schedule(space) else {
        return Ok(());
    };
    let mut table = Table::default();
    let trials = schedule.trials;
    table.row(["space", &SearchReport::describe_space(plan, space, trials)]);
    let rungs: Vec<String> = schedule.sizes().iter().map(usize::to_string).collect();
    table.row([
        "halving".to_string(),
        format!(
            "{} configurations on {} rungs, the last with a third of the training and {} seeds",
            rungs.join(", "),
            rungs.len(),
            schedule.seeds
        ),
    ]);
    table.row([
        "finals".to_string(),
        format!(
            "at most {} configurations and no norm, full trainings, {} seeds",
            plan.settings.finalists, plan.settings.final_seeds
        ),
    ]);
    if problem
        .settings
        .phases
        .iter()
        .any(|p| p.max_seconds.is_some())
    {
        let text = "`max_time` is ignored: results must not depend on the machine";
        table.row(["note", text]);
    }
    table.write(out, 0)
}

/// The finals, their verdict, and the reliability of the objective.
pub(super) fn result(report: &SearchReport, out: &mut dyn Write) -> io::Result<()> {
    let finals = &report.search.finals;
    let seeds = report.settings.final_seeds;
    writeln!(
        out,
        "Finals: full trainings, medians of {seeds} seeds; residuals are held out, dimensionless, log10"
    )?;
    let mut table = Table::default();
    table.row([
        "norm",
        "residual",
        "range",
        "difference",
        "p",
        "unsteadiness",
        "cost",
        "ms/step",
        "error",
    ]);
    for (number, contestant) in finals.contestants.iter().enumerate() {
        table.row(row(contestant, number == finals.winner));
    }
    table.write(out, 2)?;
    writeln!(out, "\n{}", verdict(report))?;
    let interval =
        |i: &pinn_statistics::Interval| format!("{} to {}", rounded(i.low, 3), rounded(i.high, 3));
    writeln!(
        out,
        "Hypervolume {} ({}); norms add {} ({}), 95 % intervals over the seeds",
        rounded(finals.hypervolume, 3),
        interval(&finals.hypervolume_interval),
        rounded(finals.gain, 3),
        interval(&finals.gain_interval)
    )?;
    if !report.agreement.is_empty() {
        writeln!(out, "\nAgreement of orders (Kendall's tau)")?;
        let mut table = Table::default();
        for agreement in &report.agreement {
            table.row([
                rounded(agreement.tau, 2),
                agreement.of.clone(),
                format!("with {}", agreement.with),
                format!("{} configurations", agreement.configurations),
            ]);
        }
        table.write(out, 2)?;
    }
    let failures = match report.failures {
        0 => String::new(),
        n => format!(", {n} of them failed or diverged"),
    };
    writeln!(
        out,
        "\n{} trainings, {} steps, {} s of training{failures}",
        report.trainings,
        report.steps,
        rounded(report.training_s, 1)
    )
}

fn row(contestant: &Contestant, winner: bool) -> [String; 9] {
    let objectives = &contestant.objectives;
    let star = if winner { " *" } else { "" };
    let (difference, p) = match contestant.p {
        Some(p) => (rounded(contestant.difference, 3), format!("{p:.2e}")),
        None => (String::new(), String::new()),
    };
    let range = &contestant.range;
    [
        format!("{}{star}", contestant.configuration.name),
        rounded(objectives.residual, 3),
        format!("{} to {}", rounded(range.low, 2), rounded(range.high, 2)),
        difference,
        p,
        rounded(objectives.unsteadiness, 3),
        rounded(objectives.cost, 3),
        rounded(1e3 * contestant.seconds_per_step, 3),
        contestant
            .error
            .map_or(String::new(), |e| format!("{e:.1e}")),
    ]
}

fn verdict(report: &SearchReport) -> String {
    let finals = &report.search.finals;
    let winner = finals.winner();
    match winner.p {
        None => format!(
            "Nowhere: no norm lowers the residual significantly (level {}, {} compared).",
            report.settings.significance,
            finals.contestants.len() - 1
        ),
        Some(p) => format!(
            "{} lowers the residual by {} decades (median of pairs, p = {p:.1e} after Holm).",
            winner.configuration.name,
            rounded(-winner.difference, 2)
        ),
    }
}

pub(super) fn files(folder: &Path, files: &[PathBuf], out: &mut dyn Write) -> io::Result<()> {
    let names = files.iter().filter_map(|file| file.file_name());
    let names: Vec<_> = names.map(|name| name.to_string_lossy()).collect();
    writeln!(out, "files in {}: {}", folder.display(), names.join(", "))
}

fn rounded(value: f64, decimals: i32) -> String {
    let factor = 10f64.powi(decimals);
    match value.is_finite() {
        true => show_number((value * factor).round() / factor),
        false => "-".to_string(),
    }
}
