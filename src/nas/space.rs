//! Search space: configurations of norms.

use pinn_network::settings::NetworkSettings;
use pinn_network::{Architecture, Circuit, InputMap};
use pinn_norm::layer::{Layers, NormLayers, Place, PointwiseNorm};
use pinn_problem::{Problem, SearchSettings, Tier};
use serde::{Deserialize, Serialize};

/// Maximum number of configurations of a grid.
pub const LARGEST: usize = 40;
/// Largest number of layers with norms of their own.
const MOST_LAYERS: usize = 6;
/// Initial gains, unless the file names others.
const GAINS: [f64; 3] = [0.5, 1.0, 2.0];

/// Norms of a network, with a name that no other configuration of the space has.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Configuration {
    /// Name: `none`, `layer/pre/1`, or one of these per layer, such as `none, rms/post/0.5`.
    pub name: String,
    /// Norms, at most one per place.
    pub norms: Vec<NormLayers>,
}

impl Configuration {
    /// Name of the network without norms.
    pub const NONE: &'static str = "none";

    /// Configuration without norms, which every search compares with.
    pub fn none() -> Self {
        Configuration {
            name: Self::NONE.to_string(),
            norms: Vec::new(),
        }
    }

    /// Returns true if there are no norms.
    pub fn is_none(&self) -> bool {
        self.norms.is_empty()
    }
}

/// One norm at one place; `None` for no norm.
type Choice = Option<(PointwiseNorm, Place, f64)>;

/// Configurations that a search may try: a choice for each *slot*, which is the whole network or one of its hidden
/// layers.
#[derive(Clone, PartialEq, Debug)]
pub struct Space {
    network: NetworkSettings,
    tier: Tier,
    coordinates: usize,
    fields: usize,
    kinds: Vec<PointwiseNorm>,
    places: Vec<Place>,
    gains: Vec<f64>,
}

/// Reason why a space cannot be searched.
#[derive(Debug, Clone, PartialEq, thiserror::Error, miette::Diagnostic)]
pub enum SpaceError {
    /// The space is too large for a grid.
    #[error("{found} configurations are too many for a grid: expected at most {LARGEST}")]
    #[diagnostic(help(
        "name fewer `kinds`, `places` or `gains` in `[search]`, or choose `proposals = \"tpe\"` and a number of `trials`"
    ))]
    TooMany {
        /// Number of configurations.
        found: usize,
    },
    /// The space has a norm per layer, too many for a grid.
    #[error("a separate norm for every layer makes too many configurations for a grid")]
    #[diagnostic(help(
        "choose `tier = \"network\"` in `[search]`, or other `proposals` than \"grid\""
    ))]
    Layers,
    /// The network has too many layers for a norm per layer.
    #[error(
        "the network has {found} hidden layers: expected at most {MOST_LAYERS} in the tier of layers"
    )]
    #[diagnostic(help("choose `tier = \"network\"` in `[search]`"))]
    TooManyLayers {
        /// Number of hidden layers.
        found: usize,
    },
    /// No norm fits the network.
    #[error("no norm of `[search]` fits the network: {reason}")]
    #[diagnostic(help(
        "name other `kinds`, `places` or `groups` in `[search]`, or other widths in `[network]`"
    ))]
    Nothing {
        /// Reason of the first one.
        reason: String,
    },
}

impl Space {
    /// Creates the space of a problem, whose own norms are ignored.
    ///
    /// # Errors
    /// If no norm fits the network.
    pub fn new(problem: &Problem) -> Result<Self, SpaceError> {
        let settings = &problem.search;
        let declared = &problem.statement.declared;
        let mut network = problem.settings.network.clone();
        network.norms.clear();
        let mut space = Space {
            tier: settings.tier,
            coordinates: declared.coordinates.len(),
            fields: declared.fields.len(),
            kinds: settings.kinds.clone(),
            places: settings
                .places
                .clone()
                .unwrap_or_else(|| usual_places(&network, settings.tier)),
            gains: settings.gains.clone().unwrap_or(GAINS.to_vec()),
            network,
        };
        let layers = space.network.hidden.len();
        if space.tier == Tier::Layers && layers > MOST_LAYERS {
            return Err(SpaceError::TooManyLayers { found: layers });
        }
        space.drop_what_does_not_fit()?;
        if settings.gains.is_none() && space.tier == Tier::Network && space.all().len() > LARGEST {
            space.gains = vec![1.0];
        }
        Ok(space)
    }

    /// Kinds and places that cannot be built.
    fn drop_what_does_not_fit(&mut self) -> Result<(), SpaceError> {
        let fits = |kind: &PointwiseNorm, place: Place| {
            self.build(&self.norms(&[Some((kind.clone(), place, 1.0))]))
        };
        let pairs =
            |kind: &PointwiseNorm| self.places.iter().map(|p| fits(kind, *p).is_ok()).collect();
        let table: Vec<Vec<bool>> = self.kinds.iter().map(pairs).collect();
        let reason = || {
            let first = self.kinds.iter().zip(self.places.iter());
            let mut errors = first.filter_map(|(kind, place)| fits(kind, *place).err());
            errors
                .next()
                .map_or_else(|| "there is none".to_string(), |e| e.to_string())
        };
        if !table.iter().flatten().any(|fits| *fits) {
            return Err(SpaceError::Nothing { reason: reason() });
        }
        let mut rows = table.iter();
        self.kinds
            .retain(|_| rows.next().is_some_and(|row| row.contains(&true)));
        let mut columns = 0..self.places.len();
        self.places.retain(|_| {
            let column = columns.next();
            column.is_some_and(|c| table.iter().any(|row| row[c]))
        });
        Ok(())
    }

    /// Number of slots.
    pub fn slots(&self) -> usize {
        match self.tier {
            Tier::Network => 1,
            Tier::Layers => self.network.hidden.len(),
        }
    }

    /// Numbers of alternatives in each slot: kinds (the first is no norm), places, gains.
    pub fn alternatives(&self) -> [usize; 3] {
        [self.kinds.len() + 1, self.places.len(), self.gains.len()]
    }

    /// Configuration of one choice of alternatives per slot; `None` if the network cannot be built.
    pub fn configuration(&self, choices: &[[usize; 3]]) -> Option<Configuration> {
        let choices: Vec<Choice> = choices
            .iter()
            .map(|[kind, place, gain]| {
                let kind = self.kinds.get(kind.checked_sub(1)?)?.clone();
                Some((kind, *self.places.get(*place)?, *self.gains.get(*gain)?))
            })
            .collect();
        let norms = self.norms(&choices);
        self.build(&norms).ok()?;
        let name = match norms.is_empty() {
            true => Configuration::NONE.to_string(),
            false => choices.iter().map(name).collect::<Vec<_>>().join(", "),
        };
        Some(Configuration { name, norms })
    }

    /// Iterates over distinct configurations, the network without norms first; those that give equal networks are merged.
    /// Only the tier of whole networks has few enough.
    fn all(&self) -> Vec<Configuration> {
        let [kinds, places, gains] = self.alternatives();
        let slot = |n: usize| [n / (places * gains) % kinds, n / gains % places, n % gains];
        let each = kinds * places * gains;
        let count = each.saturating_pow(self.slots() as u32);
        let mut networks: Vec<Circuit> = Vec::new();
        let mut all = Vec::new();
        for number in 0..count {
            let choices = (0..self.slots()).map(|s| slot(number / each.pow(s as u32)));
            let Some(configuration) = self.configuration(&choices.collect::<Vec<_>>()) else {
                continue;
            };
            let Ok(network) = self.build(&configuration.norms) else {
                continue;
            };
            if !networks.contains(&network) {
                networks.push(network);
                all.push(configuration);
            }
        }
        all
    }

    /// All configurations, if they are few enough.
    ///
    /// # Errors
    /// If they are too many.
    pub fn counted_out(&self) -> Result<Vec<Configuration>, SpaceError> {
        if self.tier == Tier::Layers {
            return Err(SpaceError::Layers);
        }
        let all = self.all();
        match all.len() {
            found if found > LARGEST => Err(SpaceError::TooMany { found }),
            _ => Ok(all),
        }
    }

    /// Settings of the network with a configuration's norms.
    pub fn network(&self, configuration: &Configuration) -> NetworkSettings {
        NetworkSettings {
            norms: configuration.norms.clone(),
            ..self.network.clone()
        }
    }

    /// Layers of the network with a configuration's norms; they do not depend on the domain.
    pub fn circuit(&self, configuration: &Configuration) -> Option<Circuit> {
        self.build(&configuration.norms).ok()
    }

    fn build(&self, norms: &[NormLayers]) -> Result<Circuit, pinn_network::NetworkError> {
        let settings = NetworkSettings {
            norms: norms.to_vec(),
            ..self.network.clone()
        };
        let maps = vec![InputMap::onto_unit(0.0, 1.0); self.coordinates];
        settings.network(maps, self.fields, 0).layout()
    }

    /// Layers with equal choices share one entry.
    fn norms(&self, choices: &[Choice]) -> Vec<NormLayers> {
        let mut norms: Vec<NormLayers> = Vec::new();
        let mut numbers: Vec<Vec<usize>> = Vec::new();
        for (slot, choice) in choices.iter().enumerate() {
            let Some((kind, place, gain)) = choice else {
                continue;
            };
            let mut norm = NormLayers::new(kind.clone(), *place);
            norm.gain = *gain;
            match norms.iter().position(|n| *n == norm) {
                Some(known) => numbers[known].push(slot + 1),
                None => {
                    norms.push(norm);
                    numbers.push(vec![slot + 1]);
                }
            }
        }
        if self.tier == Tier::Layers {
            for (norm, numbers) in norms.iter_mut().zip(numbers) {
                if numbers.len() < self.slots() {
                    norm.layers = Layers::Only(numbers);
                }
            }
        }
        norms
    }
}

fn usual_places(network: &NetworkSettings, tier: Tier) -> Vec<Place> {
    let mut places = vec![Place::Pre, Place::Post, Place::Peri];
    match (network.architecture, tier) {
        (Architecture::PirateNet, _) | (Architecture::ModifiedMlp, Tier::Network) => {
            places.push(Place::Branch);
        }
        _ => {}
    }
    if tier == Tier::Network && (network.fourier.is_some() || !network.periodic.is_empty()) {
        places.push(Place::Embedding);
    }
    places
}

fn name(choice: &Choice) -> String {
    let Some((kind, place, gain)) = choice else {
        return Configuration::NONE.to_string();
    };
    let kind = match kind {
        PointwiseNorm::Layer => "layer".to_string(),
        PointwiseNorm::Rms => "rms".to_string(),
        PointwiseNorm::Group { groups } => format!("group{groups}"),
        PointwiseNorm::Batch { .. } => "batch".to_string(),
    };
    format!("{kind}/{}/{gain}", place.name())
}

/// Trials that are proposed in a space.
pub fn trials(settings: &SearchSettings, space: &Space) -> usize {
    let usual = match settings.tier {
        Tier::Network => space.all().len(),
        Tier::Layers => SearchSettings::TRIALS,
    };
    settings.trials.unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinn_equations::registry::Registry;

    fn space(rest: &str) -> Result<Space, SpaceError> {
        let text = include_str!("../../tests/cli/small.toml");
        let base = text.split("\n[network]").next().unwrap();
        let text = format!("{base}\n{rest}\n");
        let problem = Problem::parse("small", text, &Registry::builtin());
        Space::new(&problem.unwrap_or_else(|e| panic!("{e:?}")))
    }

    fn names(space: &Space) -> Vec<String> {
        space.all().into_iter().map(|c| c.name).collect()
    }

    #[test]
    fn everything_is_counted_out_once_and_nothing_comes_first() {
        let space = space("[network]\nhidden = [8, 8]").unwrap();
        let names = names(&space);
        assert_eq!(names.len(), 1 + 3 * 3 * 3);
        assert_eq!(names[0], "none");
        assert!(names.contains(&"group4/peri/0.5".to_string()));
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        assert_eq!(space.counted_out().unwrap().len(), 28);
    }

    #[test]
    fn one_group_is_a_layer_norm_and_counted_once() {
        let space = space("[network]\nhidden = [8, 8]\n[search]\ngroups = 1").unwrap();
        assert_eq!(names(&space).len(), 1 + 2 * 3 * 3);
    }

    #[test]
    fn places_are_those_of_the_network_and_gains_shrink_before_it_is_too_large() {
        let pirate = space(
            "[network]\nhidden = [8, 8]\narchitecture = \"pirate-net\"\nfourier = { features = 8 }",
        );
        let pirate = names(&pirate.unwrap());
        assert!(pirate.len() <= LARGEST);
        assert!(pirate.contains(&"layer/branch/1".to_string()));
        assert!(pirate.contains(&"layer/embedding/1".to_string()));
        assert!(!pirate.contains(&"layer/pre/0.5".to_string()));
        // Groups do not divide the layers.
        let odd = names(&space("[network]\nhidden = [7, 7]").unwrap());
        assert_eq!(odd.len(), 1 + 2 * 3 * 3);
    }

    #[test]
    fn spaces_that_cannot_be_searched_say_why() {
        let gains = (1..=20)
            .map(|g| format!("{g}.0"))
            .collect::<Vec<_>>()
            .join(", ");
        let many = space(&format!("[search]\ngains = [{gains}]")).unwrap();
        assert!(matches!(
            many.counted_out(),
            Err(SpaceError::TooMany { .. })
        ));
        let nothing = space("[network]\nhidden = [7]\n[search]\nkinds = [\"group\"]");
        assert!(
            matches!(nothing, Err(SpaceError::Nothing { .. })),
            "{nothing:?}"
        );
        let deep = space("[network]\nhidden = [4, 4, 4, 4, 4, 4, 4]\n[search]\ntier = \"layers\"");
        assert_eq!(deep, Err(SpaceError::TooManyLayers { found: 7 }));
    }

    #[test]
    fn layers_that_choose_alike_share_a_norm() {
        let space = space("[network]\nhidden = [8, 8, 8]\n[search]\ntier = \"layers\"").unwrap();
        assert_eq!((space.slots(), space.alternatives()), (3, [4, 3, 3]));
        let mixed = space
            .configuration(&[[1, 0, 1], [0, 2, 2], [1, 0, 1]])
            .unwrap();
        assert_eq!(mixed.name, "layer/pre/1, none, layer/pre/1");
        assert_eq!(mixed.norms.len(), 1);
        assert_eq!(mixed.norms[0].layers, Layers::Only(vec![1, 3]));
        let all = space.configuration(&[[2, 1, 0]; 3]).unwrap();
        assert_eq!(all.norms[0].layers, Layers::All);
        assert!(space.configuration(&[[0, 1, 0]; 3]).unwrap().is_none());
        assert_eq!(space.counted_out(), Err(SpaceError::Layers));
    }
}
