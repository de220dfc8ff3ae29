//! `pinn export`

use super::member::Member;
use super::solve::start::run_folder;
use super::{Code, Context, error::CliError};
use clap::Args;
use std::path::PathBuf;

/// Exports one member of a trained family as a problem file and a checkpoint, to be trained further with
/// `solve --init`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pinn export runs/thermal-family-1 --set k=\"45 W/(m K)\" --set h=\"400 W/(m^2 K)\" --out plate
  pinn solve plate/problem.toml --init plate")]
pub(super) struct Arguments {
    /// Run folder of a problem file with ranges
    run: PathBuf,
    /// Value of a range with its unit; repeat for every range
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Folder to create [default: runs/<name>-<n>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print nothing but errors and warnings
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Code, CliError> {
    let Member { start, warnings } =
        Member::generate(&arguments.run, &arguments.set, context.registry)?;
    for warning in warnings {
        eprintln!("warning: {warning}");
    }
    let (problem, out) = (&start.problem, arguments.out.as_deref());
    let folder = run_folder(out, &problem.name, problem)?;
    start.session.save(&folder.checkpoint())?;
    if !arguments.quiet {
        let path = folder.path().display();
        writeln!(
            context.out,
            "{}\n\n{}\n{}\n\nto continue training: {} solve {} --init {path}",
            problem.title,
            folder.problem().display(),
            folder.checkpoint().display(),
            super::program(),
            folder.problem().display(),
        )
        .map_err(CliError::Stdout)?;
    }
    Ok(Code::Done)
}
