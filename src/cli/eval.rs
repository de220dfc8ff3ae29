//! `pinn eval`

use super::member::Member;
use super::solve::{finish, sample, start::run_folder};
use super::{Code, Context, error::CliError, terminal};
use clap::Args;
use pinn_core::session::Outcome;
use pinn_output::{Options, OutcomeReport, SummaryStyle, summary, write_all};
use std::io;
use std::path::PathBuf;
use std::time::Instant;

/// Solves one member of a trained family in milliseconds, without training, and writes the files that `solve`
/// writes.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pinn eval runs/thermal-family-1 --set k=\"45 W/(m K)\" --set h=\"400 W/(m^2 K)\"
  pinn eval runs/thermal-family-1 --set k=\"45 W/(m K)\" --set h=\"400 W/(m^2 K)\" --out /tmp/plate
  pinn eval runs/thermal-family-1 --set k=\"45 W/(m K)\" --set h=\"400 W/(m^2 K)\" --no-pictures

A value outside of its range gives a warning with the distance.")]
pub(super) struct Arguments {
    /// Run folder of a problem file with ranges
    run: PathBuf,
    /// Value of a range with its unit; repeat for every range
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Run folder to create [default: runs/<name>-<n>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write no pictures
    #[arg(long)]
    no_pictures: bool,
    /// Print nothing but errors and warnings
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Code, CliError> {
    let begin = Instant::now();
    let Member {
        mut start,
        warnings,
    } = Member::generate(&arguments.run, &arguments.set, context.registry)?;
    for warning in warnings {
        eprintln!("warning: {warning}");
    }
    let evaluation = sample::evaluate(&start.problem, start.session.as_mut())?;
    let outcome = Outcome::Finished {
        reasons: Vec::new(),
    };
    let mut report = finish::report(&mut start, &outcome, begin, Some(&evaluation))?;
    report.outcome = OutcomeReport::Generated {
        by: arguments.run.display().to_string(),
    };
    let (problem, out) = (&start.problem, arguments.out.as_deref());
    let folder = run_folder(out, &problem.name, problem)?;
    start.session.save(&folder.checkpoint())?;
    let options = Options {
        pictures: !arguments.no_pictures,
        ..Options::default()
    };
    write_all(&folder, &evaluation.sampled, &[], &mut report, options)?;
    if arguments.quiet {
        return Ok(Code::Done);
    }
    let style = SummaryStyle {
        width: terminal::WIDTH,
        colour: terminal::colourful(&io::stdout()),
    };
    write!(
        context.out,
        "{}\n\n{}",
        problem.title,
        summary(&report, folder.path(), style)
    )
    .map_err(CliError::Stdout)?;
    Ok(Code::Done)
}
