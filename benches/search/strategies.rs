//! Ways to search, and how much each has found when.

use crate::replay::Replay;
use crate::table::{LAST, Table};
use pinn::nas::{
    Configuration, Evaluator, Normalised, Objectives, Plan, SearchError, Space, Stage, Unit, halve,
    hypervolume, proposer,
};
use pinn::problem::Proposals;

#[derive(Copy, Clone)]
pub enum Strategy {
    /// As `pinn search` does it.
    Halving,
    /// Every proposal is trained as long as the last rung, with two seeds.
    Each(Proposals),
}

impl Strategy {
    pub fn name(self) -> &'static str {
        match self {
            Strategy::Halving => "halving",
            Strategy::Each(proposals) => proposals.name(),
        }
    }

    pub fn run(
        self,
        plan: &Plan,
        space: &Space,
        seed: u64,
        replay: &mut Replay<'_>,
    ) -> Result<(), SearchError> {
        match self {
            Strategy::Halving => {
                let mut proposer = proposer(plan.proposals(), space, seed)?;
                halve(proposer.as_mut(), plan.schedule(space)?, replay)?;
            }
            Strategy::Each(method) => {
                let mut proposer = proposer(method, space, seed)?;
                let mut batch = vec![Configuration::none()];
                while !batch.is_empty() {
                    for configuration in &batch {
                        let units = [0, 1].map(|seed| Unit {
                            configuration: configuration.clone(),
                            divisor: LAST,
                            seed,
                        });
                        let stage = Stage::Rung { number: 1, of: 1 };
                        let trials = replay.evaluate(stage, &units)?;
                        let objectives = Objectives::mean(trials.iter().map(|t| &t.objectives));
                        if !configuration.is_none() {
                            proposer.tell(configuration, Some(objectives));
                        }
                    }
                    // Evolution lives in generations.
                    let most = if method == Proposals::Nsga2 { 8 } else { 1 };
                    batch = proposer.propose(most);
                }
            }
        }
        Ok(())
    }
}

/// Share of the hypervolume of all configurations that those enclose which were trained as long as the last rung, with
/// both seeds, over the steps of all trainings so far. Shorter trainings cost, and count for nothing. What a
/// configuration is worth is its mean over all seeds of the table, also those that the repeat did not see.
pub struct Curve {
    /// Share of the exhaustive table's steps, share of its hypervolume.
    points: Vec<(f64, f64)>,
}

impl Curve {
    pub fn new(replay: &Replay<'_>, table: &Table) -> Self {
        let all: Vec<Objectives> = table
            .configurations
            .iter()
            .map(|c| table.objectives(&c.name))
            .collect();
        let within = Normalised::around(&all);
        let (whole, steps) = (hypervolume(&all, &within), table.steps() as f64);
        let mut done: Vec<(String, usize)> = Vec::new();
        let mut found: Vec<Objectives> = Vec::new();
        let mut spent = 0;
        let mut points = vec![(0.0, 0.0)];
        for (name, divisor, steps_of_one) in &replay.asked {
            spent += steps_of_one;
            if *divisor == LAST {
                match done.iter_mut().find(|(known, _)| known == name) {
                    None => done.push((name.clone(), 1)),
                    Some((_, count)) => {
                        *count += 1;
                        found.push(table.objectives(name));
                    }
                }
            }
            points.push((spent as f64 / steps, hypervolume(&found, &within) / whole));
        }
        Curve { points }
    }

    /// What was found at a share of the steps.
    pub fn at(&self, share: f64) -> f64 {
        let before = self.points.iter().take_while(|(x, _)| *x <= share);
        before.last().map_or(0.0, |(_, found)| *found)
    }

    /// Share of the steps at which so much was found.
    pub fn reached(&self, found: f64) -> Option<f64> {
        let point = self.points.iter().find(|(_, f)| *f >= found);
        point.map(|(x, _)| *x)
    }

    /// Share of the steps in all.
    pub fn end(&self) -> f64 {
        self.points.last().map_or(0.0, |(x, _)| *x)
    }
}
