//! Where residuals are asked to vanish.

use super::SettingsError;
use crate::pinn::domain::Face;
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

/// Points that follow the residuals ([`crate::pinn::sampling::adaptive`]).
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

    fn check(&self) -> Result<(), SettingsError> {
        let positive = |x: f64| x > 0.0 && x.is_finite();
        at_least_one("the number of steps between choices of points", self.every)?;
        at_least_one("the number of candidates per point", self.candidates)?;
        let power = self.power;
        value(
            "the power of the density",
            power,
            "a positive number",
            positive(power),
        )?;
        // Weights are one over the density.
        let (expected, least) = match self.method {
            AdaptiveMethod::Importance => ("a positive number", f64::MIN_POSITIVE),
            _ => ("0 or a positive number", 0.0),
        };
        let fits = self.offset >= least && self.offset.is_finite();
        value("the offset of the density", self.offset, expected, fits)?;
        if let AdaptiveMethod::RarD { growth, limit } = self.method {
            value(
                "the growth of the points",
                growth,
                "a positive number",
                positive(growth),
            )?;
            let fits = limit >= 1.0 && limit.is_finite();
            value("the limit of the points", limit, "at least 1", fits)?;
        }
        Ok(())
    }
}

impl SamplingSettings {
    /// Whether points can be drawn.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        at_least_one("the number of interior points", self.interior)?;
        for rows in &self.conditions {
            at_least_one("the number of points of a condition", *rows)?;
        }
        if let Some(steps) = self.resample_every {
            at_least_one("the number of steps between resamplings", steps)?;
        }
        match &self.adaptive {
            Some(_) if self.resample_every.is_some() => Err(SettingsError::TwoResamplings),
            Some(adaptive) => adaptive.check(),
            None => Ok(()),
        }
    }

    /// The setting by which points are drawn anew.
    pub(crate) fn moving(&self) -> Option<&'static str> {
        match (&self.adaptive, self.resample_every) {
            (Some(_), _) => Some("adaptive"),
            (None, Some(_)) => Some("resample_every"),
            (None, None) => None,
        }
    }
}

fn at_least_one(what: &str, found: usize) -> Result<(), SettingsError> {
    value(what, found as f64, "at least 1", found >= 1)
}

fn value(what: &str, found: f64, expected: &'static str, fits: bool) -> Result<(), SettingsError> {
    match fits {
        true => Ok(()),
        false => Err(SettingsError::Value {
            what: what.to_string(),
            expected,
            found,
        }),
    }
}
