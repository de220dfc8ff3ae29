//! Full trainings of the best configurations and of the network without norms.

use super::{
    Configuration, Evaluator, Normalised, Objectives, Rung, SearchError, Stage, Trial, Unit, front,
    hypervolume,
};
use pinn_problem::SearchSettings;
use pinn_statistics::{Interval, bootstrap, holm, median, sorted, wilcoxon};
use serde::Serialize;

/// Number of draws for the interval of the hypervolume.
const DRAWS: usize = 2000;
const LEVEL: f64 = 0.95;

/// Comparison of all contestants, on the same points and from the same initial weights, seed by seed.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Finals {
    /// Contestants, the network without norms first.
    pub contestants: Vec<Contestant>,
    /// Index of the winner: the network without norms, unless another one is significantly better.
    pub winner: usize,
    /// Share of the box around all finals that the contestants' front encloses.
    pub hypervolume: f64,
    /// Bootstrap interval of `hypervolume`.
    pub hypervolume_interval: Interval,
    /// Share that the contestants add to the network without norms.
    pub gain: f64,
    /// Bootstrap interval of `gain`.
    pub gain_interval: Interval,
}

/// Results of one configuration over all seeds.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Contestant {
    /// Norms of the network.
    #[serde(flatten)]
    pub configuration: Configuration,
    /// Medians of the objectives over the seeds.
    pub objectives: Objectives,
    /// Smallest and largest residual over the seeds.
    pub range: Interval,
    /// Median of the paired differences of the residual from the network without norms, in decades.
    pub difference: f64,
    /// p-value of Wilcoxon's test of these differences, after Holm's correction; `None` for the network
    /// without norms.
    pub p: Option<f64>,
    /// Median relative L2 error. It does not influence the choice.
    pub error: Option<f64>,
    /// Median seconds per step. They do not influence the choice.
    pub seconds_per_step: f64,
    /// Trainings, in the order of seeds.
    #[serde(skip)]
    pub trials: Vec<Trial>,
}

impl Finals {
    /// Trains and compares all contestants.
    pub(super) fn play(
        last: &Rung,
        settings: &SearchSettings,
        seed: u64,
        evaluator: &mut dyn Evaluator,
    ) -> Result<Self, SearchError> {
        let configurations = finalists(last, settings.finalists);
        let seeds = settings.final_seeds;
        let units: Vec<Unit> = configurations
            .iter()
            .flat_map(|configuration| {
                (0..seeds as u64).map(|seed| Unit {
                    configuration: configuration.clone(),
                    divisor: 1,
                    seed,
                })
            })
            .collect();
        let trials = evaluator.evaluate(Stage::Finals, &units)?;
        let groups: Vec<Vec<Trial>> = trials.chunks(seeds).map(<[Trial]>::to_vec).collect();
        Ok(Self::compare(configurations, groups, settings, seed))
    }

    /// Compares trials with the same seeds in the same order; the first ones are those of the network without
    /// norms.
    fn compare(
        configurations: Vec<Configuration>,
        groups: Vec<Vec<Trial>>,
        settings: &SearchSettings,
        seed: u64,
    ) -> Self {
        let residuals: Vec<Vec<f64>> = groups
            .iter()
            .map(|trials| trials.iter().map(|t| t.objectives.residual).collect())
            .collect();
        let differences: Vec<Vec<f64>> = residuals
            .iter()
            .map(|own| own.iter().zip(&residuals[0]).map(|(a, b)| a - b).collect())
            .collect();
        let tests: Vec<f64> = differences[1..].iter().map(|d| wilcoxon(d)).collect();
        let mut adjusted = holm(&tests).into_iter();
        let entries = configurations.into_iter().zip(&groups).zip(&differences);
        let contestants: Vec<Contestant> = entries
            .enumerate()
            .map(|(number, ((configuration, trials), differences))| {
                let residuals = sorted(&residuals[number]);
                let speeds = trials.iter().map(|t| t.seconds / t.steps.max(1) as f64);
                let errors = trials.iter().map(|t| t.error);
                let errors: Option<Vec<f64>> = errors.collect();
                Contestant {
                    configuration,
                    objectives: medians(trials.iter()),
                    range: Interval {
                        low: residuals.first().copied().unwrap_or(f64::NAN),
                        high: residuals.last().copied().unwrap_or(f64::NAN),
                    },
                    difference: median(differences),
                    p: (number > 0).then(|| adjusted.next().unwrap_or(1.0)),
                    error: errors.map(|errors| median(&errors)),
                    seconds_per_step: median(&speeds.collect::<Vec<_>>()),
                    trials: trials.clone(),
                }
            })
            .collect();
        let better = |contestant: &Contestant| {
            contestant.p.is_some_and(|p| p < settings.significance) && contestant.difference < 0.0
        };
        let winner = (1..contestants.len())
            .filter(|n| better(&contestants[*n]))
            .min_by(|a, b| {
                let residual = |n: &usize| contestants[*n].objectives.residual;
                residual(a).total_cmp(&residual(b))
            });
        let all: Vec<Objectives> = groups.iter().flatten().map(|t| t.objectives).collect();
        let within = Normalised::enclosing(&all);
        let enclosed = |chosen: &[usize]| {
            let of = |trials: &Vec<Trial>| medians(chosen.iter().map(|i| &trials[*i]));
            let objectives: Vec<Objectives> = groups.iter().map(of).collect();
            let all = hypervolume(&objectives, &within);
            (all, all - hypervolume(&objectives[..1], &within))
        };
        let seeds = groups[0].len();
        let (volume, gain) = enclosed(&(0..seeds).collect::<Vec<_>>());
        Finals {
            winner: winner.unwrap_or(0),
            contestants,
            hypervolume: volume,
            hypervolume_interval: bootstrap(seeds, DRAWS, LEVEL, seed, |s| enclosed(s).0),
            gain,
            gain_interval: bootstrap(seeds, DRAWS, LEVEL, seed, |s| enclosed(s).1),
        }
    }

    /// Contestant that won.
    pub fn winner(&self) -> &Contestant {
        &self.contestants[self.winner]
    }

    /// Indices of the contestants on the front of the medians.
    pub fn front(&self) -> Vec<usize> {
        let objectives = self.contestants.iter().map(|c| c.objectives);
        front(&objectives.collect::<Vec<_>>())
    }
}

/// Chooses the network without norms, and those of the last rung with the smallest residuals.
fn finalists(last: &Rung, most: usize) -> Vec<Configuration> {
    let mut others: Vec<_> = last
        .survivors
        .iter()
        .filter(|s| !s.configuration.is_none() && s.objectives.residual.is_finite())
        .collect();
    others.sort_by(|a, b| a.objectives.residual.total_cmp(&b.objectives.residual));
    let others = others
        .into_iter()
        .take(most)
        .map(|s| s.configuration.clone());
    std::iter::once(Configuration::none())
        .chain(others)
        .collect()
}

fn medians<'a>(trials: impl Iterator<Item = &'a Trial> + Clone) -> Objectives {
    let of = |value: fn(&Objectives) -> f64| {
        median(
            &trials
                .clone()
                .map(|t| value(&t.objectives))
                .collect::<Vec<_>>(),
        )
    };
    Objectives {
        residual: of(|o| o.residual),
        unsteadiness: of(|o| o.unsteadiness),
        cost: of(|o| o.cost),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ending;

    /// Finals in which contestant n has the given residuals.
    fn compared(residuals: &[&[f64]]) -> Finals {
        let configurations: Vec<Configuration> = (0..residuals.len())
            .map(|n| Configuration {
                name: if n == 0 {
                    "none".to_string()
                } else {
                    format!("layer/pre/{n}")
                },
                norms: Vec::new(),
            })
            .collect();
        let trial = |configuration: &Configuration, seed: usize, residual: f64| {
            let unit = Unit {
                configuration: configuration.clone(),
                divisor: 1,
                seed: seed as u64,
            };
            let mut trial = unit.failed("");
            if residual.is_finite() {
                trial.ending = Ending::Finished;
                trial.objectives = Objectives {
                    residual,
                    unsteadiness: 0.5,
                    cost: 1.0,
                };
                trial.error = Some(10f64.powf(residual));
            }
            trial
        };
        let groups = configurations.iter().zip(residuals).map(|(c, residuals)| {
            let residuals = residuals.iter().enumerate();
            residuals.map(|(seed, r)| trial(c, seed, *r)).collect()
        });
        let groups = groups.collect();
        Finals::compare(configurations, groups, &SearchSettings::default(), 1)
    }

    #[test]
    fn what_is_better_for_every_seed_wins() {
        let control: Vec<f64> = (0..10).map(|i| -4.0 - 0.1 * f64::from(i)).collect();
        let better: Vec<f64> = control.iter().map(|r| r - 0.3).collect();
        let best: Vec<f64> = control.iter().map(|r| r - 0.5).collect();
        let finals = compared(&[&control, &better, &best]);
        assert_eq!(finals.winner, 2);
        assert!((finals.winner().difference + 0.5).abs() < 1e-12);
        // Two tests, each with the smallest p of ten pairs.
        assert_eq!(finals.contestants[1].p, Some(2.0 / 512.0));
        assert_eq!(finals.contestants[0].p, None);
        assert!(finals.gain > 0.0 && finals.gain_interval.low > 0.0);
        assert_eq!(finals.front(), [2]);
    }

    #[test]
    fn chance_and_failures_leave_the_network_as_it_is() {
        let control: Vec<f64> = (0..10).map(|i| -4.0 - 0.1 * f64::from(i)).collect();
        let mut mixed: Vec<f64> = control.iter().map(|r| r - 0.1).collect();
        for (number, value) in mixed.iter_mut().enumerate().take(4) {
            *value += 0.2 + 0.01 * number as f64;
        }
        let mut failing: Vec<f64> = control.iter().map(|r| r - 0.2).collect();
        failing[3..].fill(f64::INFINITY);
        let finals = compared(&[&control, &mixed, &failing]);
        assert_eq!(finals.winner, 0);
        assert_eq!(finals.contestants[2].range.high, f64::INFINITY);
        assert_eq!(finals.contestants[2].error, None);
        assert_eq!(finals.gain_interval.low, 0.0);
        let worse: Vec<f64> = control.iter().map(|r| r + 1.0).collect();
        let finals = compared(&[&control, &worse]);
        assert!(finals.contestants[1].p.unwrap() < 0.01);
        assert_eq!(finals.winner, 0);
    }
}
