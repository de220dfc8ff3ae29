//! Errors of a search.

use super::SpaceError;
use miette::Diagnostic;
use pinn_output::OutputError;
use pinn_problem::ProblemError;

/// Reason why a search has no result.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum SearchError {
    /// The space cannot be searched.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Space(#[from] SpaceError),
    /// A file cannot be read or written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The user stopped the search.
    #[error("interrupted; finished trainings are kept")]
    Interrupted,
    /// All trainings failed.
    #[error(
        "no training with the network of the problem succeeded, with or without norms; the first error was: {reason}"
    )]
    #[diagnostic(help(
        "solve the problem first; `pinn check` names terms that are far from the others"
    ))]
    NothingTrained {
        /// Failure of the first one.
        reason: String,
    },
    /// Another version of the program wrote the journal.
    #[error("{} was written by pinn {found}; this is pinn {expected}, whose trainings may differ", path.display())]
    #[diagnostic(help("start a new search, without --resume"))]
    OtherVersion {
        /// File of the journal.
        path: std::path::PathBuf,
        /// Version of this program.
        expected: String,
        /// Version in the journal.
        found: String,
    },
    /// The problem file of the winner cannot be written.
    #[error("the problem file of the winner could not be written: {reason}")]
    Winner {
        /// Description of the failure.
        reason: String,
    },
    /// The problem file of the winner is not valid.
    #[error("the problem file of the winner is not valid")]
    #[diagnostic(transparent)]
    WinnerProblem(
        #[source]
        #[diagnostic_source]
        ProblemError,
    ),
}
