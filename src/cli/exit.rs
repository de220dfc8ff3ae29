//! Exit codes.

use std::process::ExitCode;

/// Exit code of a subcommand.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Code {
    /// Success.
    Done = 0,
    /// Failure that no other code covers, such as a full disk.
    Unexpected = 1,
    /// Wrong arguments or a wrong problem file.
    Usage = 2,
    /// No solution: a loss was not finite, or training came to rest far from a solution. The last good state is saved.
    Unsolved = 3,
    /// Unusable folder or checkpoint: it exists already, cannot be written, is damaged or belongs to another
    /// problem.
    Run = 4,
    /// Interruption by Ctrl-C. The state is saved.
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
    3  not solved: training diverged, or came to rest far from a solution; the last good state is saved
    4  a folder or checkpoint cannot be used: exists already, damaged, of another problem
  130  interrupted by Ctrl-C; the state is saved and `pinn solve --resume RUN` continues";

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code as u8)
    }
}
