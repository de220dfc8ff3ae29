//! `report.json`: complete report on a run in one file. Keys are stable: `errors.T.relative_l2`,
//! `losses.heat.rms`, `time.train_s`, …

mod accuracy;
mod family;
mod grid;
mod inverse;
mod solved;
mod statement;

pub use accuracy::{ErrorReport, EstimateReport, LossReport, WeightReport};
pub use family::{FamilyErrorReport, FamilyReport, RangeReport};
pub use grid::{AxisReport, GridReport, SampledFieldReport};
pub use inverse::{
    InverseReport, MeasurementsReport, ShownMeasurements, ShownUnknown, UnknownReport,
};
pub use solved::Solved;
pub use statement::{
    CoefficientReport, FormReport, GroupReport, QuantityReport, Role, ScaleReport,
};

use indexmap::IndexMap;
use pinn_core::phase_end::PhaseEnd;
use pinn_core::session::Outcome;
use pinn_core::settings::{OptimiserSettings, Phase, Settings};
use serde::{Deserialize, Serialize};

/// Report on a run. Maps keep the order of declaration.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Stem of the problem file.
    pub problem: String,
    /// Title of the problem.
    pub title: String,
    /// Name of the equation in the registry.
    pub equation: String,
    /// Seed of the run.
    pub seed: u64,
    /// Settings of the run.
    pub settings: Settings,
    /// Program and machine.
    pub versions: Versions,
    /// Quantities, by name.
    pub quantities: IndexMap<String, QuantityReport>,
    /// Scales of coordinates and fields, by name.
    pub scales: IndexMap<String, ScaleReport>,
    /// Dimensionless groups.
    pub groups: Vec<GroupReport>,
    /// Dimensionless forms of the equations, then of the conditions, with the names of [`Report::losses`].
    pub forms: Vec<FormReport>,
    /// Description of the network in one line.
    pub network: String,
    /// Number of trainable parameters of the network.
    pub parameters: usize,
    /// Conditions that hold exactly and have no loss, with the reason.
    pub exact: IndexMap<String, String>,
    /// Losses of equations and trained conditions, by name.
    pub losses: IndexMap<String, LossReport>,
    /// Sum of the losses at points that training did not use, and which are equal for all runs of a problem.
    #[serde(default)]
    pub held_out_loss: Option<f64>,
    /// Weights in the optimised loss, by equation and trained condition; `metrics.jsonl` has all of them.
    #[serde(default)]
    pub weights: IndexMap<String, WeightReport>,
    /// Description of the reference in one line.
    pub reference: Option<String>,
    /// Largest relative L2 error of a field that the problem file promises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_error: Option<f64>,
    /// Errors by field; empty without a reference.
    pub errors: IndexMap<String, ErrorReport>,
    /// Errors by field as estimated from a second, independent solution; empty if there is none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub estimates: IndexMap<String, EstimateReport>,
    /// Report on the family, for a run over ranges. The rest of the report is about the member at their
    /// middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<FamilyReport>,
    /// Report on unknowns, for a problem with measurements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inverse: Option<InverseReport>,
    /// Times of the run.
    pub time: TimeReport,
    /// End of training.
    pub outcome: OutcomeReport,
    /// Grid of `solution.csv`; `None` if training ended without a solution.
    pub grid: Option<GridReport>,
    /// Names of the files in the run folder.
    pub files: Vec<String>,
}

/// Versions of the program and its environment.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Versions {
    /// Version of this program.
    pub pinn: String,
    /// Name of the operating system.
    pub operating_system: String,
    /// Architecture of the CPU.
    pub architecture: String,
    /// Vector instructions that the engine chose, such as `avx2`.
    pub simd: Option<String>,
    /// Number of threads of the run.
    pub threads: usize,
    /// GPU that trained, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

impl Versions {
    /// Versions of this program on this machine.
    pub fn current(simd: Option<String>, threads: usize) -> Self {
        Versions {
            pinn: env!("CARGO_PKG_VERSION").to_string(),
            operating_system: std::env::consts::OS.to_string(),
            architecture: std::env::consts::ARCH.to_string(),
            simd,
            threads,
            device: None,
        }
    }
}

/// Wall-clock times; `train_s` covers all sessions of a resumed run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TimeReport {
    /// Seconds of training.
    pub train_s: f64,
    /// Seconds from reading the problem file to the end of the evaluation.
    pub total_s: f64,
    /// Number of steps.
    pub steps: usize,
    /// Steps per second of training.
    pub steps_per_s: f64,
}

impl TimeReport {
    /// Computes the rate from the times.
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

/// End of training.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum OutcomeReport {
    /// All phases came to their end.
    Finished {
        /// Ends of the phases, in order.
        phases: Vec<PhaseReport>,
    },
    /// The user stopped training.
    Interrupted,
    /// Another run generated the network, which was not trained.
    Generated {
        /// Name of the run.
        by: String,
    },
    /// A loss was not finite.
    Diverged {
        /// Step at which it happened.
        step: usize,
        /// Name of the first residual that was not finite.
        residual: String,
        /// Coordinates of the first bad point, in SI base units.
        at: Vec<f64>,
    },
}

/// End of one phase.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PhaseReport {
    /// Name of the optimiser as in problem files.
    pub optimiser: String,
    /// Reason of the end.
    pub reason: PhaseEnd,
}

impl OutcomeReport {
    /// Converts an outcome of these phases.
    pub fn new(outcome: &Outcome, phases: &[Phase]) -> Self {
        match outcome {
            Outcome::Finished { reasons } => {
                let phases = phases
                    .iter()
                    .zip(reasons)
                    .map(|(phase, reason)| PhaseReport {
                        optimiser: optimiser_name(&phase.optimiser).to_string(),
                        reason: *reason,
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
        OptimiserSettings::LeastSquares => "least squares",
        OptimiserSettings::GaussNewton { .. } => "Gauss–Newton",
        OptimiserSettings::Soap { .. } => "SOAP",
    }
}
