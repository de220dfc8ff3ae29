//! `pinn check`

use super::far::{self, Far};
use super::solve::choose;
use super::{Code, Context, describe, error::CliError};
use clap::Args;
use pinn_core::ansatz::{Exact, exact};
use pinn_core::session::Model;
use pinn_problem::Problem;
use std::io::Write;
use std::path::PathBuf;

/// Checks a problem file and shows its dimensionless form, without training.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pinn check problems/thermal.toml")]
pub(super) struct Arguments {
    /// Problem file
    file: PathBuf,
}

pub(super) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Code, CliError> {
    let problem = Problem::load(&arguments.file, context.registry)?;
    let statement = problem.trained();
    let network = match choose::planned(&problem) {
        Some(planned) => planned,
        None => {
            let parameters = Model::new(statement, &problem.settings)?.parameters();
            describe::network(&problem, parameters)
        }
    };
    let exact = exact(statement, &problem.settings.network);
    let far = far::far(&problem)?;
    let out = &mut *context.out;
    describe::understood(&problem, out).map_err(CliError::Stdout)?;
    let (table, flagged) = describe::coefficients(statement);
    writeln!(out, "\nCoefficients")
        .and_then(|()| table.write(out, 2))
        .and_then(|()| writeln!(out, "\nNetwork\n  {network}"))
        .and_then(|()| describe::warnings(&problem, out))
        .and_then(|()| verdict(&problem, &exact, flagged, &far, out))
        .map_err(CliError::Stdout)?;
    Ok(Code::Done)
}

fn verdict(
    problem: &Problem,
    exact: &[Option<Exact>],
    flagged: usize,
    far: &[Far],
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(out)?;
    if flagged > 0 {
        writeln!(
            out,
            "{flagged} coefficient{} (marked !) outside 0.01 to 100",
            if flagged == 1 { "" } else { "s" }
        )?;
        far::by_remedy(problem, far, out)?;
    }
    for (reason, conditions) in describe::exact(problem, exact) {
        let names = conditions.iter().map(|name| format!("`{name}`"));
        let names = names.collect::<Vec<_>>().join(", ");
        writeln!(
            out,
            "note: satisfied exactly, without training ({reason}): {names}."
        )?;
    }
    if let Some(note) = describe::without_tensor_cores(problem) {
        writeln!(out, "note: {note}.")?;
    }
    if problem.reference.is_none() {
        writeln!(
            out,
            "note: there is no [reference]: a run reports its residuals; `pinn solve --estimate` estimates its error."
        )?;
    }
    let counted = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    };
    let statement = problem.trained();
    writeln!(
        out,
        "{}: units are consistent; {}, {}, {}.",
        problem.name,
        counted(statement.equations.equations().len(), "equation"),
        counted(statement.conditions.len(), "condition"),
        counted(problem.warnings.len(), "warning")
    )
}
