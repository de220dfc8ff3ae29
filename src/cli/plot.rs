//! `pinn plot`

use super::{Code, Context, error::CliError};
use clap::Args;
use pinn_output::{Options, RunFolder, read_results, write_all};
use std::path::PathBuf;

/// Draws the pictures of a run again, from its `solution.csv`, `metrics.jsonl` and `report.json`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pinn plot runs/thermal-1")]
pub(super) struct Arguments {
    /// Run folder
    run: PathBuf,
}

pub(super) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Code, CliError> {
    let folder = RunFolder::open(&arguments.run)?;
    let mut stored = read_results(&folder)?;
    let options = Options {
        data: false,
        pictures: true,
    };
    write_all(
        &folder,
        &stored.sampled,
        &stored.metrics,
        &mut stored.report,
        options,
    )?;
    let files = stored.report.files.iter();
    for name in files.filter(|name| name.ends_with(".svg") || name.ends_with(".png")) {
        writeln!(context.out, "{}", folder.file(name).display()).map_err(CliError::Stdout)?;
    }
    Ok(Code::Done)
}
