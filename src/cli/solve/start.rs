//! Where a run begins: a problem file, or the folder of an earlier run.

use super::super::error::CliError;
use super::Arguments;
use crate::output::{Report, RunFolder, read_report};
use crate::pinn::registry::Registry;
use crate::pinn::session::{AnySession, session};
use crate::pinn::statement::NondimensionalStatement;
use crate::problem::Problem;
use std::path::Path;

/// A checked problem and a session ready to train.
pub(super) struct Start {
    pub(super) problem: Problem,
    pub(super) dimensionless: NondimensionalStatement,
    pub(super) session: Box<dyn AnySession>,
    /// False where an earlier run goes on.
    pub(super) fresh: bool,
}

impl Start {
    pub(super) fn load(arguments: &Arguments, registry: &Registry) -> Result<Self, CliError> {
        match (&arguments.resume, &arguments.file) {
            (Some(run), file) => Self::resume(arguments, run, file.as_deref(), registry),
            (None, Some(file)) => {
                let mut problem = Problem::load(file, registry)?;
                if let Some(seed) = arguments.seed {
                    problem.settings.seed = seed;
                }
                Self::new(arguments, problem, true)
            }
            (None, None) => unreachable!("clap asks for one of the two"),
        }
    }

    fn resume(
        arguments: &Arguments,
        run: &Path,
        file: Option<&Path>,
        registry: &Registry,
    ) -> Result<Self, CliError> {
        let folder = RunFolder::open(run)?;
        let mut problem = Problem::load(&folder.problem(), registry)?;
        if let Some(file) = file {
            let given = Problem::load(file, registry)?;
            if given.source != problem.source {
                return Err(CliError::OtherProblem {
                    file: file.to_path_buf(),
                    run: run.to_path_buf(),
                });
            }
        }
        let Report {
            problem: name,
            settings,
            ..
        } = read_report(&folder)?;
        problem.name = name;
        problem.settings = settings;
        let mut start = Self::new(arguments, problem, false)?;
        let checkpoint = folder.checkpoint();
        if !checkpoint.exists() {
            return Err(CliError::NoCheckpoint {
                run: run.to_path_buf(),
            });
        }
        start.session.restore(&checkpoint)?;
        Ok(start)
    }

    fn new(arguments: &Arguments, mut problem: Problem, fresh: bool) -> Result<Self, CliError> {
        if let Some(threads) = arguments.threads {
            problem.settings.threads = threads;
        }
        let dimensionless = problem
            .statement
            .nondimensionalize()
            .map_err(CliError::Statement)?;
        let session = session(&problem.statement, &problem.settings)?;
        Ok(Start {
            problem,
            dimensionless,
            session,
            fresh,
        })
    }

    /// The folder of this run: a new one, or the one that goes on.
    pub(super) fn folder(&self, arguments: &Arguments) -> Result<RunFolder, CliError> {
        Ok(match &arguments.resume {
            Some(run) => RunFolder::open(run)?,
            None => RunFolder::create(
                arguments.out.as_deref(),
                &self.problem.name,
                &self.problem.source,
            )?,
        })
    }
}
