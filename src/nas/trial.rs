//! Single training of a search.

use super::objectives::spread;
use super::{Configuration, Objectives, Space, operations};
use pinn_core::loss;
use pinn_core::session::{Observer, Outcome, Progress, SessionError, session};
use pinn_core::settings::{OptimiserSettings, Phase, Schedule, Settings};
use pinn_norm::layer::NormLayers;
use pinn_problem::Problem;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

/// Number of steps with measured gradients.
const SAMPLES: usize = 24;
/// Approximate number of points of the grid for the error, over all coordinates.
const GRID: f64 = 2000.0;

/// Requested training: everything except the problem that determines its result.
#[derive(Clone, PartialEq, Debug)]
pub struct Unit {
    /// Norms of the network.
    pub configuration: Configuration,
    /// Divisor of the steps of every phase.
    pub divisor: usize,
    /// Number added to the problem's seed.
    pub seed: u64,
}

/// Result of a training.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Trial {
    /// Name of the configuration.
    pub name: String,
    /// Norms of the network.
    pub norms: Vec<NormLayers>,
    /// Divisor of the steps of every phase.
    pub divisor: usize,
    /// Number added to the problem's seed.
    pub seed: u64,
    /// End of the training.
    #[serde(flatten)]
    pub ending: Ending,
    /// Objectives; infinite where training failed.
    pub objectives: Objectives,
    /// Relative L2 error, as a mean over the fields; `None` without a reference. It does not influence the
    /// choice.
    pub error: Option<f64>,
    /// Number of steps taken.
    pub steps: usize,
    /// Seconds of training. They do not influence the choice.
    pub seconds: f64,
    /// Time of the end, in seconds since 1970.
    pub ended: u64,
}

/// End of a training.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "ending", rename_all = "lowercase")]
pub enum Ending {
    /// All phases were completed.
    Finished,
    /// A residual was not finite.
    Diverged {
        /// Name of the first residual that was not finite.
        residual: String,
        /// Step at which it happened.
        step: usize,
    },
    /// Training could not begin or continue.
    Failed {
        /// Description of the failure.
        reason: String,
    },
}

impl Unit {
    /// Returns true if the trial is the result of this unit.
    pub fn is(&self, trial: &Trial) -> bool {
        trial.divisor == self.divisor
            && trial.seed == self.seed
            && trial.name == self.configuration.name
    }

    /// Number of steps if no phase stops early.
    pub fn steps(&self, settings: &Settings) -> usize {
        let phases = settings.phases.iter();
        phases.map(|phase| phase.steps.div_ceil(self.divisor)).sum()
    }

    fn trial(&self, ending: Ending) -> Trial {
        Trial {
            name: self.configuration.name.clone(),
            norms: self.configuration.norms.clone(),
            divisor: self.divisor,
            seed: self.seed,
            ending,
            objectives: Objectives {
                residual: f64::INFINITY,
                unsteadiness: f64::INFINITY,
                cost: f64::INFINITY,
            },
            error: None,
            steps: 0,
            seconds: 0.0,
            ended: 0,
        }
    }

    /// Creates the result of a failed training.
    pub(super) fn failed(&self, reason: impl ToString) -> Trial {
        self.trial(Ending::Failed {
            reason: reason.to_string(),
        })
    }
}

/// Trains the unit. A failure is a result too.
///
/// Returns `None` if `stop` was set meanwhile. The same unit of the same problem gives the same bits, apart
/// from times.
pub fn measure(problem: &Problem, space: &Space, unit: &Unit, stop: &AtomicBool) -> Option<Trial> {
    let mut trial = match train(problem, space, unit, stop) {
        Ok(trial) => trial?,
        Err(error) => unit.failed(error),
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    trial.ended = now.map_or(0, |since| since.as_secs());
    Some(trial)
}

fn train(
    problem: &Problem,
    space: &Space,
    unit: &Unit,
    stop: &AtomicBool,
) -> Result<Option<Trial>, SessionError> {
    let settings = settings(problem, space, unit);
    let mut session = session(&problem.statement, &settings)?;
    let mut gradients = Vec::new();
    let pause = AtomicBool::new(false);
    let mut observer = Sampler {
        every: unit.steps(&problem.settings).div_ceil(SAMPLES).max(1),
        pause: &pause,
        stop,
    };
    let outcome = loop {
        let outcome = session.train(&mut observer, &pause)?;
        pause.store(false, Ordering::Relaxed);
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        gradients.extend(session.layer_gradients()?);
        if outcome != Outcome::Interrupted {
            break outcome;
        }
    };
    let ending = match outcome {
        Outcome::Diverged(divergence) => Ending::Diverged {
            residual: divergence.residual,
            step: divergence.step,
        },
        _ => Ending::Finished,
    };
    let mut trial = unit.trial(ending);
    trial.steps = session.step();
    trial.seconds = session.seconds();
    if trial.ending == Ending::Finished {
        let residual = loss::total(&session.held_out()?).log10();
        let finite = |value: f64| if value.is_nan() { f64::INFINITY } else { value };
        trial.objectives = Objectives {
            residual: finite(residual),
            unsteadiness: finite(spread(&gradients)),
            cost: cost(space, &unit.configuration),
        };
        let coordinates = problem.statement.domain.intervals.len();
        let points = GRID.powf(1.0 / coordinates.max(1) as f64).round() as usize;
        trial.error = problem.relative_error(session.as_mut(), points)?;
    }
    Ok(Some(trial))
}

fn cost(space: &Space, configuration: &Configuration) -> f64 {
    let of = |configuration| space.circuit(configuration).map(|c| operations(&c) as f64);
    let pair = of(configuration).zip(of(&Configuration::none()));
    pair.map_or(f64::INFINITY, |(with, without)| with / without)
}

/// Shortened phases of the problem, without limits of time: a result must not depend on the machine.
pub(super) fn settings(problem: &Problem, space: &Space, unit: &Unit) -> Settings {
    let mut settings = problem.settings.clone();
    settings.seed = settings.seed.wrapping_add(unit.seed);
    settings.threads = 1;
    settings.network = space.network(&unit.configuration);
    settings.phases = settings
        .phases
        .into_iter()
        .map(|phase| shortened(phase, unit.divisor))
        .collect();
    settings
}

fn shortened(mut phase: Phase, divisor: usize) -> Phase {
    phase.steps = phase.steps.div_ceil(divisor);
    phase.max_seconds = None;
    if let OptimiserSettings::Adam { schedule, .. }
    | OptimiserSettings::Soap { schedule, .. }
    | OptimiserSettings::Sgd { schedule, .. } = &mut phase.optimiser
        && let Schedule::Exponential { every, .. } = schedule
    {
        *every = every.div_ceil(divisor);
    }
    phase
}

/// Observer that pauses training for the gradients, and as soon as the search stops.
struct Sampler<'a> {
    every: usize,
    pause: &'a AtomicBool,
    stop: &'a AtomicBool,
}

impl Observer for Sampler<'_> {
    fn step(&mut self, progress: &Progress<'_>) {
        let due = progress.step.is_multiple_of(self.every) && progress.step < progress.steps;
        if due || self.stop.load(Ordering::Relaxed) {
            self.pause.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinn_equations::registry::Registry;

    const SMALL: &str = include_str!("../../tests/cli/small.toml");

    fn measured(text: &str, divisor: usize, seed: u64) -> Trial {
        let problem = Problem::parse("small", text, &Registry::builtin()).unwrap();
        let space = Space::new(&problem).unwrap();
        let unit = Unit {
            configuration: Configuration::none(),
            divisor,
            seed,
        };
        let mut trial = measure(&problem, &space, &unit, &AtomicBool::new(false)).unwrap();
        assert!(unit.is(&trial) && trial.ended > 0);
        (trial.seconds, trial.ended) = (0.0, 0);
        trial
    }

    #[test]
    fn a_training_is_a_function_of_its_unit() {
        let whole = measured(SMALL, 1, 0);
        assert_eq!(whole, measured(SMALL, 1, 0));
        assert_eq!((whole.steps, &whole.ending), (20, &Ending::Finished));
        let third = measured(SMALL, 3, 0);
        assert_eq!(third.steps, 4 + 3);
        assert!(third.objectives.residual > whole.objectives.residual);
        assert_ne!(measured(SMALL, 1, 1).objectives, whole.objectives);
        // The seed of the file and that of the unit add up.
        let later = SMALL.replace("seed = 3", "seed = 2");
        assert_eq!(measured(&later, 1, 1).objectives, whole.objectives);
        // Limits of time are ignored.
        let limited = SMALL.replace("steps = 12", "steps = 12\nmax_time = \"1 ns\"");
        assert_eq!(measured(&limited, 1, 0), whole);
    }

    #[test]
    fn divergence_is_a_result() {
        let wild = SMALL
            .replace("seed = 3", "seed = 3\nprecision = \"f32\"")
            .replace("learning_rate = 1e-2", "learning_rate = 1e6")
            .replace("[8, 8]", "[8, 8, 8, 8]\nactivation = \"swish\"");
        let trial = measured(&wild, 1, 0);
        assert!(matches!(trial.ending, Ending::Diverged { .. }), "{trial:?}");
        assert!(!trial.objectives.is_finite());
    }

    #[test]
    fn what_is_stopped_has_no_result() {
        let problem = Problem::parse("small", SMALL, &Registry::builtin()).unwrap();
        let space = Space::new(&problem).unwrap();
        let unit = Unit {
            configuration: Configuration::none(),
            divisor: 1,
            seed: 0,
        };
        assert_eq!(
            measure(&problem, &space, &unit, &AtomicBool::new(true)),
            None
        );
    }
}
