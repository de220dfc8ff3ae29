//! Successive halving (Karnin, Koren & Somekh 2013; Jamieson & Talwalkar 2016, *Non-stochastic best arm
//! identification and hyperparameter optimization*): many short trainings, few long ones.

use super::{
    Configuration, Evaluator, Gate, Objectives, Proposer, SearchError, Stage, Trial, Unit, select,
};
use pinn_problem::SearchSettings;
use serde::Serialize;

/// Ratio of the lengths of training on two successive rungs, and of the numbers of configurations.
pub const ETA: usize = 3;

/// Results of one length of training.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Rung {
    /// Divisor of the steps of every phase.
    pub divisor: usize,
    /// Number of seeds per configuration.
    pub seeds: usize,
    /// Configurations on the rung.
    pub survivors: Vec<Survivor>,
}

/// Configuration with its results on a rung.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Survivor {
    /// Norms of the network.
    #[serde(flatten)]
    pub configuration: Configuration,
    /// Means of the objectives over the seeds.
    pub objectives: Objectives,
    /// Trainings, in the order of seeds.
    #[serde(skip)]
    pub trials: Vec<Trial>,
}

impl Survivor {
    pub(super) fn new(configuration: Configuration, trials: Vec<Trial>) -> Self {
        Survivor {
            configuration,
            objectives: Objectives::mean(trials.iter().map(|t| &t.objectives)),
            trials,
        }
    }
}

/// Schedule of halving, which is fixed before the first result.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Schedule {
    /// Number of rungs.
    pub rungs: usize,
    /// Number of seeds from the second rung on. The first rung has one, unless it is the only one.
    pub seeds: usize,
    /// Number of configurations that are proposed.
    pub trials: usize,
    /// Largest share of them that the gate drops.
    pub gate: f64,
    /// Minimum number of configurations on the last rung, if there are as many; finalists are chosen among
    /// them.
    pub least: usize,
}

impl Schedule {
    /// Schedule of the settings for this number of proposals.
    pub fn of(settings: &SearchSettings, trials: usize) -> Self {
        Schedule {
            rungs: settings.rungs,
            seeds: settings.seeds,
            trials,
            gate: settings.gate,
            least: settings.finalists + 2,
        }
    }

    /// Number of survivors that continue.
    fn going_on(&self, survivors: usize) -> usize {
        survivors.div_ceil(ETA).max(self.least).min(survivors)
    }

    fn divisor(&self, rung: usize) -> usize {
        ETA.pow((self.rungs - rung) as u32)
    }

    fn seeds(&self, rung: usize) -> usize {
        match rung {
            0 if self.rungs > 1 => 1,
            _ => self.seeds,
        }
    }

    /// Number of configurations on every rung after the gate, the network without norms among them.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![self.trials - (self.gate * self.trials as f64) as usize];
        for rung in 1..self.rungs {
            sizes.push(self.going_on(sizes[rung - 1]));
        }
        sizes
    }

    /// Number of steps of all rungs; `training` gives those of one training by its divisor.
    pub fn steps(&self, training: impl Fn(usize) -> usize) -> usize {
        let sizes = self.sizes().into_iter().enumerate();
        sizes
            .map(|(rung, size)| size * self.seeds(rung) * training(self.divisor(rung)))
            .sum()
    }
}

/// Runs all rungs. Returns their results and the decision of the gate.
///
/// The first rung has as many configurations as the schedule has trials, or as many as there are. The network
/// without norms is on every rung.
///
/// # Errors
/// Errors of the evaluator.
pub fn halve(
    proposer: &mut dyn Proposer,
    schedule: Schedule,
    evaluator: &mut dyn Evaluator,
) -> Result<(Gate, Vec<Rung>), SearchError> {
    let mut gate = Gate::default();
    let mut rungs = Vec::with_capacity(schedule.rungs);
    let stage = |rung: usize| Stage::Rung {
        number: rung + 1,
        of: schedule.rungs,
    };
    let mut first = Vec::new();
    let mut asked = 0;
    while asked < schedule.trials {
        let most = schedule.trials - asked;
        let mut batch = match asked {
            0 => vec![Configuration::none()],
            _ => Vec::new(),
        };
        let room = proposer.batch().min(most).saturating_sub(batch.len());
        batch.extend(proposer.propose(room));
        if batch.is_empty() {
            break;
        }
        asked += batch.len();
        let kept = gate.pass(batch.clone(), schedule.gate, evaluator)?;
        let survivors = trained(kept, 0, &schedule, stage(0), evaluator)?;
        for configuration in batch.iter().filter(|c| !c.is_none()) {
            let mut survivors = survivors.iter();
            let survivor = survivors.find(|s| s.configuration == *configuration);
            proposer.tell(configuration, survivor.map(|s| s.objectives));
        }
        first.extend(survivors);
    }
    rungs.push(Rung {
        divisor: schedule.divisor(0),
        seeds: schedule.seeds(0),
        survivors: first,
    });
    for rung in 1..schedule.rungs {
        let before = &rungs[rung - 1].survivors;
        let going = promoted(before, schedule.going_on(before.len()));
        let survivors = trained(going, rung, &schedule, stage(rung), evaluator)?;
        rungs.push(Rung {
            divisor: schedule.divisor(rung),
            seeds: schedule.seeds(rung),
            survivors,
        });
    }
    Ok((gate, rungs))
}

/// Selects those that enclose most, and the network without norms.
fn promoted(survivors: &[Survivor], size: usize) -> Vec<Configuration> {
    let objectives: Vec<Objectives> = survivors.iter().map(|s| s.objectives).collect();
    let order = select(&objectives, survivors.len());
    let named = order.iter().map(|i| survivors[*i].configuration.clone());
    let (control, others): (Vec<_>, Vec<_>) = named.partition(Configuration::is_none);
    // The network without norms always continues.
    let room = size.saturating_sub(control.len());
    control
        .into_iter()
        .chain(others.into_iter().take(room))
        .collect()
}

fn trained(
    configurations: Vec<Configuration>,
    rung: usize,
    schedule: &Schedule,
    stage: Stage,
    evaluator: &mut dyn Evaluator,
) -> Result<Vec<Survivor>, SearchError> {
    let seeds = schedule.seeds(rung);
    let units: Vec<Unit> = configurations
        .iter()
        .flat_map(|configuration| {
            (0..seeds as u64).map(|seed| Unit {
                configuration: configuration.clone(),
                divisor: schedule.divisor(rung),
                seed,
            })
        })
        .collect();
    let mut trials = evaluator.evaluate(stage, &units)?.into_iter();
    let survivor =
        |configuration| Survivor::new(configuration, trials.by_ref().take(seeds).collect());
    Ok(configurations.into_iter().map(survivor).collect())
}
