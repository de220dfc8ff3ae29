//! Command line: one file per subcommand.
//!
//! A crate of your own gets all of it for its equations:
//!
//! ```no_run
//! use pinn_equations::registry::Registry;
//!
//! fn main() -> std::process::ExitCode {
//!     pinn_cli::run(Registry::builtin())
//! }
//! ```
//!
//! Programs usually reach it as `pinn::cli`.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod check;
mod completions;
mod describe;
mod device;
mod error;
mod eval;
mod exit;
mod export;
mod far;
mod interrupt;
mod list;
mod member;
mod new;
mod plot;
mod progress;
mod search;
mod solve;
mod study;
mod table;
mod terminal;

pub use exit::Code;

use clap::{Parser, Subcommand};
use error::CliError;
use pinn_equations::registry::Registry;
use std::io::Write;
use std::process::ExitCode;

/// Solves ODEs and PDEs with physics-informed neural networks (PINNs); all numbers carry units.
///
/// A problem file states the equation, its quantities with units, the domain and its conditions. The
/// program checks every dimension, brings the problem into dimensionless form, trains a network and writes
/// the solution in physical units together with its error.
#[derive(Parser)]
#[command(name = "pinn", version, after_help = exit::HELP, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Solve(solve::Arguments),
    Eval(eval::Arguments),
    Export(export::Arguments),
    Check(check::Arguments),
    Plot(plot::Arguments),
    Search(search::Arguments),
    Study(study::Arguments),
    List(list::Arguments),
    New(new::Arguments),
    Completions(completions::Arguments),
}

/// Input and output of a subcommand.
struct Context<'a> {
    registry: &'a Registry,
    /// Output for results. It never fails because a reader went away.
    out: &'a mut dyn Write,
}

/// Parses the arguments of this process, runs the subcommand and reports its errors.
///
/// The equations of `registry` are those that problem files may name.
pub fn run(registry: Registry) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version arrive here too. A closed pipe is no reason to complain.
            let _ = error.print();
            return ExitCode::from(error.exit_code() as u8);
        }
    };
    let mut out = terminal::Patient::new(std::io::stdout().lock());
    let mut context = Context {
        registry: &registry,
        out: &mut out,
    };
    let done = dispatch(cli.command, &mut context).and_then(|code| {
        context.out.flush().map_err(CliError::Stdout)?;
        Ok(code)
    });
    match done {
        Ok(code) => code.into(),
        Err(error) => {
            let code = error.code();
            terminal::report(error);
            code.into()
        }
    }
}

fn dispatch(command: Command, context: &mut Context<'_>) -> Result<Code, CliError> {
    match command {
        Command::Solve(arguments) => solve::run(&arguments, context),
        Command::Eval(arguments) => eval::run(&arguments, context),
        Command::Export(arguments) => export::run(&arguments, context),
        Command::Plot(arguments) => plot::run(&arguments, context),
        Command::Search(arguments) => search::run(&arguments, context),
        Command::Study(arguments) => study::run(&arguments, context),
        Command::Check(arguments) => check::run(&arguments, context),
        Command::List(arguments) => list::run(&arguments, context),
        Command::New(arguments) => new::run(&arguments, context),
        Command::Completions(arguments) => completions::run(&arguments, context),
    }
}

/// Name under which this program was called, for advice that can be copied.
fn program() -> String {
    std::env::args()
        .next()
        .unwrap_or_else(|| "pinn".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent_and_every_command_shows_an_example() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        for sub in command.get_subcommands() {
            let help = sub.clone().render_long_help().to_string();
            assert!(help.contains("Examples:"), "{}:\n{help}", sub.get_name());
        }
    }
}
