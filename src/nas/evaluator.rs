//! Evaluation of the trainings of a search.

use super::{Configuration, Journal, Probe, SearchError, Space, Trial, Unit, measure};
use pinn_engine::parallel;
use pinn_problem::Problem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Source of the results of units.
pub trait Evaluator {
    /// Returns the results of all units, in the order requested.
    ///
    /// # Errors
    /// If the search is interrupted, or results cannot be kept.
    fn evaluate(&mut self, stage: Stage, units: &[Unit]) -> Result<Vec<Trial>, SearchError>;

    /// Returns statistics of the initial networks, in the order requested.
    ///
    /// # Errors
    /// If the search is interrupted.
    fn probe(&mut self, configurations: &[Configuration]) -> Result<Vec<Probe>, SearchError>;
}

/// Stage of a search.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Rung of successive halving.
    Rung {
        /// Number of the rung, from 1.
        number: usize,
        /// Number of rungs.
        of: usize,
    },
    /// Comparison of the finalists.
    Finals,
}

/// Event of a search, sent to observers from any thread.
#[derive(Clone, PartialEq, Debug)]
pub enum Event<'a> {
    /// A stage begins.
    Begun {
        /// Stage.
        stage: Stage,
        /// Number of units requested.
        units: usize,
        /// Number of them whose results are known already.
        known: usize,
    },
    /// A training ended.
    Ended(&'a Trial),
}

/// Evaluator that trains on this machine, in parallel, and keeps a journal.
pub struct LocalEvaluator<'a> {
    problem: &'a Problem,
    space: &'a Space,
    journal: Mutex<Journal>,
    jobs: usize,
    stop: &'a AtomicBool,
    watch: &'a (dyn Fn(Event<'_>) + Sync),
}

impl<'a> LocalEvaluator<'a> {
    /// Creates an evaluator with `jobs` trainings at the same time; 0 means one per core. Once `stop` is
    /// set, running trainings are abandoned.
    pub fn new(
        problem: &'a Problem,
        space: &'a Space,
        journal: Journal,
        jobs: usize,
        stop: &'a AtomicBool,
        watch: &'a (dyn Fn(Event<'_>) + Sync),
    ) -> Self {
        LocalEvaluator {
            problem,
            space,
            journal: Mutex::new(journal),
            jobs,
            stop,
            watch,
        }
    }

    fn journal(&mut self) -> &mut Journal {
        // A thread that panicked left the journal intact: it appends complete lines.
        self.journal.get_mut().unwrap_or_else(|e| e.into_inner())
    }

    /// Trains a unit and stores the result.
    fn run(&self, unit: &Unit) -> Result<(), SearchError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(SearchError::Interrupted);
        }
        let trained = catch_unwind(AssertUnwindSafe(|| {
            measure(self.problem, self.space, unit, self.stop)
        }));
        let trial = match trained {
            Ok(trial) => trial.ok_or(SearchError::Interrupted)?,
            Err(_) => unit.failed("the training panicked"),
        };
        (self.watch)(Event::Ended(&trial));
        let mut journal = self.journal.lock().unwrap_or_else(|e| e.into_inner());
        Ok(journal.append(trial)?)
    }
}

impl Evaluator for LocalEvaluator<'_> {
    fn evaluate(&mut self, stage: Stage, units: &[Unit]) -> Result<Vec<Trial>, SearchError> {
        let journal = self.journal();
        let missing: Vec<&Unit> = units.iter().filter(|u| journal.find(u).is_none()).collect();
        (self.watch)(Event::Begun {
            stage,
            units: units.len(),
            known: units.len() - missing.len(),
        });
        let run = |unit: &&Unit| self.run(unit);
        parallel::try_map(self.jobs, &missing, run)?;
        let journal = self.journal();
        let find = |unit: &Unit| match journal.find(unit) {
            Some(trial) => trial.clone(),
            None => unit.failed("it was never trained"),
        };
        Ok(units.iter().map(find).collect())
    }

    fn probe(&mut self, configurations: &[Configuration]) -> Result<Vec<Probe>, SearchError> {
        let probe = |configuration: &Configuration| {
            catch_unwind(AssertUnwindSafe(|| {
                Probe::of(self.problem, self.space, configuration)
            }))
            .unwrap_or(Probe::FAILED)
        };
        Ok(parallel::map(self.jobs, configurations, probe))
    }
}
