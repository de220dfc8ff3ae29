//! The file as TOML has it: types that only say which keys there are.

use super::search::{Proposals, Tier};
use pinn_core::settings::{Precision, ResidualNormChoice};
use pinn_geometry::sampling::settings::SamplingMethod;
use pinn_network::activation::Activation;
use pinn_network::{Architecture, Sharing};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProblemFile {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub description: String,
    pub equation: Spanned<EquationEntry>,
    #[serde(default)]
    pub seed: u64,
    #[serde(default)]
    pub precision: Precision,
    pub threads: Option<Spanned<usize>>,
    #[serde(default)]
    pub parameters: Entries<ParameterEntry>,
    pub domain: Spanned<Entries<Vec<Spanned<Scalar>>>>,
    pub geometry: Option<Spanned<GeometryEntry>>,
    #[serde(default)]
    pub fields: Entries<FieldEntry>,
    #[serde(default)]
    pub definitions: Entries<Scalar>,
    #[serde(default)]
    pub scales: Entries<ScaleEntry>,
    #[serde(default)]
    pub sources: Entries<Scalar>,
    #[serde(default)]
    pub condition: Vec<Spanned<ConditionEntry>>,
    #[serde(default)]
    pub data: Vec<Spanned<DataEntry>>,
    pub network: Option<NetworkEntry>,
    pub family: Option<Spanned<FamilyEntry>>,
    pub sampling: Option<SamplingEntry>,
    pub loss: Option<LossEntry>,
    pub train: Option<Spanned<Vec<Spanned<TrainEntry>>>>,
    pub reference: Option<Spanned<Entries<Scalar>>>,
    pub expected_error: Option<Spanned<f64>>,
    pub search: Option<Spanned<SearchEntry>>,
    pub output: Option<OutputEntry>,
}

/// The name of a registered equation, or equations as `[[equation]]`.
pub(super) enum EquationEntry {
    Named(String),
    Written(Vec<Spanned<WrittenEquation>>),
}

impl<'de> Deserialize<'de> for EquationEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EquationVisitor;
        impl<'de> Visitor<'de> for EquationVisitor {
            type Value = EquationEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("the name of an equation, or several `[[equation]]` with a `residual`")
            }
            fn visit_str<E>(self, name: &str) -> Result<EquationEntry, E> {
                Ok(EquationEntry::Named(name.to_string()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<EquationEntry, A::Error> {
                let mut equations = Vec::new();
                while let Some(equation) = list.next_element()? {
                    equations.push(equation);
                }
                Ok(EquationEntry::Written(equations))
            }
        }
        deserializer.deserialize_any(EquationVisitor)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenEquation {
    pub name: Option<Spanned<String>>,
    pub residual: Spanned<String>,
    /// The part of the region in which it holds.
    #[serde(rename = "in")]
    pub part: Option<Spanned<String>>,
}

/// A unit, or a table.
pub(super) enum FieldEntry {
    Unit(String),
    Table(FieldTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldTable {
    pub unit: Option<Spanned<String>>,
    /// A temperature difference, not a point on the scale.
    #[serde(default)]
    pub difference: bool,
    pub exact: Option<Spanned<Scalar>>,
}

impl<'de> Deserialize<'de> for FieldEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldVisitor;
        impl<'de> Visitor<'de> for FieldVisitor {
            type Value = FieldEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a unit such as \"m/s\", or a table with `unit` and `exact`")
            }
            fn visit_str<E>(self, unit: &str) -> Result<FieldEntry, E> {
                Ok(FieldEntry::Unit(unit.to_string()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldEntry, A::Error> {
                let table = FieldTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FieldEntry::Table(table))
            }
        }
        deserializer.deserialize_any(FieldVisitor)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GeometryEntry {
    pub region: Spanned<String>,
    #[serde(default)]
    pub shapes: Entries<ShapeEntry>,
}

/// One of the kinds, and the coordinates that it is over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShapeEntry {
    #[serde(rename = "box")]
    pub cuboid: Option<Spanned<CuboidEntry>>,
    pub disk: Option<Spanned<BallEntry>>,
    pub ball: Option<Spanned<BallEntry>>,
    pub polygon: Option<Spanned<PolygonEntry>>,
    pub stl: Option<Spanned<SurfaceEntry>>,
    pub over: Option<Spanned<Vec<Spanned<String>>>>,
}

/// A point, one entry per coordinate.
pub(super) type PointEntry = Spanned<Vec<Spanned<Scalar>>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CuboidEntry {
    pub from: PointEntry,
    pub to: PointEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BallEntry {
    pub centre: PointEntry,
    pub radius: Spanned<Scalar>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolygonEntry {
    pub points: Spanned<Vec<PointEntry>>,
}

/// A file, and the unit of its numbers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SurfaceEntry {
    pub file: Spanned<String>,
    pub unit: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScaleEntry {
    pub scale: Spanned<Scalar>,
    pub reference: Option<Spanned<Scalar>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionEntry {
    pub name: Spanned<String>,
    pub on: Option<Spanned<Faces>>,
    #[serde(rename = "type")]
    pub kind: Spanned<String>,
    pub field: Option<Spanned<String>>,
    pub value: Option<Spanned<Scalar>>,
    pub values: Option<Spanned<Entries<Scalar>>>,
    pub gradient: Option<Spanned<Scalar>>,
    pub flux: Option<Spanned<Scalar>>,
    pub conductivity: Option<Spanned<Scalar>>,
    pub transfer: Option<Spanned<Scalar>>,
    pub ambient: Option<Spanned<Scalar>>,
    pub residual: Option<Spanned<String>>,
    pub between: Option<Spanned<Vec<Spanned<String>>>>,
    pub conductivities: Option<Spanned<Vec<Spanned<Scalar>>>>,
    pub weight: Option<Spanned<f64>>,
    pub points: Option<Spanned<usize>>,
    pub hard: Option<Spanned<bool>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DataEntry {
    pub name: Spanned<String>,
    pub file: Spanned<String>,
    pub noise: Option<Spanned<Entries<Scalar>>>,
    pub weight: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkEntry {
    pub hidden: Option<Spanned<Vec<usize>>>,
    #[serde(default)]
    pub activation: Activation,
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
pub(super) struct NormEntry {
    pub kind: Spanned<String>,
    pub place: Option<Spanned<String>>,
    pub layers: Option<Spanned<LayersEntry>>,
    pub groups: Option<Spanned<usize>>,
    pub statistics: Option<Spanned<String>>,
    pub gain: Option<Spanned<f64>>,
    pub epsilon: Option<Spanned<f64>>,
}

/// One norm as a table, or several as `[[network.norm]]`.
pub(super) struct Norms(pub Vec<NormEntry>);

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
pub(super) enum LayersEntry {
    Name(String),
    Numbers(Vec<usize>),
}

#[derive(Copy, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WeightsEntry {
    Plain,
    Factorised,
    Normalised,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FactorisedEntry {
    pub mean: Option<Spanned<f64>>,
    pub deviation: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FourierEntry {
    pub features: Option<Spanned<usize>>,
    pub scale: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FamilyEntry {
    pub values: Option<Spanned<usize>>,
    pub generate: Option<Spanned<String>>,
    pub rank: Option<Spanned<usize>>,
    pub hidden: Option<Spanned<Vec<usize>>>,
    pub harmonics: Option<Spanned<usize>>,
    pub norm: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SamplingEntry {
    #[serde(default)]
    pub method: SamplingMethod,
    pub interior: Option<Spanned<usize>>,
    pub condition: Option<Spanned<usize>>,
    pub resample_every: Option<Spanned<usize>>,
    pub graded: Option<Spanned<Faces>>,
    pub adaptive: Option<Spanned<AdaptiveEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdaptiveEntry {
    pub method: Spanned<String>,
    pub every: Option<Spanned<usize>>,
    pub candidates: Option<Spanned<usize>>,
    pub power: Option<Spanned<f64>>,
    pub offset: Option<Spanned<f64>>,
    pub growth: Option<Spanned<f64>>,
    pub limit: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LossEntry {
    pub residual_norm: Option<ResidualNormChoice>,
    pub points: Option<PointsEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PointsEntry {
    pub method: Spanned<String>,
    pub rate: Option<Spanned<f64>>,
    pub decay: Option<Spanned<f64>>,
    pub strength: Option<Spanned<f64>>,
    pub chunks: Option<Spanned<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrainEntry {
    pub optimiser: Spanned<String>,
    pub steps: Spanned<usize>,
    pub target_loss: Option<Spanned<f64>>,
    pub max_time: Option<Spanned<Scalar>>,
    pub stagnation: Option<Spanned<usize>>,
    pub learning_rate: Option<Spanned<f64>>,
    pub beta1: Option<Spanned<f64>>,
    pub beta2: Option<Spanned<f64>>,
    pub epsilon: Option<Spanned<f64>>,
    pub schedule: Option<Spanned<String>>,
    pub floor: Option<Spanned<f64>>,
    pub decay: Option<Spanned<f64>>,
    pub every: Option<Spanned<usize>>,
    pub refresh: Option<Spanned<usize>>,
    pub momentum: Option<Spanned<f64>>,
    pub layer_rates: Option<Spanned<String>>,
    pub history: Option<Spanned<usize>>,
    pub gradient_tolerance: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchEntry {
    pub tier: Option<Tier>,
    pub kinds: Option<Spanned<Vec<Spanned<String>>>>,
    pub groups: Option<Spanned<usize>>,
    pub places: Option<Spanned<Vec<Spanned<String>>>>,
    pub gains: Option<Spanned<Vec<Spanned<f64>>>>,
    pub proposals: Option<Proposals>,
    pub trials: Option<Spanned<usize>>,
    pub rungs: Option<Spanned<usize>>,
    pub seeds: Option<Spanned<usize>>,
    pub gate: Option<Spanned<f64>>,
    pub finalists: Option<Spanned<usize>>,
    pub final_seeds: Option<Spanned<usize>>,
    pub significance: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutputEntry {
    #[serde(default)]
    pub units: Entries<String>,
    #[serde(default)]
    pub resolution: Entries<usize>,
}

/// A string with a unit or an expression, or a bare number.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Scalar {
    Text(String),
    Number(f64),
}

/// As it was written, but for quotation marks.
impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Text(text) => f.write_str(text),
            Scalar::Number(number) => number.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;
        impl Visitor<'_> for ScalarVisitor {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a string such as \"20 mm\"")
            }
            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.to_string()))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
                Ok(Scalar::Number(value as f64))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
                Ok(Scalar::Number(value as f64))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
                Ok(Scalar::Number(value))
            }
        }
        deserializer.deserialize_any(ScalarVisitor)
    }
}

/// A value, or a table whose keys are checked where it is read: a range `{ from = …, to = … }`, or an unknown
/// `{ unknown = true, guess = … }`.
pub(super) enum ParameterEntry {
    Single(Scalar),
    Table(Entries<TableValue>),
}

/// What stands in such a table.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a string such as \"20 mm\", `true` or `false`"
)]
pub(super) enum TableValue {
    Flag(bool),
    Scalar(Scalar),
}

impl<'de> Deserialize<'de> for ParameterEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ParameterVisitor;
        impl<'de> Visitor<'de> for ParameterVisitor {
            type Value = ParameterEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(
                    "a string such as \"20 mm\", or a range such as { from = \"20 mm\", to = \"30 mm\" }",
                )
            }
            fn visit_str<E>(self, text: &str) -> Result<ParameterEntry, E> {
                Ok(ParameterEntry::Single(Scalar::Text(text.to_string())))
            }
            fn visit_i64<E>(self, value: i64) -> Result<ParameterEntry, E> {
                Ok(ParameterEntry::Single(Scalar::Number(value as f64)))
            }
            fn visit_u64<E>(self, value: u64) -> Result<ParameterEntry, E> {
                Ok(ParameterEntry::Single(Scalar::Number(value as f64)))
            }
            fn visit_f64<E>(self, value: f64) -> Result<ParameterEntry, E> {
                Ok(ParameterEntry::Single(Scalar::Number(value)))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ParameterEntry, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(ParameterEntry::Table(Entries(entries)))
            }
        }
        deserializer.deserialize_any(ParameterVisitor)
    }
}

/// One face or several, or a part of one; the surface of a shape stands for a face.
pub(super) enum Faces {
    One(String),
    Part(PartEntry),
    Several(Vec<Spanned<String>>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartEntry {
    pub part: Spanned<String>,
    #[serde(rename = "where")]
    pub within: Spanned<String>,
}

impl<'de> Deserialize<'de> for Faces {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FacesVisitor;
        impl<'de> Visitor<'de> for FacesVisitor {
            type Value = Faces;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a face such as \"x = 0 mm\", or a list of faces")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Faces, A::Error> {
                PartEntry::deserialize(MapAccessDeserializer::new(map)).map(Faces::Part)
            }
            fn visit_str<E>(self, text: &str) -> Result<Faces, E> {
                Ok(Faces::One(text.to_string()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Faces, A::Error> {
                let mut faces = Vec::new();
                while let Some(face) = list.next_element()? {
                    faces.push(face);
                }
                Ok(Faces::Several(faces))
            }
        }
        deserializer.deserialize_any(FacesVisitor)
    }
}

/// Coordinates that are periodic over the domain, or coordinates with their periods.
pub(super) enum Periods {
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

/// A table with free keys, in the order of the file.
pub(super) struct Entries<V>(pub Vec<(Spanned<String>, Spanned<V>)>);

impl<V> Default for Entries<V> {
    fn default() -> Self {
        Entries(Vec::new())
    }
}

impl<V> Entries<V> {
    pub fn get(&self, key: &str) -> Option<&(Spanned<String>, Spanned<V>)> {
        self.0.iter().find(|(k, _)| k.get_ref() == key)
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Entries<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for EntriesVisitor<V> {
            type Value = Entries<V>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a table")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<V>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}
