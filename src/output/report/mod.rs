//! `report.json`: everything about a run in one file. Keys are stable: `errors.T.relative_l2`,
//! `losses.heat.rms`, `time.train_s`, …

mod accuracy;
mod grid;
mod statement;

pub use accuracy::{ErrorReport, LossReport, WeightReport};
pub use grid::{AxisReport, GridReport, SampledFieldReport};
pub use statement::{
    CoefficientReport, FormReport, GroupReport, QuantityReport, Role, ScaleReport,
};

use crate::pinn::session::Outcome;
use crate::pinn::settings::{OptimiserSettings, Phase, Settings};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The whole report. Maps keep the order of declaration.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Stem of the problem file.
    pub problem: String,
    pub title: String,
    /// Name of the equation in the registry.
    pub equation: String,
    pub seed: u64,
    pub settings: Settings,
    pub versions: Versions,
    /// By name.
    pub quantities: IndexMap<String, QuantityReport>,
    /// Of coordinates and fields, by name.
    pub scales: IndexMap<String, ScaleReport>,
    pub groups: Vec<GroupReport>,
    /// Equations, then conditions; named as [`Report::losses`].
    pub forms: Vec<FormReport>,
    /// The network in one line.
    pub network: String,
    /// Trainable parameters of the network.
    pub parameters: usize,
    /// Conditions that hold exactly and have no loss, and why.
    pub exact: IndexMap<String, String>,
    /// By equation and trained condition.
    pub losses: IndexMap<String, LossReport>,
    /// Sum of the losses at points that training did not see, which are the same for every run of a problem.
    #[serde(default)]
    pub held_out_loss: Option<f64>,
    /// Weights in the optimised loss, by equation and trained condition; all of them are in `metrics.jsonl`.
    #[serde(default)]
    pub weights: IndexMap<String, WeightReport>,
    /// One line: what the errors are measured against.
    pub reference: Option<String>,
    /// By field; empty without a reference.
    pub errors: IndexMap<String, ErrorReport>,
    pub time: TimeReport,
    pub outcome: OutcomeReport,
    /// Grid of `solution.csv`; none where training ended without a solution.
    pub grid: Option<GridReport>,
    /// Names of the files in the run folder.
    pub files: Vec<String>,
}

/// What made the run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Versions {
    pub pinn: String,
    pub operating_system: String,
    pub architecture: String,
    /// Vector instructions that the engine chose, such as `avx2`.
    pub simd: Option<String>,
    /// Threads that the run used.
    pub threads: usize,
}

impl Versions {
    pub fn current(simd: Option<String>, threads: usize) -> Self {
        Versions {
            pinn: env!("CARGO_PKG_VERSION").to_string(),
            operating_system: std::env::consts::OS.to_string(),
            architecture: std::env::consts::ARCH.to_string(),
            simd,
            threads,
        }
    }
}

/// Wall time, all sessions of a resumed run together for `train_s`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TimeReport {
    pub train_s: f64,
    /// From reading the problem file to the end of the evaluation.
    pub total_s: f64,
    pub steps: usize,
    pub steps_per_s: f64,
}

impl TimeReport {
    pub fn new(train_s: f64, total_s: f64, steps: usize) -> Self {
        TimeReport {
            train_s,
            total_s,
            steps,
            steps_per_s: if train_s > 0.0 {
                steps as f64 / train_s
            } else {
                0.0
            },
        }
    }
}

/// How training ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum OutcomeReport {
    Finished {
        phases: Vec<PhaseReport>,
    },
    Interrupted,
    Diverged {
        step: usize,
        residual: String,
        /// Coordinates of the first bad point, SI base units.
        at: Vec<f64>,
    },
}

/// Why one phase ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PhaseReport {
    pub optimiser: String,
    pub reason: String,
}

impl OutcomeReport {
    pub fn new(outcome: &Outcome, phases: &[Phase]) -> Self {
        match outcome {
            Outcome::Finished { reasons } => {
                let phases = phases
                    .iter()
                    .zip(reasons)
                    .map(|(phase, reason)| PhaseReport {
                        optimiser: optimiser_name(&phase.optimiser).to_string(),
                        reason: reason.clone(),
                    });
                OutcomeReport::Finished {
                    phases: phases.collect(),
                }
            }
            Outcome::Interrupted => OutcomeReport::Interrupted,
            Outcome::Diverged(divergence) => OutcomeReport::Diverged {
                step: divergence.step,
                residual: divergence.residual.clone(),
                at: divergence.at.clone(),
            },
        }
    }
}

/// Name of an optimiser as in problem files, for reports and pictures.
pub fn optimiser_name(settings: &OptimiserSettings) -> &'static str {
    match settings {
        OptimiserSettings::Adam { .. } => "Adam",
        OptimiserSettings::Sgd { .. } => "gradient descent",
        OptimiserSettings::Lbfgs { .. } => "L-BFGS",
        OptimiserSettings::Ssbfgs { .. } => "self-scaled BFGS",
        OptimiserSettings::Ssbroyden { .. } => "self-scaled Broyden",
        OptimiserSettings::GaussNewton { .. } => "Gauss–Newton",
        OptimiserSettings::Soap { .. } => "SOAP",
    }
}
