//! Settings of families of problems.

use super::SettingsError;
use pinn_hyper::settings::{Generate, HypernetworkSettings};
use serde::{Deserialize, Serialize};

/// Settings of a session of a family: see [`over_ranges`](crate::family::over_ranges).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FamilySettings {
    /// Number of ranged parameters, which are the last coordinates of the statement.
    pub parameters: usize,
    /// Number of parameter values with points; each of them gets the points that
    /// [`SamplingSettings`](pinn_geometry::sampling::settings::SamplingSettings) requests. The first one is the middle
    /// of the ranges.
    pub values: usize,
    /// Dependence of the network on the ranged parameters.
    pub method: FamilyMethod,
}

/// Methods for the dependence of the network on the ranged parameters.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
pub enum FamilyMethod {
    /// A second network generates its weights.
    Hypernetwork(HypernetworkSettings),
    /// The parameters are further inputs, like the coordinates.
    Coordinate,
}

impl FamilySettings {
    /// Default number of parameter values.
    pub const VALUES: usize = 32;

    /// Hypernetwork, if that is the method.
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

    /// Describes the method in one line: `hypernetwork 32-16 with LayerNorm generates all weights`.
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
