//! Why a search has no result.

use super::SpaceError;
use miette::Diagnostic;
use pinn_output::OutputError;
use pinn_problem::ProblemError;

#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum SearchError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Space(#[from] SpaceError),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error("interrupted; finished trainings are kept")]
    Interrupted,
    #[error(
        "no training with the network of the problem succeeded, with or without norms; the first says: {reason}"
    )]
    #[diagnostic(help(
        "solve the problem first; `pinn check` names terms that are far from the others"
    ))]
    NothingTrained { reason: String },
    #[error("{} was made by pinn {found}; this is pinn {expected}, whose trainings may differ", path.display())]
    #[diagnostic(help("search anew, without --resume"))]
    OtherVersion {
        path: std::path::PathBuf,
        expected: String,
        found: String,
    },
    #[error("the problem file of the winner could not be written: {reason}")]
    Winner { reason: String },
    #[error("the problem file of the winner is not one")]
    #[diagnostic(transparent)]
    WinnerProblem(
        #[source]
        #[diagnostic_source]
        ProblemError,
    ),
}
