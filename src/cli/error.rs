//! Errors of subcommands, and their exit codes.

use super::device::remedy;
use super::exit::Code;
use miette::Diagnostic;
use pinn_core::session::SessionError;
use pinn_core::statement::StatementError;
use pinn_engine::EngineError;
use pinn_engine::device::DeviceError;
use pinn_nas::SearchError;
use pinn_output::OutputError;
use pinn_problem::ProblemError;
use pinn_study::StudyError;
use pinn_units::TraceError;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
pub(super) enum CliError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Problem(#[from] ProblemError),

    #[error("standard output cannot be written")]
    Stdout(#[source] io::Error),

    #[error("there is no equation `{name}`")]
    #[diagnostic(help("known equations: {}", known.join(", ")))]
    UnknownEquation {
        name: String,
        known: Vec<&'static str>,
    },

    #[error("there is no study `{name}`")]
    #[diagnostic(help("known studies: {}", known.join(", ")))]
    UnknownStudy {
        name: String,
        known: Vec<&'static str>,
    },

    #[error(transparent)]
    Study(#[from] StudyError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Search(#[from] SearchError),

    #[error("equation `{name}` cannot be written as residuals")]
    Equation {
        name: String,
        #[source]
        cause: TraceError,
    },

    #[error(transparent)]
    Statement(#[from] StatementError),

    #[error(transparent)]
    Session(SessionError),

    #[error("{cause}")]
    #[diagnostic(help("{}", remedy(cause)))]
    Device { cause: DeviceError },

    #[error(transparent)]
    Output(#[from] OutputError),

    #[error("cannot listen for Ctrl-C")]
    Signals(#[source] ctrlc::Error),

    #[error("{} holds a run of another problem than {}", run.display(), file.display())]
    #[diagnostic(help(
        "omit the problem file to continue the problem in the run folder, or solve the file without --resume"
    ))]
    OtherProblem { file: PathBuf, run: PathBuf },

    #[error("{} holds no checkpoint to continue from", run.display())]
    #[diagnostic(help("the run ended before its first checkpoint: solve the problem again"))]
    NoCheckpoint { run: PathBuf },

    #[error("{} holds a run of one problem, not of a family", run.display())]
    #[diagnostic(help(
        "only a problem file with ranges, such as k = {{ from = \"20 W/(m K)\", to = \"60 W/(m K)\" }}, can be evaluated at other values"
    ))]
    NoFamily { run: PathBuf },

    #[error("{} is a family of problems, but a search takes a single problem", file.display())]
    #[diagnostic(help("give every range one value, such as its middle, and search for that"))]
    SearchOfFamily { file: PathBuf },

    #[error("`{name}` has no value")]
    #[diagnostic(help("it ranges from {from} to {to}: add --set {name}=\"{from}\""))]
    Unset {
        name: String,
        from: String,
        to: String,
    },

    #[error("`{name}` is set twice")]
    SetTwice { name: String },

    #[error(
        "training diverged after step {step}: `{residual}` is the first residual that is not finite{}{at}",
        if at.is_empty() { "" } else { ", at " }
    )]
    #[diagnostic(help(
        "the last good state is in {}; {}",
        run.display(),
        match *step {
            0 => "at the first step a field may be negative: where roots, logarithms, powers or quotients of it are taken, declare it positive under `[fields]`, as in `p = { unit = \"Pa\", positive = true }`",
            _ => "lower the learning rate, or choose scales at which the terms balance (`pinn check`)",
        }
    ))]
    Diverged {
        step: usize,
        residual: String,
        /// Place with units; may be empty.
        at: String,
        run: PathBuf,
    },

    #[error("interrupted while the method was chosen; there is nothing to save yet")]
    InterruptedChoice,

    #[error("not solved: {reason}")]
    #[diagnostic(help(
        "the run is in {}; give the network more capacity (`hidden`), more steps, or points near fronts (`[sampling]`), and look at the scales (`pinn check`)",
        run.display()
    ))]
    Unsolved { reason: String, run: PathBuf },

    #[error("`{name}` cannot name a crate: {reason}")]
    #[diagnostic(help(
        "use letters, digits, `-` and `_`, beginning with a letter, such as `heat-pipe`"
    ))]
    CrateName { name: String, reason: &'static str },

    #[error("{} exists already; nothing was written", path.display())]
    #[diagnostic(help("choose another name, or move the existing files away"))]
    Exists { path: PathBuf },

    #[error("{} cannot be written", path.display())]
    #[diagnostic(help("check that the folder exists, may be written and has room"))]
    Write {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
}

impl From<DeviceError> for CliError {
    fn from(cause: DeviceError) -> Self {
        CliError::Device { cause }
    }
}

impl From<SessionError> for CliError {
    fn from(cause: SessionError) -> Self {
        match cause {
            SessionError::Engine(EngineError::Device(cause)) => cause.into(),
            cause => CliError::Session(cause),
        }
    }
}

impl CliError {
    pub(super) fn code(&self) -> Code {
        match self {
            CliError::Stdout(_)
            | CliError::Signals(_)
            | CliError::Equation { .. }
            | CliError::Study(_) => Code::Unexpected,
            CliError::InterruptedChoice => Code::Interrupted,
            CliError::Diverged { .. } | CliError::Unsolved { .. } => Code::Unsolved,
            CliError::Search(cause) => match cause {
                SearchError::Space(_) => Code::Usage,
                SearchError::Output(_) | SearchError::OtherVersion { .. } => Code::Run,
                SearchError::Interrupted => Code::Interrupted,
                SearchError::NothingTrained { .. } => Code::Unsolved,
                SearchError::Winner { .. } | SearchError::WinnerProblem(_) => Code::Unexpected,
            },
            CliError::Device { cause } => match cause {
                DeviceError::Driver(_) | DeviceError::NoCublas(_) => Code::Unexpected,
                DeviceError::NotBuiltIn
                | DeviceError::NoDriver
                | DeviceError::NoDevice
                | DeviceError::Ordinal { .. } => Code::Usage,
            },
            CliError::Session(cause) => match cause {
                SessionError::Network(_)
                | SessionError::Hypernetwork(_)
                | SessionError::Settings(_) => Code::Usage,
                SessionError::Engine(_) => Code::Unexpected,
                SessionError::Checkpoint(_) => Code::Run,
            },
            CliError::Problem(_)
            | CliError::Statement(_)
            | CliError::Unset { .. }
            | CliError::SearchOfFamily { .. }
            | CliError::SetTwice { .. }
            | CliError::UnknownEquation { .. }
            | CliError::UnknownStudy { .. }
            | CliError::CrateName { .. } => Code::Usage,
            CliError::Output(_)
            | CliError::OtherProblem { .. }
            | CliError::NoCheckpoint { .. }
            | CliError::NoFamily { .. }
            | CliError::Exists { .. }
            | CliError::Write { .. } => Code::Run,
        }
    }
}
