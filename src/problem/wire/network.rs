//! The tables `[network]` and `[family]`.

use super::values::{Entries, Scalar};
use pinn_network::activation::Activation;
use pinn_network::{Architecture, Sharing};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NetworkEntry {
    pub hidden: Option<Spanned<Vec<usize>>>,
    #[serde(default)]
    pub activation: Activation,
    pub steepness: Option<Spanned<f64>>,
    pub frequency: Option<Spanned<f64>>,
    #[serde(default)]
    pub architecture: Architecture,
    #[serde(default)]
    pub fields: Sharing,
    pub weights: Option<WeightsEntry>,
    pub factorised: Option<Spanned<FactorisedEntry>>,
    pub fourier: Option<Spanned<FourierEntry>>,
    pub periodic: Option<Spanned<Periods>>,
    pub harmonics: Option<Spanned<usize>>,
    pub norm: Option<Spanned<Norms>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NormEntry {
    pub kind: Spanned<String>,
    pub place: Option<Spanned<String>>,
    pub layers: Option<Spanned<LayersEntry>>,
    pub groups: Option<Spanned<usize>>,
    pub statistics: Option<Spanned<String>>,
    pub gain: Option<Spanned<f64>>,
    pub epsilon: Option<Spanned<f64>>,
}

/// One norm as a table, or several as `[[network.norm]]`.
pub(crate) struct Norms(pub Vec<NormEntry>);

impl<'de> Deserialize<'de> for Norms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NormsVisitor;
        impl<'de> Visitor<'de> for NormsVisitor {
            type Value = Norms;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a table such as { kind = \"layer\" }, or several `[[network.norm]]`")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Norms, A::Error> {
                let one = NormEntry::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Norms(vec![one]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Norms, A::Error> {
                let mut norms = Vec::new();
                while let Some(norm) = list.next_element()? {
                    norms.push(norm);
                }
                Ok(Norms(norms))
            }
        }
        deserializer.deserialize_any(NormsVisitor)
    }
}

/// `"all"`, or numbers from 1.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected `\"all\"` or a list of numbers")]
pub(crate) enum LayersEntry {
    Name(String),
    Numbers(Vec<usize>),
}

#[derive(Copy, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WeightsEntry {
    Plain,
    Factorised,
    Normalised,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FactorisedEntry {
    pub mean: Option<Spanned<f64>>,
    pub deviation: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FourierEntry {
    pub features: Option<Spanned<usize>>,
    pub scale: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FamilyEntry {
    pub values: Option<Spanned<usize>>,
    pub generate: Option<Spanned<String>>,
    pub rank: Option<Spanned<usize>>,
    pub hidden: Option<Spanned<Vec<usize>>>,
    pub harmonics: Option<Spanned<usize>>,
    pub norm: Option<bool>,
}

/// Coordinates that are periodic over the domain, or coordinates with their periods.
pub(crate) enum Periods {
    Names(Vec<Spanned<String>>),
    Given(Entries<Scalar>),
}

impl<'de> Deserialize<'de> for Periods {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PeriodsVisitor;
        impl<'de> Visitor<'de> for PeriodsVisitor {
            type Value = Periods;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(
                    "a list of coordinates such as [\"x\"], or a table such as { x = \"20 mm\" }",
                )
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Periods, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = list.next_element()? {
                    names.push(name);
                }
                Ok(Periods::Names(names))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Periods, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Periods::Given(Entries(entries)))
            }
        }
        deserializer.deserialize_any(PeriodsVisitor)
    }
}
