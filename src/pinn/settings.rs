//! How a statement is solved: network, points, phases of training. Plain data, validated by whoever builds it.

use super::activation::Activation;
use serde::{Deserialize, Serialize};

/// Everything beside the [`Statement`](super::statement::Statement) that decides the result of a run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Settings {
    pub seed: u64,
    pub precision: Precision,
    /// 0: as many as the machine has cores. Never changes results.
    pub threads: usize,
    pub network: NetworkSettings,
    pub sampling: SamplingSettings,
    pub residual_norm: ResidualNormChoice,
    /// One factor per condition, in order; the equations have factor one. Multiplies the norm's weight.
    pub condition_weights: Vec<f64>,
    /// Run one after the other.
    pub phases: Vec<Phase>,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    F32,
    #[default]
    F64,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NetworkSettings {
    pub hidden: Vec<usize>,
    pub activation: Activation,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SamplingSettings {
    pub method: SamplingMethod,
    /// Points inside the domain.
    pub interior: usize,
    /// Points per condition, in order.
    pub conditions: Vec<usize>,
    /// Draw new points after so many steps; `None` keeps the first ones.
    pub resample_every: Option<usize>,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SamplingMethod {
    Uniform,
    LatinHypercube,
    #[default]
    Sobol,
}

/// How residuals of several equations are weighed against each other (`norm::residual`).
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResidualNormChoice {
    #[default]
    None,
    /// Each residual divided by its root mean square at the start.
    FrozenRms,
}

/// One optimiser and when it stops: after `steps`, or earlier by one of the other rules.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Phase {
    pub optimiser: OptimiserSettings,
    pub steps: usize,
    /// Stop when the unweighted dimensionless loss (sum over all residuals) falls below.
    pub target_loss: Option<f64>,
    /// Stop after so many seconds. The one rule that makes a run irreproducible.
    pub max_seconds: Option<f64>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
pub enum OptimiserSettings {
    Adam {
        learning_rate: f64,
        schedule: Schedule,
        beta1: f64,
        beta2: f64,
        epsilon: f64,
    },
    Lbfgs {
        history: usize,
        /// Stop when the largest gradient entry falls below.
        gradient_tolerance: f64,
    },
}

/// Factor on the learning rate over a phase.
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
pub enum Schedule {
    #[default]
    Constant,
    /// `decay` per `every` steps, continuously.
    Exponential { decay: f64, every: usize },
    /// Half a cosine from 1 down to `floor` over the phase (Loshchilov & Hutter 2017).
    Cosine { floor: f64 },
}
