//! Runs all cases of a study.

use super::{Case, Run, Study, Table};
use pinn_core::session::SessionError;
use pinn_core::statement::StatementError;
use pinn_engine::{EngineError, parallel};
use pinn_problem::ProblemError;
use pinn_units::TraceError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// How a study is run.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Seeds 0, 1, …; the same for every case.
    pub seeds: u64,
    /// Few steps: shows that all works, and proves nothing.
    pub quick: bool,
    /// Runs at the same time; 0 for as many as there are cores.
    pub threads: usize,
}

/// Called after every run with the number of runs done, from any thread.
pub type Watcher<'a> = &'a (dyn Fn(usize) + Sync);

/// Why a study has no result.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    #[error(
        "interrupted after {done} of {all} runs; a study is written only as a whole: run it again"
    )]
    Interrupted { done: usize, all: usize },
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Statement(#[from] StatementError),
    #[error(transparent)]
    Trace(#[from] TraceError),
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
