//! The file as TOML: types that only list the keys.

mod geometry;
mod network;
mod statement;
mod training;
mod values;

pub(crate) use geometry::{
    BallEntry, CuboidEntry, GeometryEntry, PolygonEntry, ShapeEntry, SurfaceEntry,
};
pub(crate) use network::{
    FamilyEntry, LayersEntry, NetworkEntry, NormEntry, Periods, WeightsEntry,
};
pub(crate) use statement::{
    ConditionEntry, DataEntry, EquationEntry, Faces, FieldEntry, ParameterEntry, ScaleEntry,
    TableValue, WrittenEquation,
};
pub(crate) use training::{
    AdaptiveEntry, LossEntry, PointsEntry, SamplingEntry, SearchEntry, TrainEntry,
};
pub(crate) use values::{Entries, Scalar};

use pinn_core::settings::Precision;
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProblemFile {
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
    pub tolerance: Option<Spanned<f64>>,
    pub search: Option<Spanned<SearchEntry>>,
    pub output: Option<OutputEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutputEntry {
    #[serde(default)]
    pub units: Entries<String>,
    #[serde(default)]
    pub resolution: Entries<usize>,
}
