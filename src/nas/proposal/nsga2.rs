//! Evolution with non-dominated sorting.

use super::{Proposer, Random, Seen};
use crate::{Configuration, Objectives, Space};
use optimizer::multi_objective::MultiObjectiveStudy;
use optimizer::parameter::{CategoricalParam, Parameter};
use optimizer::sampler::Nsga2Sampler;
use optimizer::{Direction, Trial};

/// Number of individuals of a generation, and of proposals at a time.
const POPULATION: usize = 8;
/// Objectives of a configuration that was not trained: worse than all others. The crate omits failed
/// ones from a generation, which would then never be complete.
const WORST: [f64; 3] = [1e6; 3];
/// Number of consecutive draws without a new configuration after which random ones follow.
const TRIES: usize = 50;

/// NSGA-II (Deb, Pratap, Agarwal & Meyarivan 2002, *A fast and elitist multiobjective genetic algorithm*), by the
/// `optimizer` crate: one gene per choice, exchanged uniformly.
pub struct Nsga2 {
    space: Space,
    study: MultiObjectiveStudy,
    genes: Vec<CategoricalParam<usize>>,
    known: Vec<(String, [f64; 3])>,
    /// Drawn configurations without a reported result; one may have been drawn several times.
    pending: Vec<(String, Trial)>,
    random: Random,
    seen: Seen,
}

impl Nsga2 {
    pub fn new(space: &Space, seed: u64) -> Self {
        let sampler = Nsga2Sampler::builder()
            .population_size(POPULATION)
            .seed(seed)
            .build();
        let alternatives = space.alternatives();
        let genes = (0..space.slots()).flat_map(|_| alternatives);
        Nsga2 {
            space: space.clone(),
            study: MultiObjectiveStudy::with_sampler(vec![Direction::Minimize; 3], sampler),
            genes: genes
                .map(|n| CategoricalParam::new((0..n).collect()))
                .collect(),
            known: Vec::new(),
            pending: Vec::new(),
            random: Random::new(space, seed),
            seen: Seen::new(),
        }
    }

    /// Reports a result. It fails only if the number of values differs from that of the directions.
    fn answer(&mut self, trial: Trial, values: [f64; 3]) {
        let told = self.study.tell(trial, Ok::<_, String>(values.to_vec()));
        debug_assert!(told.is_ok(), "three values for three directions");
    }

    /// Draws one individual, if it is a new configuration.
    fn draw(&mut self) -> Option<Configuration> {
        let mut trial = self.study.ask();
        let chosen = self
            .genes
            .iter()
            .map(|gene| gene.suggest(&mut trial).unwrap_or(0));
        let chosen: Vec<usize> = chosen.collect();
        let (slots, _) = chosen.as_chunks::<3>();
        let Some(configuration) = self.space.configuration(slots) else {
            self.answer(trial, WORST);
            return None;
        };
        let known = self
            .known
            .iter()
            .find(|(name, _)| *name == configuration.name);
        if let Some((_, values)) = known {
            let values = *values;
            self.answer(trial, values);
            return None;
        }
        if configuration.is_none() {
            // Every search trains it, but does not report it here.
            self.answer(trial, WORST);
            return None;
        }
        self.pending.push((configuration.name.clone(), trial));
        self.seen.is_new(&configuration).then_some(configuration)
    }
}

impl Proposer for Nsga2 {
    fn propose(&mut self, most: usize) -> Vec<Configuration> {
        let mut found = Vec::new();
        let mut tries = TRIES;
        while found.len() < most && tries > 0 {
            tries -= 1;
            if let Some(configuration) = self.draw() {
                found.push(configuration);
                tries = TRIES;
            }
        }
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
        let finite = result.filter(|o| o.is_finite());
        let values = finite.map_or(WORST, Objectives::values);
        self.known.push((configuration.name.clone(), values));
        let pending = std::mem::take(&mut self.pending);
        for (name, trial) in pending {
            match name == configuration.name {
                true => self.answer(trial, values),
                false => self.pending.push((name, trial)),
            }
        }
    }
}
