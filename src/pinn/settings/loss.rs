//! How residuals are weighed, one against the other and point against point.

use super::SettingsError;
use pinn_norm::points::{Attention, Causal, LayerNorm, PointWeighting, SelfAdaptive};
use pinn_norm::residual::{Balance, FrozenRms, ResidualNorm, Statistic, Unweighted};
use serde::{Deserialize, Serialize};

/// Weights of the residuals of several equations, one against the other (`norm::residual`).
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResidualNormChoice {
    /// All residuals alike.
    #[default]
    None,
    /// Each residual divided by its root mean square at the start.
    FrozenRms,
    /// Each point of several residuals divided by their root mean square there.
    LayerNorm,
    /// Gradients of all losses made equally long.
    GradNorm,
    /// All residuals made to fall equally fast.
    NtkTrace,
}

impl ResidualNormChoice {
    /// Default of problem files: weights are needed as soon as equations compete.
    pub fn usual(equations: usize) -> Self {
        match equations {
            0 | 1 => ResidualNormChoice::None,
            _ => ResidualNormChoice::NtkTrace,
        }
    }

    pub(crate) fn norm(self, losses: usize) -> Box<dyn ResidualNorm> {
        match self {
            // Layer normalisation weighs points.
            ResidualNormChoice::None | ResidualNormChoice::LayerNorm => {
                Box::new(Unweighted::new(losses))
            }
            ResidualNormChoice::FrozenRms => Box::new(FrozenRms::new(losses)),
            ResidualNormChoice::GradNorm => Box::new(Balance::new(Statistic::GradientNorm, losses)),
            ResidualNormChoice::NtkTrace => Box::new(Balance::new(Statistic::NtkTrace, losses)),
        }
    }
}

/// Weights of points, one against the other (`norm::points`).
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case")]
pub enum PointWeights {
    /// All points alike.
    #[default]
    None,
    /// Weights climb by `rate` times the square of the residual.
    SelfAdaptive {
        /// Growth of a weight per step and squared residual.
        rate: f64,
    },
    /// Weights remember where residuals were large.
    Attention {
        /// Share of a weight that is left after a step.
        decay: f64,
        /// Growth of a weight per step where the residual is largest.
        rate: f64,
    },
    /// Later times wait for earlier ones.
    Causal {
        /// Strength of the wait: the factor on the residuals of earlier times.
        strength: f64,
        /// Number of chunks that time is divided into.
        chunks: usize,
    },
}

impl PointWeights {
    /// The name in problem files.
    pub fn name(self) -> &'static str {
        match self {
            PointWeights::None => "none",
            PointWeights::SelfAdaptive { .. } => "self-adaptive",
            PointWeights::Attention { .. } => "attention",
            PointWeights::Causal { .. } => "causal",
        }
    }

    /// Checks whether numbers can be used, and whether they fit the residual norm and the setting by which points are
    /// drawn anew.
    pub fn check(
        self,
        norm: ResidualNormChoice,
        moving: Option<&'static str>,
    ) -> Result<(), SettingsError> {
        let value = |what: &str, found: f64, expected, fits: bool| match fits {
            true => Ok(()),
            false => Err(SettingsError::Value {
                what: format!("{what} of the weights of points"),
                expected,
                found,
            }),
        };
        let positive = |what, x: f64| value(what, x, "a positive number", x > 0.0 && x.is_finite());
        match self {
            PointWeights::None => return Ok(()),
            PointWeights::SelfAdaptive { rate } => positive("the rate", rate)?,
            PointWeights::Attention { decay, rate } => {
                positive("the rate", rate)?;
                let fits = (0.0..1.0).contains(&decay);
                value("the decay", decay, "at least 0 and below 1", fits)?;
            }
            PointWeights::Causal { strength, chunks } => {
                positive("the strength", strength)?;
                let fits = chunks >= 1;
                value("the number of chunks", chunks as f64, "at least 1", fits)?;
            }
        }
        let method = self.name();
        if norm == ResidualNormChoice::LayerNorm {
            return Err(SettingsError::TwoPointWeights { method });
        }
        let remembers = !matches!(self, PointWeights::Causal { .. });
        match moving.filter(|_| remembers) {
            Some(key) => Err(SettingsError::Forgetful { method, key }),
            None => Ok(()),
        }
    }

    pub(crate) fn weighting(self, norm: ResidualNormChoice) -> Option<Box<dyn PointWeighting>> {
        match (self, norm) {
            (PointWeights::None, ResidualNormChoice::LayerNorm) => Some(Box::new(LayerNorm::new())),
            (PointWeights::None, _) => None,
            (PointWeights::SelfAdaptive { rate }, _) => Some(Box::new(SelfAdaptive::new(rate))),
            (PointWeights::Attention { decay, rate }, _) => {
                Some(Box::new(Attention::new(decay, rate)))
            }
            (PointWeights::Causal { strength, chunks }, _) => {
                Some(Box::new(Causal::new(strength, chunks)))
            }
        }
    }
}
