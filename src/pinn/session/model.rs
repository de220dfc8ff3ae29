//! Trained function of a session: a network, or a hypernetwork that generates one.

use super::SessionError;
use crate::settings::Settings;
use crate::statement::Posed;
use pinn_hyper::Hypernetwork;
use pinn_network::{Circuit, InputMap, Layout, Network};

/// Network of a statement and its settings, with its circuit.
#[derive(Clone)]
pub struct Model {
    /// Network; of a family the generated one.
    pub network: Network,
    /// Circuit of the network.
    pub circuit: Circuit,
    /// Hypernetwork that generates the weights for each member of a family; `None` if the network itself is trained.
    pub hypernetwork: Option<Hypernetwork>,
}

impl Model {
    /// # Errors
    /// If the settings do not fit each other.
    pub fn new(statement: &Posed, settings: &Settings) -> Result<Self, SessionError> {
        let family = settings.family.as_ref();
        let generated = family.and_then(|family| Some((family, family.hypernetwork()?)));
        let intervals = statement.dimensionless_domain().intervals();
        let ranged = generated.map_or(0, |(family, _)| family.parameters);
        let (inputs, ranges) = intervals.split_at(intervals.len().saturating_sub(ranged));
        let maps = inputs
            .iter()
            .map(|i| InputMap::onto_unit(i.lower, i.upper))
            .collect();
        let constants = statement.unknowns.len();
        let outputs = statement.declared.fields.len() + constants;
        let network = Network {
            constants,
            ..settings.network.network(maps, outputs, settings.seed)
        };
        let circuit = network.circuit()?;
        let hypernetwork = match generated {
            Some((_, settings)) => Some(Hypernetwork::new(settings, &circuit, ranges.to_vec())?),
            None => None,
        };
        Ok(Model {
            network,
            circuit,
            hypernetwork,
        })
    }

    /// Number of trained parameters.
    pub fn parameters(&self) -> usize {
        match &self.hypernetwork {
            Some(hyper) => hyper.parameters(),
            None => self.circuit.parameters,
        }
    }

    /// Random initial values of the trained parameters.
    pub fn initialise(&self, seed: u64) -> Vec<f64> {
        match &self.hypernetwork {
            Some(hyper) => hyper.initialise(&self.circuit, seed),
            None => self.circuit.initialise(seed),
        }
    }

    /// Positions of the trained parameters, for optimisers.
    pub fn layout(&self, threads: usize) -> Layout {
        match &self.hypernetwork {
            Some(hyper) => hyper.layout(threads),
            None => Layout::of(&self.circuit, threads),
        }
    }
}
