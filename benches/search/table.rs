//! All results there are, trained once.

use pinn::nas::{
    Configuration, Evaluator, Event, Header, Journal, LocalEvaluator, Objectives, Plan, Probe,
    SearchError, Space, Stage, Trial, Unit,
};
use pinn::problem::Problem;
use pinn::statistics::median;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

pub const SEEDS: u64 = 4;
/// Of the rungs of successive halving; the last is that of the exhaustive table.
pub const DIVISORS: [usize; 3] = [27, 9, 3];
pub const LAST: usize = 3;

pub struct Table {
    pub configurations: Vec<Configuration>,
    probes: Vec<Probe>,
    trials: Vec<Trial>,
}

impl Table {
    /// Trains what the folder's journal does not have.
    pub fn trained(problem: &Problem, space: &Space, folder: &Path) -> Result<Self, SearchError> {
        let configurations = space.counted_out()?;
        let units: Vec<Unit> = DIVISORS
            .into_iter()
            .flat_map(|divisor| (0..SEEDS).map(move |seed| (divisor, seed)))
            .flat_map(|(divisor, seed)| {
                configurations.iter().map(move |configuration| Unit {
                    configuration: configuration.clone(),
                    divisor,
                    seed,
                })
            })
            .collect();
        let journal = match folder.join(Journal::NAME).exists() {
            true => Journal::open(folder)?.1,
            false => {
                let plan = Plan::new(problem);
                let header = Header {
                    pinn: env!("CARGO_PKG_VERSION").to_string(),
                    problem: problem.name.clone(),
                    seed: plan.seed,
                    exhaustive: true,
                    search: plan.settings,
                };
                Journal::create(folder, &header)?
            }
        };
        let never = AtomicBool::new(false);
        let (done, all) = (AtomicUsize::new(0), units.len());
        let watch = |event: Event<'_>| match event {
            Event::Begun { known, .. } => done.store(known, Ordering::Relaxed),
            Event::Ended(trial) => {
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                if done.is_multiple_of(20) || done == all {
                    eprintln!(
                        "{}: {done} of {all} trainings ({})",
                        problem.name, trial.name
                    );
                }
            }
        };
        let mut evaluator = LocalEvaluator::new(problem, space, journal, 0, &never, &watch);
        let probes = evaluator.probe(&configurations)?;
        let stage = Stage::Rung { number: 1, of: 1 };
        let trials = evaluator.evaluate(stage, &units)?;
        Ok(Table {
            configurations,
            probes,
            trials,
        })
    }

    pub fn configurations(&self) -> usize {
        self.configurations.len()
    }

    pub fn find(&self, name: &str, divisor: usize, seed: u64) -> &Trial {
        let mut trials = self.trials.iter();
        trials
            .find(|t| t.divisor == divisor && t.seed == seed && t.name == name)
            .expect("a table has every configuration, rung and seed")
    }

    pub fn probe(&self, name: &str) -> Probe {
        let mut known = self.configurations.iter().zip(&self.probes);
        let known = known.find(|(c, _)| c.name == name);
        *known.expect("every configuration was probed").1
    }

    /// Means over all seeds at the length of the last rung.
    pub fn objectives(&self, name: &str) -> Objectives {
        let trials: Vec<&Trial> = (0..SEEDS).map(|seed| self.find(name, LAST, seed)).collect();
        Objectives::mean(trials.iter().map(|t| &t.objectives))
    }

    /// Ordered pairs of different seeds: one per repeat.
    pub fn pairs(&self) -> Vec<[u64; 2]> {
        let all = (0..SEEDS).flat_map(|a| (0..SEEDS).map(move |b| [a, b]));
        all.filter(|[a, b]| a != b).collect()
    }

    /// Steps of the exhaustive table with two seeds, which are all alike but for phases that end early.
    pub fn steps(&self) -> usize {
        let units = self.trials.iter().filter(|t| t.divisor == LAST);
        units.map(|t| t.steps).sum::<usize>() * 2 / SEEDS as usize
    }

    /// Per configuration: counted cost, and median of the seconds per step by those without norms on the same rung
    /// with the same seed.
    pub fn costs(&self) -> Vec<(&str, f64, f64)> {
        let speed = |t: &Trial| t.seconds / t.steps.max(1) as f64;
        let row = |configuration: &Configuration| {
            let ratios: Vec<f64> = DIVISORS
                .into_iter()
                .flat_map(|divisor| (0..SEEDS).map(move |seed| (divisor, seed)))
                .map(|(divisor, seed)| {
                    let own = self.find(&configuration.name, divisor, seed);
                    let none = self.find(Configuration::NONE, divisor, seed);
                    speed(own) / speed(none)
                })
                .collect();
            let counted = self.find(&configuration.name, LAST, 0).objectives.cost;
            (counted, median(&ratios))
        };
        let named = self.configurations.iter().map(|c| (c, row(c)));
        named
            .map(|(c, (counted, measured))| (c.name.as_str(), counted, measured))
            .collect()
    }
}
