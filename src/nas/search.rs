//! The whole search.

use super::halving::Schedule;
use super::{
    Ending, Evaluator, Finals, Gate, Rung, SearchError, Space, SpaceError, Trial, halve, proposer,
};
use crate::problem::{Problem, Proposals, SearchSettings, Tier};
use serde::Serialize;

/// What is asked of a search.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    pub settings: SearchSettings,
    /// Train every configuration as long as on the last rung, instead of halving.
    pub exhaustive: bool,
    /// Of proposals and intervals; trainings have their own.
    pub seed: u64,
}

/// What a search found.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Search {
    /// Configurations that were to be proposed.
    pub trials: usize,
    pub proposals: Proposals,
    pub gate: Gate,
    pub rungs: Vec<Rung>,
    pub finals: Finals,
}

impl Search {
    /// All trainings, in the order in which they were asked for.
    pub fn trained(&self) -> Vec<Trial> {
        let survivors = self.rungs.iter().flat_map(|rung| &rung.survivors);
        let rungs = survivors.flat_map(|survivor| &survivor.trials);
        let finals = self.finals.contestants.iter().flat_map(|c| &c.trials);
        rungs.chain(finals).cloned().collect()
    }
}

impl Plan {
    /// Of a problem, with its own settings.
    pub fn new(problem: &Problem) -> Self {
        Plan {
            settings: problem.search.clone(),
            exhaustive: false,
            seed: problem.settings.seed,
        }
    }

    pub fn proposals(&self) -> Proposals {
        let usual = match self.settings.tier {
            Tier::Network => Proposals::Grid,
            Tier::Layers => Proposals::Tpe,
        };
        match self.exhaustive {
            true => Proposals::Grid,
            false => self.settings.proposals.unwrap_or(usual),
        }
    }

    /// Whether the space can be searched so.
    pub fn check(&self, space: &Space) -> Result<(), SpaceError> {
        proposer(self.proposals(), space, self.seed).map(drop)
    }

    /// Rungs and what is on them.
    pub fn schedule(&self, space: &Space) -> Result<Schedule, SpaceError> {
        if self.exhaustive {
            return Ok(Schedule {
                rungs: 1,
                seeds: self.settings.seeds,
                trials: space.counted_out()?.len(),
                gate: 0.0,
                least: 1,
            });
        }
        let trials = self.settings.trials_of(space);
        Ok(Schedule::of(&self.settings, trials))
    }

    /// Steps of all trainings together, if no phase ends early: for progress.
    pub fn steps(&self, problem: &Problem, space: &Space) -> Result<usize, SpaceError> {
        let training = |divisor: usize| {
            let phases = problem.settings.phases.iter();
            phases.map(|phase| phase.steps.div_ceil(divisor)).sum()
        };
        let schedule = self.schedule(space)?;
        let last = schedule.sizes().last().copied().unwrap_or(1);
        let finalists = 1 + self.settings.finalists.min(last - 1);
        let finals = finalists * self.settings.final_seeds * training(1);
        Ok(schedule.steps(training) + finals)
    }
}

/// Gate, halving, finals.
///
/// # Errors
/// If the space cannot be searched as planned, the evaluator fails or is interrupted, or not a single training
/// succeeds.
pub fn search(
    plan: &Plan,
    space: &Space,
    evaluator: &mut dyn Evaluator,
) -> Result<Search, SearchError> {
    let proposals = plan.proposals();
    let mut proposer = proposer(proposals, space, plan.seed)?;
    let schedule = plan.schedule(space)?;
    let (gate, rungs) = halve(proposer.as_mut(), schedule, evaluator)?;
    let trials = rungs
        .iter()
        .flat_map(|rung| &rung.survivors)
        .flat_map(|s| &s.trials);
    if trials.clone().all(|trial| trial.ending != Ending::Finished) {
        let reason = trials.clone().next().map(|trial| match &trial.ending {
            Ending::Failed { reason } => reason.clone(),
            Ending::Diverged { residual, step } => {
                format!("`{residual}` is not finite after step {step}")
            }
            Ending::Finished => String::new(),
        });
        let reason = reason.unwrap_or_default();
        return Err(SearchError::NothingTrained { reason });
    }
    let Some(last) = rungs.last() else {
        return Err(SearchError::NothingTrained {
            reason: "there is no rung".to_string(),
        });
    };
    let finals = Finals::play(last, &plan.settings, plan.seed, evaluator)?;
    Ok(Search {
        trials: schedule.trials,
        proposals,
        gate,
        rungs,
        finals,
    })
}
