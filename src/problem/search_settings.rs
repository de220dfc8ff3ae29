//! Settings of `pinn search`.

use pinn_norm::layer::{Place, PointwiseNorm};
use serde::{Deserialize, Serialize};

/// Settings of a search for norms; all of them have a default.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SearchSettings {
    /// Choice between one norm for the network and one per layer.
    pub tier: Tier,
    /// Norms that are tried.
    pub kinds: Vec<PointwiseNorm>,
    /// Their places; `None`: all that the network has.
    pub places: Option<Vec<Place>>,
    /// Their initial gains; `None`: ½, 1 and 2, or 1 alone where these are too many.
    pub gains: Option<Vec<f64>>,
    /// `None`: every configuration in the tier of whole networks, TPE in that of layers.
    pub proposals: Option<Proposals>,
    /// Configurations that are proposed; `None`: all of them, or [`SearchSettings::TRIALS`] where they cannot be
    /// enumerated.
    pub trials: Option<usize>,
    /// Rungs of successive halving. On the last one a training has a third of its steps, on each before a third of
    /// those after.
    pub rungs: usize,
    /// Seeds of every configuration from the second rung on.
    pub seeds: usize,
    /// Largest share of the configurations that the gate may drop before any training.
    pub gate: f64,
    /// Configurations that are compared with the network without norms, by whole trainings.
    pub finalists: usize,
    /// Seeds of that comparison.
    pub final_seeds: usize,
    /// Level of the test that a finalist has to pass against the network without norms.
    pub significance: f64,
}

/// Layers that share one choice.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// One norm for the whole network: few enough to be enumerated.
    #[default]
    Network,
    /// A norm of its own for every hidden layer or block.
    Layers,
}

/// Strategies that propose configurations.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proposals {
    /// All, in order.
    Grid,
    /// At random, without repetition.
    Random,
    /// Multi-objective tree-structured Parzen estimator.
    Tpe,
    /// Non-dominated sorting genetic algorithm (Deb et al. 2002).
    #[serde(rename = "nsga2")]
    Nsga2,
}

impl Proposals {
    /// All of them.
    pub const ALL: [Proposals; 4] = [
        Proposals::Grid,
        Proposals::Random,
        Proposals::Tpe,
        Proposals::Nsga2,
    ];

    /// The name in problem files.
    pub fn name(self) -> &'static str {
        match self {
            Proposals::Grid => "grid",
            Proposals::Random => "random",
            Proposals::Tpe => "tpe",
            Proposals::Nsga2 => "nsga2",
        }
    }
}

impl SearchSettings {
    /// Proposals in spaces that are not enumerated.
    pub const TRIALS: usize = 40;
    /// Default number of groups of a group norm.
    pub(super) const GROUPS: usize = 4;
}

impl Default for SearchSettings {
    fn default() -> Self {
        SearchSettings {
            tier: Tier::Network,
            kinds: vec![
                PointwiseNorm::Layer,
                PointwiseNorm::Rms,
                PointwiseNorm::Group {
                    groups: Self::GROUPS,
                },
            ],
            places: None,
            gains: None,
            proposals: None,
            trials: None,
            rungs: 3,
            seeds: 2,
            gate: 0.3,
            finalists: 3,
            final_seeds: 10,
            significance: 0.05,
        }
    }
}
