//! Start of a run: a problem file, or the folder of an earlier run.

use super::super::device::Placement;
use super::super::error::CliError;
use super::Arguments;
use super::choose::choose;
use pinn_core::automatic::Choice;
use pinn_core::files::RunFile;
use pinn_core::session::{AnySession, session_on};
use pinn_engine::device::Device;
use pinn_equations::registry::Registry;
use pinn_output::{OutputError, Report, RunFolder, read_report};
use pinn_problem::Problem;
use std::path::{Path, PathBuf};

/// The problem of a run, with the settings that it was solved with.
pub(crate) fn stored(folder: &RunFolder, registry: &Registry) -> Result<Problem, CliError> {
    let mut problem = Problem::load(&folder.problem(), registry)?;
    let Report {
        problem: name,
        settings,
        ..
    } = read_report(folder)?;
    problem.name = name;
    problem.settings = settings;
    Ok(problem)
}

/// A new run folder with the problem file and those that it names.
pub(crate) fn run_folder(
    out: Option<&Path>,
    name: &str,
    problem: &Problem,
) -> Result<RunFolder, OutputError> {
    let folder = RunFolder::create(out, name, &problem.source)?;
    for file in &problem.files {
        folder.keep(&file.name, &file.content)?;
    }
    Ok(folder)
}

/// A checkpoint, or that of a run folder.
fn checkpoint(init: &Path) -> PathBuf {
    match init.is_dir() {
        true => init.join(RunFile::Checkpoint.name()),
        false => init.to_path_buf(),
    }
}

/// A checked problem and a session ready to train.
pub(crate) struct Start {
    pub(crate) problem: Problem,
    pub(crate) session: Box<dyn AnySession>,
    pub(crate) placement: Placement,
    /// False where an earlier run goes on.
    pub(crate) fresh: bool,
    /// The choice of settings that the file leaves open.
    pub(crate) choice: Option<Choice>,
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
                if let Some(threads) = arguments.threads {
                    problem.settings.threads = threads;
                }
                if let Some(tolerance) = arguments.tolerance {
                    problem.aim(tolerance);
                }
                // A missing device is reported before anything is tried.
                let placement = Placement::find(arguments.device)?;
                let Some(init) = &arguments.init else {
                    let choice = choose(&mut problem, arguments.quiet)?;
                    return Self::placed(placement, problem, true, choice);
                };
                // A network that the file leaves open is the one to begin from.
                if problem.automatic
                    && let Ok(report) = RunFolder::open(init).and_then(|run| read_report(&run))
                {
                    problem.settings.network = report.settings.network;
                }
                let mut start = Self::placed(placement, problem, true, None)?;
                start.session.begin_from(&checkpoint(init))?;
                Ok(start)
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
        let problem = stored(&folder, registry)?;
        if let Some(file) = file {
            let given = Problem::load(file, registry)?;
            if given.source != problem.source {
                return Err(CliError::OtherProblem {
                    file: file.to_path_buf(),
                    run: run.to_path_buf(),
                });
            }
        }
        let mut start = Self::new(arguments.threads, arguments.device, problem, false)?;
        start.restore(&folder)?;
        Ok(start)
    }

    /// Takes over the state of a run.
    pub(crate) fn restore(&mut self, folder: &RunFolder) -> Result<(), CliError> {
        let checkpoint = folder.checkpoint();
        if !checkpoint.exists() {
            return Err(CliError::NoCheckpoint {
                run: folder.path().to_path_buf(),
            });
        }
        Ok(self.session.restore(&checkpoint)?)
    }

    pub(crate) fn new(
        threads: Option<usize>,
        device: Option<Device>,
        mut problem: Problem,
        fresh: bool,
    ) -> Result<Self, CliError> {
        if let Some(threads) = threads {
            problem.settings.threads = threads;
        }
        Self::placed(Placement::find(device)?, problem, fresh, None)
    }

    fn placed(
        placement: Placement,
        problem: Problem,
        fresh: bool,
        choice: Option<Choice>,
    ) -> Result<Self, CliError> {
        let session = session_on(&placement.hardware, problem.trained(), &problem.settings)?;
        Ok(Start {
            problem,
            session,
            placement,
            fresh,
            choice,
        })
    }

    /// The folder of this run: a new one, or the one that goes on.
    pub(super) fn folder(&self, arguments: &Arguments) -> Result<RunFolder, CliError> {
        Ok(match &arguments.resume {
            Some(run) => RunFolder::open(run)?,
            None => {
                let out = arguments.out.as_deref();
                run_folder(out, &self.problem.name, &self.problem)?
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_brings_its_statement_into_dimensionless_form_once() {
        const FAMILY: &str = include_str!("../../../problems/thermal-family.toml");
        for text in [include_str!("../../../problems/thermal.toml"), FAMILY] {
            let problem = Problem::parse("thermal", text, &Registry::builtin()).unwrap();
            let loaded = problem.trained().clone();
            let start = Start::new(Some(1), None, problem, true).unwrap();
            // Only posing makes a dimensionless form, and all share what was posed first.
            assert!(start.session.statement().is(&loaded));
            assert!(start.problem.trained().is(&loaded));
        }
    }
}
