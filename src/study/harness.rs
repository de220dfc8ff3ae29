//! Runner of all cases of a study.

use super::{Case, Run, Study, Table};
use pinn_core::session::SessionError;
use pinn_core::statement::StatementError;
use pinn_engine::{EngineError, parallel};
use pinn_problem::ProblemError;
use pinn_units::TraceError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// Options of a run.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Number of seeds 0, 1, …, equal for all cases.
    pub seeds: u64,
    /// True for few steps, which only check the program.
    pub quick: bool,
    /// Number of runs at the same time; 0 means one per core.
    pub threads: usize,
}

/// Callback after every run with the number of runs done, from any thread.
pub type Watcher<'a> = &'a (dyn Fn(usize) + Sync);

/// Reason why a study has no result.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The user stopped the study.
    #[error(
        "interrupted after {done} of {all} runs; a study is only written when it is complete: run it again"
    )]
    Interrupted {
        /// Number of completed runs.
        done: usize,
        /// Total number of runs.
        all: usize,
    },
    /// A session failed.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// An equation cannot be written as residuals.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// The equations of a study could not be traced.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// A problem file is not valid.
    #[error(transparent)]
    Problem(Box<ProblemError>),
}

impl From<ProblemError> for StudyError {
    fn from(error: ProblemError) -> Self {
        StudyError::Problem(Box::new(error))
    }
}

impl From<EngineError> for StudyError {
    fn from(error: EngineError) -> Self {
        SessionError::from(error).into()
    }
}

/// Runs every case with every seed. Results do not depend on the number of threads.
///
/// # Errors
/// If a run fails, or the study is interrupted.
pub fn run(
    study: &dyn Study,
    options: Options,
    stop: &AtomicBool,
    watch: Watcher<'_>,
) -> Result<Table, StudyError> {
    let cases = study.cases();
    let all: Vec<_> = cases
        .iter()
        .flat_map(|case| (0..options.seeds).map(move |seed| (case, seed)))
        .collect();
    let steps = study.steps(options.quick);
    let done = AtomicUsize::new(0);
    let interrupted = || StudyError::Interrupted {
        done: done.load(Ordering::Relaxed),
        all: all.len(),
    };
    let one = |(case, seed): &(&Case, u64)| {
        if stop.load(Ordering::Relaxed) {
            return Err(interrupted());
        }
        let begin = Instant::now();
        let measurement = study.measure(case, *seed, steps, stop)?;
        if stop.load(Ordering::Relaxed) {
            return Err(interrupted());
        }
        watch(done.fetch_add(1, Ordering::Relaxed) + 1);
        Ok(Run {
            case: (*case).clone(),
            seed: *seed,
            error: measurement.error,
            curve: measurement.curve,
            seconds: begin.elapsed().as_secs_f64(),
        })
    };
    let runs = parallel::try_map(options.threads, &all, one)?;
    Ok(Table { runs })
}
