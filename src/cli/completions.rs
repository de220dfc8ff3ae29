//! `pinn completions`

use super::{Cli, Code, Context, error::CliError};
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Prints a completion script for a shell.
#[derive(Args)]
#[command(after_help = "\
Examples:
  pinn completions bash > ~/.local/share/bash-completion/completions/pinn
  pinn completions zsh > ~/.zfunc/_pinn
  pinn completions fish > ~/.config/fish/completions/pinn.fish")]
pub(super) struct Arguments {
    /// Shell to complete for
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Code, CliError> {
    // clap_complete panics where writing fails, so the script is made in memory first.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "pinn", &mut script);
    context.out.write_all(&script).map_err(CliError::Stdout)?;
    Ok(Code::Done)
}
