//! How a family of problems is solved at once.

use super::SettingsError;
use pinn_hyper::settings::{Generate, HypernetworkSettings};
use serde::{Deserialize, Serialize};

/// Settings of a session of a family: see [`over_ranges`](crate::family::over_ranges).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FamilySettings {
    /// Number of ranged parameters: so many of the statement's coordinates, the last ones.
    pub parameters: usize,
    /// Parameter values at which points are drawn; each of them gets the points that
    /// [`SamplingSettings`](pinn_geometry::sampling::settings::SamplingSettings) asks for. The first one is the middle of the ranges.
    pub values: usize,
    /// The way in which the network depends on the ranged parameters.
    pub method: FamilyMethod,
}

/// Ways in which the network depends on the ranged parameters.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
pub enum FamilyMethod {
    /// A second network gives its weights.
    Hypernetwork(HypernetworkSettings),
    /// They are further inputs, as the coordinates are.
    Coordinate,
}

impl FamilySettings {
    /// Parameter values unless something else is asked for.
    pub const VALUES: usize = 32;

    /// The hypernetwork, if that is the method.
    pub fn hypernetwork(&self) -> Option<&HypernetworkSettings> {
        match &self.method {
            FamilyMethod::Hypernetwork(settings) => Some(settings),
            FamilyMethod::Coordinate => None,
        }
    }

    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let count = |what: &str, found: usize| match found {
            0 => Err(SettingsError::Value {
                what: what.to_string(),
                expected: "at least 1",
                found: 0.0,
            }),
            _ => Ok(()),
        };
        count("the number of ranged parameters", self.parameters)?;
        count("the number of parameter values", self.values)?;
        let Some(hyper) = self.hypernetwork() else {
            return Ok(());
        };
        count(
            "the number of layers of the hypernetwork",
            hyper.hidden.len(),
        )?;
        for width in &hyper.hidden {
            count("the width of a layer of the hypernetwork", *width)?;
        }
        match hyper.generate {
            Generate::LowRank { rank } => count("the rank", rank),
            Generate::Weights | Generate::Biases => Ok(()),
        }
    }

    /// One line: `hypernetwork 32-16 with LayerNorm generates all weights`.
    pub fn describe(&self) -> String {
        let Some(hyper) = self.hypernetwork() else {
            return "as further coordinates of the network".to_string();
        };
        let widths: Vec<String> = hyper.hidden.iter().map(usize::to_string).collect();
        let norm = if hyper.norm { " with LayerNorm" } else { "" };
        let what = match hyper.generate {
            Generate::Weights => "all weights".to_string(),
            Generate::LowRank { rank } => format!("an update of rank {rank} and the biases"),
            Generate::Biases => "the biases".to_string(),
        };
        format!("hypernetwork {}{norm} generates {what}", widths.join("-"))
    }
}
