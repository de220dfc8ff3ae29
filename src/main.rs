//! The `pinn` program: the command line over the built-in equations.

use pinn::equations::registry::Registry;
use std::process::ExitCode;

fn main() -> ExitCode {
    pinn::cli::run(Registry::builtin())
}
