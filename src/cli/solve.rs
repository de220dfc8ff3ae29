//! `pinn solve`

pub(super) mod choose;
mod estimate;
mod family;
pub(super) mod finish;
pub(super) mod inverse;
pub(super) mod sample;
pub(super) mod start;
mod train;

use super::device::DeviceParser;
use super::progress::Watch;
use super::{Code, Context, describe, error::CliError, far, interrupt, terminal};
use clap::Args;
use inverse::Unknowns;
use pinn_core::automatic::TOLERANCES;
use pinn_core::session::Outcome;
use pinn_engine::device::Device;
use pinn_output::{
    Options, SummaryStyle, read_metrics, summary, unsolved, write_all, write_report,
};
use start::Start;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Solves a problem and writes the solution, its error, pictures and a checkpoint into a run folder.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pinn solve problems/thermal.toml
  pinn solve problems/thermal.toml --out /tmp/plate --seed 7
  pinn solve problems/thermal.toml --steps 500       a first look
  pinn solve plate.toml --tolerance 1e-4             quick: stop at four digits
  pinn solve plate.toml --estimate                   train twice, and say how far apart the two are
  pinn solve problems/thermal-family.toml            all values of its ranges at once: see `pinn eval`
  pinn solve problems/thermal.toml --device auto     on a GPU, if there is one
  pinn solve plate/problem.toml --init plate         start from the network that `pinn export` wrote
  pinn solve --resume runs/thermal-1                 continue a stopped run, bit for bit

Ctrl-C finishes the step, saves and prints how to continue; a second Ctrl-C quits at once.")]
pub(super) struct Arguments {
    /// Problem file; optional with --resume
    #[arg(required_unless_present = "resume")]
    file: Option<PathBuf>,
    /// Run folder to create [default: runs/<name>-<n>]
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    out: Option<PathBuf>,
    /// Run folder to continue, with the problem and settings it holds
    #[arg(long, value_name = "RUN")]
    resume: Option<PathBuf>,
    /// Start from the network of a checkpoint or run folder, which must have the same structure
    #[arg(long, value_name = "CHECKPOINT", conflicts_with = "resume")]
    init: Option<PathBuf>,
    /// Seed of points and initial parameters, instead of the file's
    #[arg(long, value_name = "N", conflicts_with = "resume")]
    seed: Option<u64>,
    /// Threads, instead of the file's; 0 uses every core. Does not change results
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Device that trains: cpu, cuda or cuda:N (a GPU), auto (a GPU if there is one) [default: cpu]
    #[arg(long, value_name = "DEVICE", value_parser = DeviceParser, hide_possible_values = true)]
    device: Option<Device>,
    /// Stop after N further steps of the schedule; --resume continues from there
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// Relative error to aim at, such as 1e-6, instead of the file's
    #[arg(long, value_name = "ERROR", conflicts_with = "resume", value_parser = tolerance)]
    tolerance: Option<f64>,
    /// Train a second network, with other points and parameters, and estimate the error from their difference. Random
    /// features are always solved twice
    #[arg(long)]
    estimate: bool,
    /// Print the dimensionless form of the problem before it is solved, as `pinn check` does
    #[arg(long, short, conflicts_with = "quiet")]
    verbose: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

/// Reads a tolerance.
fn tolerance(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "expected a number".to_string())?;
    if TOLERANCES.contains(&value) {
        return Ok(value);
    }
    let (least, most) = (TOLERANCES.start(), TOLERANCES.end());
    Err(format!(
        "expected a relative error between {least:e} and {most}"
    ))
}

pub(super) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Code, CliError> {
    let begin = Instant::now();
    let mut silent = io::sink();
    let registry = context.registry;
    let out: &mut dyn Write = if arguments.quiet {
        &mut silent
    } else {
        &mut *context.out
    };
    interrupt::listen().map_err(CliError::Signals)?;
    let mut start = Start::load(arguments, registry)?;
    let far = far::far(&start.problem)?;
    match arguments.verbose {
        true => describe::understood(&start.problem, out)
            .and_then(|()| describe::warnings(&start.problem, out))
            .and_then(|()| far::brief(&far, out))
            .and_then(|()| describe::plan(&start, out)),
        false => describe::brief(&start, out)
            .and_then(|()| describe::warnings(&start.problem, out))
            .and_then(|()| far::brief(&far, out)),
    }
    .map_err(CliError::Stdout)?;
    let folder = start.folder(arguments)?;
    let path = folder.path();
    writeln!(out, "run folder {}\n", path.display())
        .and_then(|()| out.flush())
        .map_err(CliError::Stdout)?;

    let unknowns = Unknowns::of(&start.problem);
    let mut watch = Watch::new(arguments.quiet, start.session.loss_names(), unknowns);
    // A run that dies without warning leaves its settings behind, so that it can be continued.
    if start.fresh {
        let mut report = finish::report(&mut start, &Outcome::Interrupted, begin, None)?;
        write_report(&folder, &mut report)?;
    }
    let limit = arguments.steps.map(|steps| steps as usize);
    let outcome = train::train(start.session.as_mut(), &folder, &mut watch, limit)?;
    watch.finish();

    let mut evaluation = sample::evaluate(&start.problem, start.session.as_mut())?;
    let estimates = estimate::estimate(&start, &outcome, arguments, &mut evaluation)?;
    let family = family::report(&start.problem, start.session.as_mut(), registry)?;
    let mut report = finish::report(&mut start, &outcome, begin, Some(&evaluation))?;
    report.estimates = estimates.into_iter().collect();
    report.family = family;
    report.inverse = inverse::report(&start.problem, start.session.as_mut())?;
    let metrics = read_metrics(&folder.metrics())?;
    let options = Options::default();
    write_all(&folder, &evaluation.sampled, &metrics, &mut report, options)?;
    let style = SummaryStyle {
        width: terminal::WIDTH,
        colour: terminal::colourful(&io::stdout()),
    };
    write!(out, "{}", summary(&report, path, style)).map_err(CliError::Stdout)?;
    if let Some(reason) = unsolved(&report, start.choice.is_some()) {
        return Err(CliError::Unsolved {
            reason,
            run: path.to_path_buf(),
        });
    }
    conclude(outcome, &start, path, limit.is_some(), arguments.quiet)
}

/// Exit code or error of the run as a whole, with what to do next.
fn conclude(
    outcome: Outcome,
    start: &Start,
    path: &Path,
    limited: bool,
    quiet: bool,
) -> Result<Code, CliError> {
    let (program, device) = (super::program(), start.placement.argument());
    let resume = format!("{program} solve --resume {}{device}", path.display());
    match outcome {
        Outcome::Finished { .. } => Ok(Code::Done),
        Outcome::Interrupted => {
            let asked = limited && !interrupt::requested();
            if !(asked && quiet) {
                eprintln!(
                    "stopped after step {}; to continue: {resume}",
                    start.session.step()
                );
            }
            Ok(if asked { Code::Done } else { Code::Interrupted })
        }
        Outcome::Diverged(divergence) => {
            let (problem, units) = (&start.problem, &start.problem.units);
            let ranges = problem.family.iter().flat_map(|family| &family.ranges);
            let ranged = ranges.map(|range| &units.parameters[range.parameter]);
            let infos = problem.trained().declared.coordinates.iter();
            let infos = infos.zip(units.coordinates.iter().chain(ranged));
            let at = infos.zip(&divergence.at).map(|((info, unit), si)| {
                format!("{} = {}", info.name, describe::show_point(*si, unit, info))
            });
            Err(CliError::Diverged {
                step: divergence.step,
                residual: divergence.residual,
                at: at.collect::<Vec<_>>().join(", "),
                run: path.to_path_buf(),
            })
        }
    }
}
