//! The tables `[sampling]`, `[loss]`, `[[train]]` and `[search]`.

use super::statement::Faces;
use super::values::Scalar;
use crate::search_settings::{Proposals, Tier};
use pinn_core::settings::ResidualNormChoice;
use pinn_geometry::sampling::settings::SamplingMethod;
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SamplingEntry {
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
pub(crate) struct AdaptiveEntry {
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
pub(crate) struct LossEntry {
    pub residual_norm: Option<ResidualNormChoice>,
    pub points: Option<PointsEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PointsEntry {
    pub method: Spanned<String>,
    pub rate: Option<Spanned<f64>>,
    pub decay: Option<Spanned<f64>>,
    pub strength: Option<Spanned<f64>>,
    pub chunks: Option<Spanned<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrainEntry {
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
pub(crate) struct SearchEntry {
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
