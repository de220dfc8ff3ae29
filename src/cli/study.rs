//! `pinn study`

use super::table::Table;
use super::{Code, Context, error::CliError, interrupt};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pinn_expr::show_number;
use pinn_output::RunFolder;
use pinn_study::{Options, Study, StudyError, StudyReport, studies};
use std::io::{self, Write};
use std::path::PathBuf;

/// Runs a built-in experiment about training (for researchers).
///
/// An experiment measures a claim and reports whether the results support it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pinn study                          every study with its claim
  pinn study residual-norm            measure one, in minutes
  pinn study residual-norm --quick    see that it works, in seconds
  pinn study residual-norm --seeds 10 --out /tmp/study")]
pub(super) struct Arguments {
    /// Study to run
    name: Option<String>,
    /// Use few steps and two seeds (unless --seeds is given); proves nothing
    #[arg(long)]
    quick: bool,
    /// Runs per case, with seeds 0, 1, … [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: Option<u64>,
    /// Folder to create [default: runs/study-<name>-<n>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Number of simultaneous runs; 0 uses every core. Does not change results
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Code, CliError> {
    let Some(name) = &arguments.name else {
        return list(context.out).map_err(CliError::Stdout);
    };
    let all = studies();
    let Some(study) = all.iter().find(|study| study.name() == name) else {
        return Err(CliError::UnknownStudy {
            name: name.clone(),
            known: all.iter().map(|study| study.name()).collect(),
        });
    };
    let options = Options {
        seeds: arguments
            .seeds
            .unwrap_or(if arguments.quick { 2 } else { 5 }),
        quick: arguments.quick,
        threads: arguments.threads,
    };
    let mut silent = io::sink();
    let out: &mut dyn Write = if arguments.quiet {
        &mut silent
    } else {
        &mut *context.out
    };
    let folder = RunFolder::claim(arguments.out.as_deref(), &format!("study-{name}"))?;
    writeln!(out, "Claim\n  {}\n", study.claim())
        .and_then(|()| out.flush())
        .map_err(CliError::Stdout)?;
    interrupt::listen().map_err(CliError::Signals)?;
    let table = match measured(study.as_ref(), options, arguments.quiet) {
        Err(StudyError::Interrupted { done, all }) => {
            // Nothing was written into it.
            let _ = std::fs::remove_dir(&folder);
            eprintln!("{}", StudyError::Interrupted { done, all });
            return Ok(Code::Interrupted);
        }
        other => other?,
    };
    let report = StudyReport::new(study.as_ref(), options, &table);
    pinn_study::write(&folder, &report, &table)?;
    told(&report, out)
        .and_then(|()| writeln!(out, "\nfiles in {}", folder.display()))
        .map_err(CliError::Stdout)?;
    Ok(Code::Done)
}

fn list(out: &mut dyn Write) -> io::Result<Code> {
    for study in studies() {
        writeln!(out, "{}\n  {}", study.name(), study.claim())?;
    }
    Ok(Code::Done)
}

/// Runs the study with a bar on stderr.
fn measured(
    study: &dyn Study,
    options: Options,
    quiet: bool,
) -> Result<pinn_study::Table, StudyError> {
    let runs = study.cases().len() as u64 * options.seeds;
    let target = match quiet {
        true => ProgressDrawTarget::hidden(),
        false => ProgressDrawTarget::stderr(),
    };
    let bar = ProgressBar::with_draw_target(Some(runs), target);
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} runs  {elapsed}  ETA {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.tick();
    let table = interrupt::heeded(|stop| {
        pinn_study::run(study, options, stop, &|runs| bar.set_position(runs as u64))
    });
    bar.finish_and_clear();
    table
}

fn told(report: &StudyReport, out: &mut dyn Write) -> io::Result<()> {
    let coverage = report.table.first().map_or(0.0, |row| row.coverage);
    writeln!(
        out,
        "Measured: {}, {} seeds, {} steps; the interval holds the median with probability {}",
        report.error,
        report.seeds,
        report.steps,
        show_number(coverage)
    )?;
    let mut table = Table::default();
    table.row(["", "", "median", "interval", "worst"]);
    let mut last = "";
    for row in &report.table {
        let setting = match row.case.setting == last {
            true => "",
            false => &row.case.setting,
        };
        last = &row.case.setting;
        table.row([
            setting.to_string(),
            row.case.treatment.clone(),
            format!("{:.1e}", row.median),
            format!("{:.1e} to {:.1e}", row.low, row.high),
            format!("{:.1e}", row.worst),
        ]);
    }
    table.write(out, 2)?;
    writeln!(out, "\nFindings")?;
    let mut table = Table::default();
    for finding in &report.findings {
        let verdict = if finding.supported { "yes" } else { "NO" };
        table.row([verdict, &finding.expected, &finding.measured]);
    }
    table.write(out, 2)?;
    writeln!(
        out,
        "\n{}",
        match (report.quick, report.supported) {
            (true, _) => "A quick run proves nothing: run again without --quick.",
            (false, true) => "The measurement supports the claim.",
            (false, false) => "The measurement does not support the whole claim.",
        }
    )
}
