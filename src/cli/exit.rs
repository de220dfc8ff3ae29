//! What the exit code says.

use std::process::ExitCode;

/// Exit codes of every subcommand.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Code {
    Done = 0,
    /// Anything that none of the others names, such as a full disk.
    Unexpected = 1,
    /// Arguments or problem file are wrong.
    Usage = 2,
    /// A loss became non-finite; the last good state is saved.
    Diverged = 3,
    /// A folder or checkpoint cannot be used: it exists already, cannot be written, is damaged or belongs
    /// to another problem.
    Run = 4,
    /// Stopped by Ctrl-C; the state is saved.
    Interrupted = 130,
}

/// For `pinn --help`.
pub(super) const HELP: &str = "\
Examples:
  pinn solve problems/thermal.toml
  pinn check problems/thermal.toml
  pinn new heat-pipe

Exit codes:
    0  done
    1  unexpected failure, such as a full disk
    2  wrong arguments or a wrong problem file
    3  training diverged; the last good state is saved
    4  a folder or checkpoint cannot be used: exists already, damaged, of another problem
  130  interrupted by Ctrl-C; the state is saved and `pinn solve --resume RUN` goes on";

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code as u8)
    }
}
