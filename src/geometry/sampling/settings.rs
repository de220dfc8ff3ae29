//! Where residuals are asked to vanish.

use crate::domain::Face;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SamplingSettings {
    pub method: SamplingMethod,
    /// Points inside the domain; of a family, at each of its parameter values.
    pub interior: usize,
    /// Points per condition, in order; of a family, at each of its parameter values.
    pub conditions: Vec<usize>,
    /// Draw new points after so many steps; `None` keeps the first ones.
    pub resample_every: Option<usize>,
    /// Faces that points lie ever closer towards. Means over such points are weighed, so that they stay means over
    /// the domain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub graded: Vec<Face>,
    /// Let points follow the residuals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adaptive: Option<AdaptiveSettings>,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SamplingMethod {
    Uniform,
    LatinHypercube,
    #[default]
    Sobol,
}

/// Points that follow the residuals ([`crate::sampling::adaptive`]).
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AdaptiveSettings {
    pub method: AdaptiveMethod,
    /// Steps between two choices of points, in every phase. Methods that need a fixed objective are told of it.
    pub every: usize,
    /// Candidates for every point that is there at first.
    pub candidates: usize,
    /// k of the density |r|ᵏ / mean |r|ᵏ + c.
    pub power: f64,
    /// c
    pub offset: f64,
}

impl AdaptiveSettings {
    /// How often points have been chosen when step `step` (counted from 0) is taken.
    pub fn adaptations(&self, step: usize) -> usize {
        step / self.every.max(1)
    }
}

#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
pub enum AdaptiveMethod {
    /// Residual-based adaptive distribution: all points are drawn anew.
    Rad,
    /// Residual-based adaptive refinement with distribution: points are added.
    RarD {
        /// Added at once, as a part of the points at first.
        growth: f64,
        /// Most points, as a multiple of those at first.
        limit: f64,
    },
    /// All points are drawn anew, and weighed so that means stay unbiased.
    Importance,
}

impl AdaptiveMethod {
    /// Points that come at once where the settings do not say; and how many there may be in the end.
    pub const GROWTH: f64 = 0.1;
    pub const LIMIT: f64 = 2.0;

    /// As in problem files.
    pub fn name(self) -> &'static str {
        match self {
            AdaptiveMethod::Rad => "rad",
            AdaptiveMethod::RarD { .. } => "rar-d",
            AdaptiveMethod::Importance => "importance",
        }
    }

    /// k and c that Wu, Zhu, Tan, Kartha & Lu 2023 recommend (§2.3.2, §2.3.3).
    pub fn usual_density(self) -> (f64, f64) {
        match self {
            AdaptiveMethod::Rad | AdaptiveMethod::Importance => (1.0, 1.0),
            AdaptiveMethod::RarD { .. } => (2.0, 0.0),
        }
    }
}

impl AdaptiveSettings {
    pub const EVERY: usize = 100;
    pub const CANDIDATES: usize = 10;

    /// With the usual numbers.
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
    /// The setting by which points are drawn anew.
    pub fn moving(&self) -> Option<&'static str> {
        match (&self.adaptive, self.resample_every) {
            (Some(_), _) => Some("adaptive"),
            (None, Some(_)) => Some("resample_every"),
            (None, None) => None,
        }
    }
}
