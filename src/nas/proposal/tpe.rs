//! Tree-structured Parzen estimator for several objectives.

use super::{Proposer, Random, Seen};
use crate::{Configuration, Objectives, Space};
use optimizer::distribution::{CategoricalDistribution, Distribution};
use optimizer::multi_objective::{MultiObjectiveSampler, MultiObjectiveTrial};
use optimizer::param::ParamValue;
use optimizer::parameter::ParamId;
use optimizer::sampler::MotpeSampler;
use optimizer::{Direction, TrialState};
use std::collections::HashMap;

/// Number of random configurations before there is a model.
const STARTUP: usize = 8;
/// Number of consecutive draws of the model without a new configuration after which random ones follow.
const TRIES: usize = 50;

/// Draws choices where those of the front are dense compared to the others (Ozaki et al. 2020,
/// *Multiobjective tree-structured Parzen estimator*), by the `optimizer` crate.
pub struct Tpe {
    space: Space,
    /// Samplers, one per choice with its own history: the crate distinguishes parameters by their distributions, and many
    /// choices have equally many alternatives.
    choices: Vec<(MotpeSampler, ParamId)>,
    history: Vec<(Vec<usize>, [f64; 3])>,
    pending: Vec<(String, Vec<usize>)>,
    random: Random,
    seen: Seen,
    draws: u64,
}

impl Tpe {
    pub fn new(space: &Space, seed: u64) -> Self {
        let count = space.slots() * space.alternatives().len();
        let sampler = |choice: usize| {
            let builder = MotpeSampler::builder().n_startup_trials(STARTUP);
            // Any distinct numbers: the crate mixes them.
            builder
                .seed(seed.wrapping_mul(0x100).wrapping_add(choice as u64))
                .build()
        };
        Tpe {
            space: space.clone(),
            choices: (0..count).map(|c| (sampler(c), ParamId::new())).collect(),
            history: Vec::new(),
            pending: Vec::new(),
            random: Random::new(space, seed),
            seen: Seen::new(),
            draws: 0,
        }
    }

    fn draw(&mut self) -> Vec<usize> {
        let alternatives = self.space.alternatives();
        self.draws += 1;
        let choices = self
            .choices
            .iter()
            .enumerate()
            .map(|(choice, (sampler, id))| {
                let distribution = Distribution::Categorical(CategoricalDistribution {
                    n_choices: alternatives[choice % alternatives.len()],
                });
                let history = self.history.iter().enumerate();
                let history: Vec<MultiObjectiveTrial> = history
                    .map(|(number, (chosen, values))| MultiObjectiveTrial {
                        id: number as u64,
                        params: HashMap::from([(*id, ParamValue::Categorical(chosen[choice]))]),
                        distributions: HashMap::from([(*id, distribution.clone())]),
                        param_labels: HashMap::new(),
                        values: values.to_vec(),
                        state: TrialState::Complete,
                        user_attrs: HashMap::new(),
                        constraints: Vec::new(),
                    })
                    .collect();
                match sampler.sample(
                    &distribution,
                    self.draws,
                    &history,
                    &[Direction::Minimize; 3],
                ) {
                    ParamValue::Categorical(alternative) => alternative,
                    ParamValue::Int(_) | ParamValue::Float(_) => 0,
                }
            });
        choices.collect()
    }
}

impl Proposer for Tpe {
    fn propose(&mut self, most: usize) -> Vec<Configuration> {
        let mut found = Vec::new();
        let mut tries = TRIES;
        while found.len() < most && tries > 0 {
            tries -= 1;
            let chosen = self.draw();
            let (slots, _) = chosen.as_chunks::<3>();
            if let Some(configuration) = self.space.configuration(slots)
                && self.seen.is_new(&configuration)
            {
                self.pending.push((configuration.name.clone(), chosen));
                found.push(configuration);
                tries = TRIES;
            }
        }
        // A converged model proposes the same configuration again and again.
        while found.len() < most {
            let Some(configuration) = self.random.propose(1).pop() else {
                break;
            };
            if self.seen.is_new(&configuration) {
                found.push(configuration);
            }
        }
        found
    }

    fn tell(&mut self, configuration: &Configuration, result: Option<Objectives>) {
        let pending = self.pending.iter();
        let position = pending
            .into_iter()
            .position(|(name, _)| *name == configuration.name);
        let Some(position) = position else {
            return;
        };
        let (_, chosen) = self.pending.remove(position);
        if let Some(objectives) = result.filter(|o| o.is_finite()) {
            self.history.push((chosen, objectives.values()));
        }
    }
}
