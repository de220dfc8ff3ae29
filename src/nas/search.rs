//! Complete search.

use super::halving::Schedule;
use super::space::trials;
use super::{
    Ending, Evaluator, Finals, Gate, Rung, SearchError, Space, SpaceError, Trial, halve, proposer,
};
use pinn_problem::{Problem, Proposals, SearchSettings, Tier};
use serde::Serialize;

/// Arguments of a search.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// Settings of the problem file.
    pub settings: SearchSettings,
    /// True to train every configuration as long as on the last rung, instead of halving.
    pub exhaustive: bool,
    /// Seed of proposals and intervals; trainings have seeds of their own.
    pub seed: u64,
}

/// Result of a search.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Search {
    /// Number of configurations to be proposed.
    pub trials: usize,
    /// Method of proposing them.
    pub proposals: Proposals,
    /// Decision of the gate.
    pub gate: Gate,
    /// Results of all rungs.
    pub rungs: Vec<Rung>,
    /// Comparison of the finalists.
    pub finals: Finals,
}

impl Search {
    /// All trainings, in the order in which they were requested.
    pub fn trained(&self) -> Vec<Trial> {
        let survivors = self.rungs.iter().flat_map(|rung| &rung.survivors);
        let rungs = survivors.flat_map(|survivor| &survivor.trials);
        let finals = self.finals.contestants.iter().flat_map(|c| &c.trials);
        rungs.chain(finals).cloned().collect()
    }
}

impl Plan {
    /// Plan of a problem with its own settings.
    pub fn new(problem: &Problem) -> Self {
        Plan {
            settings: problem.search.clone(),
            exhaustive: false,
            seed: problem.settings.seed,
        }
    }

    /// Method of proposing configurations: that of the settings, or a grid for an exhaustive search.
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

    /// Checks that the space can be searched.
    ///
    /// # Errors
    /// If a grid is requested and the space is too large.
    pub fn check(&self, space: &Space) -> Result<(), SpaceError> {
        proposer(self.proposals(), space, self.seed).map(drop)
    }

    /// Schedule of the rungs.
    ///
    /// # Errors
    /// As for [`Plan::check`].
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
        let trials = trials(&self.settings, space);
        Ok(Schedule::of(&self.settings, trials))
    }

    /// Number of steps of all trainings together if no phase ends early, for progress.
    ///
    /// # Errors
    /// As for [`Plan::check`].
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

/// Runs gate, halving and finals.
///
/// # Errors
/// If the space cannot be searched as planned, the evaluator fails or is interrupted, or not a single
/// training succeeds.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Configuration, Objectives, Probe, Stage, Unit};
    use pinn_equations::registry::Registry;

    /// Evaluator with made-up results that counts requests.
    struct Fake {
        residual: fn(&str) -> f64,
        asked: Vec<(Stage, Vec<Unit>)>,
    }

    impl Evaluator for Fake {
        fn evaluate(&mut self, stage: Stage, units: &[Unit]) -> Result<Vec<Trial>, SearchError> {
            self.asked.push((stage, units.to_vec()));
            let trial = |unit: &Unit| {
                let mut trial = unit.failed("made up");
                let residual = (self.residual)(&unit.configuration.name);
                if residual.is_finite() {
                    trial.ending = Ending::Finished;
                    trial.objectives = Objectives {
                        // Longer trainings reach further, and seeds differ.
                        residual: residual - 1.0 / unit.divisor as f64 + 0.01 * unit.seed as f64,
                        unsteadiness: 0.5,
                        cost: 1.0,
                    };
                }
                trial
            };
            Ok(units.iter().map(trial).collect())
        }

        fn probe(&mut self, all: &[Configuration]) -> Result<Vec<Probe>, SearchError> {
            // Those of large gain are dropped.
            let probe = |c: &Configuration| Probe {
                residual: if c.name.ends_with("/2") { 2.0 } else { 1.0 },
                spread: 1.0,
            };
            Ok(all.iter().map(probe).collect())
        }
    }

    fn searched(
        residual: fn(&str) -> f64,
        change: impl FnOnce(&mut Plan),
    ) -> (Result<Search, SearchError>, Fake) {
        let text = include_str!("../../tests/cli/small.toml");
        let problem = Problem::parse("small", text, &Registry::builtin()).unwrap();
        let space = Space::new(&problem).unwrap();
        let mut plan = Plan::new(&problem);
        change(&mut plan);
        let asked = Vec::new();
        let mut fake = Fake { residual, asked };
        let search = search(&plan, &space, &mut fake);
        if search.is_ok() {
            let training = |divisor: usize| 12usize.div_ceil(divisor) + 8usize.div_ceil(divisor);
            let units = fake.asked.iter().flat_map(|(_, units)| units);
            let steps: usize = units.map(|unit| training(unit.divisor)).sum();
            assert_eq!(plan.steps(&problem, &space).unwrap(), steps);
        }
        (search, fake)
    }

    #[test]
    fn halving_keeps_the_best_and_the_network_without_norms() {
        let residual = |name: &str| if name == "rms/post/1" { -5.0 } else { -3.0 };
        let (search, fake) = searched(residual, |_| {});
        let search = search.unwrap();
        let sizes: Vec<usize> = search.rungs.iter().map(|r| r.survivors.len()).collect();
        assert_eq!(sizes, [20, 7, 5]);
        let divisors: Vec<usize> = search.rungs.iter().map(|r| r.divisor).collect();
        assert_eq!(divisors, [27, 9, 3]);
        assert_eq!(search.gate.dropped.len(), 8);
        assert!(search.gate.dropped.iter().all(|d| d.name.ends_with("/2")));
        for rung in &search.rungs {
            let has = |name: &str| rung.survivors.iter().any(|s| s.configuration.name == name);
            assert!(has("none") && has("rms/post/1"), "{rung:?}");
        }
        assert_eq!(search.finals.winner().configuration.name, "rms/post/1");
        assert_eq!(search.finals.contestants[0].configuration.name, "none");
        let (stage, finals) = fake.asked.last().unwrap();
        assert_eq!((*stage, finals.len()), (Stage::Finals, 4 * 10));
        // Contestants meet the same seeds.
        let seeds = |n: usize| {
            finals[10 * n..][..10]
                .iter()
                .map(|u| u.seed)
                .collect::<Vec<_>>()
        };
        assert!((1..4).all(|n| seeds(n) == seeds(0)));
        assert_eq!(search.trained().len(), 20 + 2 * 7 + 2 * 5 + 40);
    }

    #[test]
    fn an_exhaustive_search_trains_everything_with_one_length() {
        let residual = |name: &str| if name == "layer/pre/2" { -5.0 } else { -3.0 };
        let (search, fake) = searched(residual, |plan| plan.exhaustive = true);
        let search = search.unwrap();
        assert_eq!(search.finals.winner().configuration.name, "layer/pre/2");
        assert_eq!(fake.asked[0].1.len(), 28 * 2);
        assert!(fake.asked[0].1.iter().all(|unit| unit.divisor == 3));
    }

    #[test]
    fn failures_are_results_until_nothing_is_left() {
        let some = |name: &str| {
            if name.starts_with("rms") {
                f64::INFINITY
            } else {
                -3.0
            }
        };
        let (search, _) = searched(some, |_| {});
        let search = search.unwrap();
        let last = &search.rungs[2].survivors;
        assert!(last.iter().all(|s| s.objectives.is_finite()), "{last:?}");
        let (search, _) = searched(|_| f64::INFINITY, |_| {});
        let reason = "made up".to_string();
        match search {
            Err(SearchError::NothingTrained { reason: found }) => assert_eq!(found, reason),
            other => panic!("{other:?}"),
        }
        // If the control does not train, every configuration that does is better.
        let (search, _) = searched(|n| if n == "none" { f64::INFINITY } else { -3.0 }, |_| {});
        assert!(search.unwrap().finals.winner > 0);
    }
}
