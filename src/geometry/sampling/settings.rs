//! Settings of the points at which residuals are evaluated.

use crate::domain::Face;
use serde::{Deserialize, Serialize};

/// Settings of the points of a run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SamplingSettings {
    /// Sampler of the points.
    pub method: SamplingMethod,
    /// Number of points inside the domain; in a family, at each of its parameter values.
    pub interior: usize,
    /// Number of points per condition, in order; in a family, at each of its parameter values.
    pub conditions: Vec<usize>,
    /// Number of steps after which new points are drawn; `None` keeps the first ones.
    pub resample_every: Option<usize>,
    /// Faces that points are graded towards. Means over such points are weighted, so that they stay means
    /// over the domain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub graded: Vec<Face>,
    /// Settings of adaptive points, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adaptive: Option<AdaptiveSettings>,
}

/// Name of a sampler.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SamplingMethod {
    /// Independent uniform points.
    Uniform,
    /// Latin hypercube.
    LatinHypercube,
    /// Scrambled Sobol' points.
    #[default]
    Sobol,
}

/// Settings of points that follow the residuals ([`crate::sampling::adaptive`]).
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AdaptiveSettings {
    /// Sampler that chooses the points.
    pub method: AdaptiveMethod,
    /// Steps between two choices of points, in every phase. Methods that need a fixed objective then
    /// restart.
    pub every: usize,
    /// Number of candidates per initial point.
    pub candidates: usize,
    /// Exponent k of the density |r|ᵏ / mean |r|ᵏ + c.
    pub power: f64,
    /// Offset c of the density.
    pub offset: f64,
}

impl AdaptiveSettings {
    /// Number of times that points have been chosen when step `step` (counted from 0) is taken.
    pub fn adaptations(&self, step: usize) -> usize {
        step / self.every.max(1)
    }
}

/// Name of a sampler that follows the residuals.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
pub enum AdaptiveMethod {
    /// Residual-based adaptive distribution: all points are resampled.
    Rad,
    /// Residual-based adaptive refinement with distribution: points are added.
    RarD {
        /// Number added at once, relative to the initial points.
        growth: f64,
        /// Maximum number of points, as a multiple of the initial ones.
        limit: f64,
    },
    /// Importance sampling: all points are resampled and weighted so that means stay unbiased.
    Importance,
}

impl AdaptiveMethod {
    /// Default number of points added at once, relative to the initial ones.
    pub const GROWTH: f64 = 0.1;
    /// Default limit of the number of points, as a multiple of the initial one.
    pub const LIMIT: f64 = 2.0;

    /// Name in problem files.
    pub fn name(self) -> &'static str {
        match self {
            AdaptiveMethod::Rad => "rad",
            AdaptiveMethod::RarD { .. } => "rar-d",
            AdaptiveMethod::Importance => "importance",
        }
    }

    /// Exponent k and offset c that Wu, Zhu, Tan, Kartha & Lu 2023 recommend (§2.3.2, §2.3.3).
    pub fn usual_density(self) -> (f64, f64) {
        match self {
            AdaptiveMethod::Rad | AdaptiveMethod::Importance => (1.0, 1.0),
            AdaptiveMethod::RarD { .. } => (2.0, 0.0),
        }
    }
}

impl AdaptiveSettings {
    /// Default number of steps between two choices of points.
    pub const EVERY: usize = 100;
    /// Default number of candidates per initial point.
    pub const CANDIDATES: usize = 10;

    /// Settings of a method with its default numbers.
    pub fn usual(method: AdaptiveMethod) -> Self {
        let (power, offset) = method.usual_density();
        AdaptiveSettings {
            method,
            every: Self::EVERY,
            candidates: Self::CANDIDATES,
            power,
            offset,
        }
    }
}

impl SamplingSettings {
    /// Key of the setting that resamples points.
    pub fn moving(&self) -> Option<&'static str> {
        match (&self.adaptive, self.resample_every) {
            (Some(_), _) => Some("adaptive"),
            (None, Some(_)) => Some("resample_every"),
            (None, None) => None,
        }
    }
}
