//! Settings of a solution: network, points and phases of training. They are plain data and checked when a session is
//! created.

mod error;
mod family;
mod loss;
mod sampling;
pub mod usual;

pub use error::SettingsError;
pub use family::{FamilyMethod, FamilySettings};
pub use loss::{PointWeights, ResidualNormChoice};
use pinn_geometry::sampling::settings::SamplingSettings;
use pinn_network::settings::NetworkSettings;

use pinn_engine::codegen::Products;
use serde::{Deserialize, Serialize};

/// Everything except the [`Statement`](super::statement::Statement) that determines the result of a run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// Seed of points and initial parameters.
    pub seed: u64,
    /// Number format of the training.
    pub precision: Precision,
    /// Number of threads; 0 means all cores. It does not change results.
    pub threads: usize,
    /// Layers, activations and norms.
    pub network: NetworkSettings,
    /// Settings of a family: a statement whose last coordinates are ranged parameters.
    #[serde(default)]
    pub family: Option<FamilySettings>,
    /// Numbers of points, and how they are drawn.
    pub sampling: SamplingSettings,
    /// Relative weights of residuals.
    pub residual_norm: ResidualNormChoice,
    /// Relative weights of points within a residual.
    #[serde(default)]
    pub point_weights: PointWeights,
    /// One factor per condition, in order, that multiplies the weight of the residual norm. Equations have factor one.
    pub condition_weights: Vec<f64>,
    /// Phases of the training, in order.
    pub phases: Vec<Phase>,
}

/// Number format, and the format in which a GPU multiplies matrices.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Single precision.
    F32,
    /// Double precision.
    #[default]
    F64,
    /// f32 whose products are [`Products::Tf32`].
    Tf32,
    /// f32 whose products are [`Products::Tf32Split`].
    Tf32x3,
}

impl Precision {
    /// The name in problem files.
    pub fn name(self) -> &'static str {
        match self {
            Precision::F32 => "f32",
            Precision::F64 => "f64",
            Precision::Tf32 => "tf32",
            Precision::Tf32x3 => "tf32x3",
        }
    }

    /// Format of the numbers without that of products.
    pub fn numbers(self) -> Precision {
        match self {
            Precision::F32 | Precision::Tf32 | Precision::Tf32x3 => Precision::F32,
            Precision::F64 => Precision::F64,
        }
    }

    /// The format in which tensor cores multiply matrices; everything else multiplies in f32.
    pub fn products(self) -> Products {
        match self {
            Precision::F32 | Precision::F64 => Products::Plain,
            Precision::Tf32 => Products::Tf32,
            Precision::Tf32x3 => Products::Tf32Split,
        }
    }
}

/// Optimiser and its stopping rules: it stops after `steps`, or earlier by one of the other rules.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Phase {
    /// Method with its settings.
    pub optimiser: OptimiserSettings,
    /// Largest number of steps.
    pub steps: usize,
    /// Stops the phase when the unweighted dimensionless loss (sum over all residuals) falls below this.
    pub target_loss: Option<f64>,
    /// Stops the phase after this number of seconds. Only this rule makes a run irreproducible.
    pub max_seconds: Option<f64>,
    /// Stops the phase when this number of steps has not lowered that loss by a hundredth.
    pub stagnation: Option<usize>,
}

/// Method with its settings.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
pub enum OptimiserSettings {
    /// Adam (Kingma & Ba 2015).
    Adam {
        /// Learning rate at the start.
        learning_rate: f64,
        /// Its course over the phase.
        schedule: Schedule,
        /// Decay rate of the mean of gradients.
        beta1: f64,
        /// Decay rate of the mean of their squares.
        beta2: f64,
        /// Added to the root of that mean.
        epsilon: f64,
        /// Learning rates of normalized layers.
        #[serde(default)]
        layer_rates: LayerRates,
    },
    /// Gradient descent.
    Sgd {
        /// Learning rate at the start.
        learning_rate: f64,
        /// Its course over the phase.
        schedule: Schedule,
        /// Share of the last step that is kept; 0 switches momentum off.
        momentum: f64,
        /// Learning rates of normalized layers.
        #[serde(default)]
        layer_rates: LayerRates,
    },
    /// Limited-memory BFGS.
    Lbfgs {
        /// Number of steps that the approximate Hessian uses.
        history: usize,
        /// Stops the phase when the largest gradient entry falls below.
        gradient_tolerance: f64,
    },
    /// Self-scaled BFGS.
    Ssbfgs {
        /// Stops the phase when the largest gradient entry falls below.
        gradient_tolerance: f64,
    },
    /// Self-scaled Broyden.
    Ssbroyden {
        /// Stops the phase when the largest gradient entry falls below.
        gradient_tolerance: f64,
    },
    /// Gauss–Newton on the squares of all residuals.
    GaussNewton {
        /// Stops the phase when the largest gradient entry falls below.
        gradient_tolerance: f64,
    },
    /// Gauss–Newton on the output layer alone: one step where the problem is affine in the fields.
    LeastSquares,
    /// Adam in the eigenbasis of Shampoo's preconditioner (Vyas et al. 2025).
    Soap {
        /// Learning rate at the start.
        learning_rate: f64,
        /// Its course over the phase.
        schedule: Schedule,
        /// Decay rate of the mean of gradients.
        beta1: f64,
        /// Decay rate of the mean of their squares.
        beta2: f64,
        /// Added to the root of that mean.
        epsilon: f64,
        /// Steps between two changes of the eigenbasis.
        refresh: usize,
        /// Learning rates of normalized layers.
        #[serde(default)]
        layer_rates: LayerRates,
    },
}

impl OptimiserSettings {
    /// The schedule of a first-order method.
    pub fn schedule(&self) -> Option<Schedule> {
        match self {
            OptimiserSettings::Adam { schedule, .. }
            | OptimiserSettings::Sgd { schedule, .. }
            | OptimiserSettings::Soap { schedule, .. } => Some(*schedule),
            _ => None,
        }
    }

    /// The learning rates of layers; [`LayerRates::Equal`] for methods without a learning rate.
    pub fn layer_rates(&self) -> LayerRates {
        match self {
            OptimiserSettings::Adam { layer_rates, .. }
            | OptimiserSettings::Sgd { layer_rates, .. }
            | OptimiserSettings::Soap { layer_rates, .. } => *layer_rates,
            _ => LayerRates::Equal,
        }
    }
}

/// Learning rates of layers whose results pass through a norm, which removes their size.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayerRates {
    /// All layers have the global rate.
    #[default]
    Equal,
    /// All layers turn at the same rate, regardless of the sizes of their weights W (l² the mean square of the length
    /// of its rows) and of the gains γ (g their root mean square): the global rate times l²/g for gradient descent,
    /// whose step follows the gradient, and times l for Adam and SOAP, whose step does not; within a hundredth and a
    /// hundred.
    ByNorm,
}

/// Factor on the learning rate over a phase.
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
pub enum Schedule {
    /// All steps have the same rate.
    #[default]
    Constant,
    /// The rate falls by `decay` per `every` steps, continuously.
    Exponential {
        /// Factor after `every` steps.
        decay: f64,
        /// Number of steps per factor.
        every: usize,
    },
    /// The rate follows half a cosine from 1 down to `floor` over the phase (Loshchilov & Hutter 2017).
    Cosine {
        /// Factor at the end.
        floor: f64,
    },
}

/// Range of decay rates, for messages.
const BELOW_ONE: &str = "at least 0 and below 1";

impl Settings {
    /// Checks that these settings allow this number of sets of measurements and of unknowns.
    pub fn check_inverse(&self, measurements: usize, unknowns: usize) -> Result<(), SettingsError> {
        if measurements + unknowns > 0 && self.family.is_some() {
            return Err(SettingsError::InverseFamily);
        }
        let weights = self.residual_norm != ResidualNormChoice::None;
        let remembers = matches!(
            self.point_weights,
            PointWeights::SelfAdaptive { .. } | PointWeights::Attention { .. }
        );
        match measurements > 0 && (weights || remembers) {
            true => Err(SettingsError::WeighedMeasurements),
            false => Ok(()),
        }
    }

    /// Checks that the network has layers for every phase that adjusts the rates of layers.
    pub(crate) fn check_rates(&self, normed_layers: usize) -> Result<(), SettingsError> {
        let by_norm = |phase: &Phase| phase.optimiser.layer_rates() == LayerRates::ByNorm;
        match self.phases.iter().position(by_norm) {
            Some(number) if normed_layers == 0 => {
                let phase = number + 1;
                Err(SettingsError::NoNormedLayer { phase })
            }
            _ => Ok(()),
        }
    }

    /// Checks that a session of a statement with this number of conditions can be created.
    pub fn check(&self, conditions: usize) -> Result<(), SettingsError> {
        for (what, found) in [
            ("points per condition", self.sampling.conditions.len()),
            ("weights of conditions", self.condition_weights.len()),
        ] {
            if found != conditions {
                return Err(SettingsError::Count {
                    what,
                    expected: conditions,
                    found,
                });
            }
        }
        let check = |what: &str, found: f64, expected, fits: fn(f64) -> bool| {
            if fits(found) {
                return Ok(());
            }
            Err(SettingsError::Value {
                what: what.to_string(),
                expected,
                found,
            })
        };
        let positive = |x: f64| x.is_finite() && x > 0.0;
        let count = |what: &str, n: usize| check(what, n as f64, "at least 1", |n| n >= 1.0);
        sampling::check(&self.sampling)?;
        if let Some(family) = &self.family {
            family.check()?;
            if self.sampling.adaptive.is_some() {
                return Err(SettingsError::AdaptiveFamily);
            }
        }
        let moving = self.sampling.moving();
        self.point_weights.check(self.residual_norm, moving)?;
        for width in &self.network.hidden {
            count("the width of a hidden layer", *width)?;
        }
        for weight in &self.condition_weights {
            check(
                "the weight of a condition",
                *weight,
                "a positive number",
                positive,
            )?;
        }
        for (number, phase) in self.phases.iter().enumerate() {
            let of = |what: &str| format!("{what} of phase {}", number + 1);
            let tolerance = |found: f64| {
                let fits = |x: f64| x >= 0.0 && x.is_finite();
                check(
                    &of("the gradient tolerance"),
                    found,
                    "0 or a positive number",
                    fits,
                )
            };
            let decay = |x: f64| (0.0..1.0).contains(&x);
            match phase.optimiser.schedule() {
                None | Some(Schedule::Constant) => {}
                Some(Schedule::Exponential { decay, every }) => {
                    check(&of("the decay"), decay, "a positive number", positive)?;
                    count(&of("the number of steps per decay"), every)?;
                }
                Some(Schedule::Cosine { floor }) => {
                    let fits = |x: f64| (0.0..=1.0).contains(&x);
                    check(&of("the floor"), floor, "from 0 to 1", fits)?;
                }
            }
            match phase.optimiser {
                OptimiserSettings::LeastSquares => {}
                OptimiserSettings::Adam {
                    learning_rate,
                    beta1,
                    beta2,
                    epsilon,
                    ..
                }
                | OptimiserSettings::Soap {
                    learning_rate,
                    beta1,
                    beta2,
                    epsilon,
                    ..
                } => {
                    let expected = "a positive number";
                    check(&of("the learning rate"), learning_rate, expected, positive)?;
                    check(&of("beta1"), beta1, BELOW_ONE, decay)?;
                    check(&of("beta2"), beta2, BELOW_ONE, decay)?;
                    check(&of("epsilon"), epsilon, expected, positive)?;
                }
                OptimiserSettings::Sgd {
                    learning_rate,
                    momentum,
                    ..
                } => {
                    let expected = "a positive number";
                    check(&of("the learning rate"), learning_rate, expected, positive)?;
                    check(&of("the momentum"), momentum, BELOW_ONE, decay)?;
                }
                OptimiserSettings::Lbfgs {
                    history,
                    gradient_tolerance,
                } => {
                    count(&of("the history"), history)?;
                    tolerance(gradient_tolerance)?;
                }
                OptimiserSettings::Ssbfgs { gradient_tolerance }
                | OptimiserSettings::Ssbroyden { gradient_tolerance }
                | OptimiserSettings::GaussNewton { gradient_tolerance } => {
                    tolerance(gradient_tolerance)?;
                }
            }
        }
        Ok(())
    }
}
