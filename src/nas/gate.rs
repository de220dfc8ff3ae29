//! Gate that drops configurations by their initial networks.

use super::objectives::spread;
use super::trial::settings;
use super::{Configuration, Evaluator, SearchError, Space, Unit};
use pinn_core::loss;
use pinn_core::session::{SessionError, session};
use pinn_problem::Problem;
use serde::Serialize;

/// Number of seeds of initial networks.
const SEEDS: u64 = 3;

/// Statistics of the initial networks of one configuration, as means over some seeds. They are infinite if
/// the network cannot be built.
#[derive(Copy, Clone, PartialEq, Debug, Serialize)]
pub struct Probe {
    /// log₁₀ of the held-out dimensionless loss.
    pub residual: f64,
    /// Standard deviation of log₁₀‖g_l‖ over the layers l.
    pub spread: f64,
}

impl Probe {
    pub(super) const FAILED: Probe = Probe {
        residual: f64::INFINITY,
        spread: f64::INFINITY,
    };

    /// Computes the statistics, without a step of training.
    pub fn of(problem: &Problem, space: &Space, configuration: &Configuration) -> Self {
        let seeds: Result<Vec<Probe>, SessionError> = (0..SEEDS)
            .map(|seed| Self::of_one(problem, space, configuration, seed))
            .collect();
        let Ok(probes) = seeds else {
            return Self::FAILED;
        };
        let mean = |value: fn(&Probe) -> f64| {
            let mean = probes.iter().map(value).sum::<f64>() / SEEDS as f64;
            if mean.is_nan() { f64::INFINITY } else { mean }
        };
        Probe {
            residual: mean(|p| p.residual),
            spread: mean(|p| p.spread),
        }
    }

    fn of_one(
        problem: &Problem,
        space: &Space,
        configuration: &Configuration,
        seed: u64,
    ) -> Result<Self, SessionError> {
        let unit = Unit {
            configuration: configuration.clone(),
            divisor: 1,
            seed,
        };
        let settings = settings(problem, space, &unit);
        let mut session = session(&problem.statement, &settings)?;
        Ok(Probe {
            residual: loss::total(&session.held_out()?).log10(),
            spread: spread(&session.layer_gradients()?),
        })
    }
}

/// Decision of the gate.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Gate {
    /// Configurations that passed.
    pub kept: Vec<Judged>,
    /// Configurations that were dropped.
    pub dropped: Vec<Judged>,
}

/// Configuration with the statistics of its initial networks.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Judged {
    /// Name of the configuration.
    pub name: String,
    /// Statistics of the initial networks.
    #[serde(flatten)]
    pub probe: Probe,
}

impl Gate {
    /// Drops those whose initial networks are farthest from a solution, at most the `share`, and never the network
    /// without norms. The others keep their order. How well this predicts the residual after training is in the report.
    pub(super) fn pass(
        &mut self,
        mut configurations: Vec<Configuration>,
        share: f64,
        evaluator: &mut dyn Evaluator,
    ) -> Result<Vec<Configuration>, SearchError> {
        let most = (share * configurations.len() as f64) as usize;
        let probes = evaluator.probe(&configurations)?;
        let mut order: Vec<usize> = (0..configurations.len())
            .filter(|i| !configurations[*i].is_none())
            .collect();
        order.sort_by(|a, b| probes[*b].residual.total_cmp(&probes[*a].residual));
        order.truncate(most);
        for (number, (configuration, probe)) in configurations.iter().zip(&probes).enumerate() {
            let list = match order.contains(&number) {
                true => &mut self.dropped,
                false => &mut self.kept,
            };
            list.push(Judged {
                name: configuration.name.clone(),
                probe: *probe,
            });
        }
        let mut number = 0..;
        configurations.retain(|_| number.next().is_some_and(|n| !order.contains(&n)));
        Ok(configurations)
    }
}
