//! Weights of residuals and of points.

use super::SettingsError;
use pinn_norm::points::{Attention, Causal, LayerNorm, PointWeighting, SelfAdaptive};
use pinn_norm::residual::{Balance, FrozenRms, ResidualNorm, Statistic, Unweighted};
use serde::{Deserialize, Serialize};

/// Relative weights of the residuals of several equations (`norm::residual`).
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResidualNormChoice {
    /// All residuals have equal weights.
    #[default]
    None,
    /// Each residual is divided by its initial root mean square.
    FrozenRms,
    /// At each point all residuals are divided by their root mean square there.
    LayerNorm,
    /// Weights make the gradients of all losses equally long.
    GradNorm,
    /// Weights make all residuals fall equally fast.
    NtkTrace,
}

impl ResidualNormChoice {
    /// Default of problem files: weights are needed if several equations compete.
    pub fn usual(equations: usize) -> Self {
        match equations {
            0 | 1 => ResidualNormChoice::None,
            _ => ResidualNormChoice::NtkTrace,
        }
    }

    pub(crate) fn norm(self, losses: usize) -> Box<dyn ResidualNorm> {
        match self {
            // Layer normalization weights points.
            ResidualNormChoice::None | ResidualNormChoice::LayerNorm => {
                Box::new(Unweighted::new(losses))
            }
            ResidualNormChoice::FrozenRms => Box::new(FrozenRms::new(losses)),
            ResidualNormChoice::GradNorm => Box::new(Balance::new(Statistic::GradientNorm, losses)),
            ResidualNormChoice::NtkTrace => Box::new(Balance::new(Statistic::NtkTrace, losses)),
        }
    }
}

/// Relative weights of points (`norm::points`).
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case")]
pub enum PointWeights {
    /// All points have equal weights.
    #[default]
    None,
    /// Weights grow by `rate` times the square of the residual.
    SelfAdaptive {
        /// Growth of a weight per step, relative to the squared residual.
        rate: f64,
    },
    /// Weights follow a running mean of the residuals.
    Attention {
        /// Share of a weight that remains after a step.
        decay: f64,
        /// Growth of a weight per step at the largest residual.
        rate: f64,
    },
    /// Weights of later times are small until earlier residuals are.
    Causal {
        /// Strength of the effect: the factor on the residuals of earlier times.
        strength: f64,
        /// Number of chunks of time.
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

    /// Checks the numbers, and their compatibility with the residual norm and the resampling of points.
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
