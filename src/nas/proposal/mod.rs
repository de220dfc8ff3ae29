//! Proposal of configurations: one file per method behind one trait.

mod grid;
mod nsga2;
mod random;
mod tpe;

use super::{Configuration, Objectives, Space, SpaceError};
pub use grid::Grid;
pub use nsga2::Nsga2;
use pinn_problem::Proposals;
pub use random::Random;
pub use tpe::Tpe;

/// Method of proposing configurations, which learns from their results.
///
/// Equal seeds and results give equal proposals.
pub trait Proposer {
    /// Proposes at most this many configurations that it has not proposed before.
    ///
    /// The network without norms is never proposed, because every search trains it anyway. The result is
    /// empty if there are no more.
    fn propose(&mut self, most: usize) -> Vec<Configuration>;

    /// Reports the result of a proposal; `None` if it was not trained, or training failed.
    fn tell(&mut self, configuration: &Configuration, result: Option<Objectives>);

    /// Number of proposals to request at a time. It does not depend on the number of jobs.
    fn batch(&self) -> usize {
        8
    }
}

/// Creates the method of the settings.
///
/// # Errors
/// If a grid is requested and the space is too large.
pub fn proposer(
    method: Proposals,
    space: &Space,
    seed: u64,
) -> Result<Box<dyn Proposer>, SpaceError> {
    Ok(match method {
        Proposals::Grid => Box::new(Grid::new(space)?),
        Proposals::Random => Box::new(Random::new(space, seed)),
        Proposals::Tpe => Box::new(Tpe::new(space, seed)),
        Proposals::Nsga2 => Box::new(Nsga2::new(space, seed)),
    })
}

/// Number of consecutive draws without a new configuration after which a space counts as exhausted.
const TRIES: usize = 1000;

/// Configurations that were proposed, by name.
#[derive(Clone, Debug)]
struct Seen(Vec<String>);

impl Seen {
    fn new() -> Self {
        Seen(vec![Configuration::NONE.to_string()])
    }

    /// Returns true if the configuration is new, and records it.
    fn is_new(&mut self, configuration: &Configuration) -> bool {
        let new = !self.0.contains(&configuration.name);
        if new {
            self.0.push(configuration.name.clone());
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinn_equations::registry::Registry;
    use pinn_problem::Problem;

    fn space(tier: &str) -> Space {
        let text = include_str!("../../../tests/cli/small.toml");
        let base = text.split("\n[network]").next().unwrap();
        let text = format!("{base}\n[network]\nhidden = [8, 8]\n[search]\ntier = \"{tier}\"\n");
        let problem = Problem::parse("small", text, &Registry::builtin()).unwrap();
        Space::new(&problem).unwrap()
    }

    /// A quiet optimum: RMS norms, late, of small gain.
    fn objectives(configuration: &Configuration) -> Objectives {
        let name = &configuration.name;
        let residual = -(name.matches("rms").count() as f64)
            - name.matches("/0.5").count() as f64
            - 0.5 * name.matches("post").count() as f64;
        Objectives {
            residual,
            unsteadiness: 1.0 + 0.1 * residual,
            cost: 1.0,
        }
    }

    fn run(method: Proposals, space: &Space, seed: u64, trials: usize) -> Vec<Configuration> {
        let mut proposer = proposer(method, space, seed).unwrap();
        let mut all = Vec::new();
        while all.len() < trials {
            let batch = proposer.propose(proposer.batch().min(trials - all.len()));
            if batch.is_empty() {
                break;
            }
            for (number, configuration) in batch.iter().enumerate() {
                // Some trainings fail.
                let fails = (all.len() + number) % 7 == 6;
                proposer.tell(configuration, (!fails).then(|| objectives(configuration)));
            }
            all.extend(batch);
        }
        all
    }

    // The suite that every method passes.
    #[test]
    fn proposals_are_new_distinct_and_reproducible() {
        let (whole, layers) = (space("network"), space("layers"));
        for method in Proposals::ALL {
            let spaces = [&whole, &layers];
            let counted = method == Proposals::Grid;
            for space in spaces.into_iter().take(if counted { 1 } else { 2 }) {
                let found = run(method, space, 5, 24);
                let mut names: Vec<&str> = found.iter().map(|c| c.name.as_str()).collect();
                assert_eq!(names.len(), 24, "{method:?}");
                assert_eq!(found, run(method, space, 5, 24), "{method:?}");
                names.sort_unstable();
                names.dedup();
                assert_eq!(names.len(), 24, "{method:?}");
                assert!(!names.contains(&Configuration::NONE), "{method:?}");
                if method != Proposals::Grid {
                    assert_ne!(found, run(method, space, 6, 24), "{method:?}");
                }
            }
        }
    }

    #[test]
    fn every_method_ends_where_the_space_does() {
        let whole = space("network");
        for method in Proposals::ALL {
            assert_eq!(run(method, &whole, 1, 1000).len(), 27, "{method:?}");
        }
    }

    #[test]
    fn models_learn_what_chance_does_not() {
        let layers = space("layers");
        let late = |method, seed| {
            let all = run(method, &layers, seed, 64);
            let late = all[32..].iter().map(|c| objectives(c).residual);
            late.sum::<f64>() / 32.0
        };
        for method in [Proposals::Tpe, Proposals::Nsga2] {
            let better =
                (0..10).filter(|seed| late(method, *seed) < late(Proposals::Random, *seed));
            assert!(better.count() >= 9, "{method:?}");
        }
    }

    #[test]
    fn a_grid_of_layers_is_refused() {
        let refused = proposer(Proposals::Grid, &space("layers"), 0).err();
        assert_eq!(refused, Some(SpaceError::Layers));
    }
}
