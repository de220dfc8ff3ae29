//! Studies: a claim, its measurement, and the verdict.
//!
//! A study lists cases (a setting of the problem and a treatment of it), runs every case with the same seeds,
//! so that treatments are compared in pairs, and judges the table of all runs. A verdict contains only the
//! results of the runs of this very call.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod effective_lr;
mod files;
mod harness;
mod hypernetwork;
mod norm_layers;
mod residual_norm;
mod table;
mod training;

use effective_lr::EffectiveLrStudy;
pub use files::{StudyReport, write};
pub use harness::{Options, StudyError, Watcher, run};
use hypernetwork::HypernetworkStudy;
use norm_layers::NormLayersStudy;
use residual_norm::ResidualNormStudy;
pub use table::{Run, Summary, Table};

use serde::Serialize;
use std::sync::atomic::AtomicBool;

/// Claim and the runs that test it.
pub trait Study: Send + Sync {
    /// Name on the command line: `residual-norm`.
    fn name(&self) -> &'static str;

    /// Claim, in a sentence or two.
    fn claim(&self) -> &'static str;

    /// Meaning of [`Measurement::error`], in a few words.
    fn error(&self) -> &'static str;

    /// Meaning of the horizontal axis of curves.
    fn horizontal(&self) -> &'static str {
        "step"
    }

    /// Meaning of the vertical axis of curves; by default that of the error.
    fn curve(&self) -> &'static str {
        self.error()
    }

    /// All cases, in the order in which tables show them.
    fn cases(&self) -> Vec<Case>;

    /// Number of steps of one run.
    fn steps(&self, quick: bool) -> usize;

    /// Runs a case with a seed. Equal cases and seeds give equal bits.
    ///
    /// Once `stop` is set, the run ends early and returns what it has.
    ///
    /// # Errors
    /// If the problem cannot be posed or trained.
    fn measure(
        &self,
        case: &Case,
        seed: u64,
        steps: usize,
        stop: &AtomicBool,
    ) -> Result<Measurement, StudyError>;

    /// Judges the claim by the runs.
    fn judge(&self, table: &Table) -> Vec<Finding>;
}

/// Case of a study: one row of its table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Case {
    /// Setting of the problem: `Br = 20`.
    pub setting: String,
    /// Treatment that is compared: `ntk-trace`.
    pub treatment: String,
}

/// Result of one run.
#[derive(Clone, PartialEq, Debug)]
pub struct Measurement {
    /// Error at the end.
    pub error: f64,
    /// Pairs (steps done, error or the quantity of [`Study::curve`]); may be empty.
    pub curve: Vec<(usize, f64)>,
}

/// Part of a verdict.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Finding {
    /// Result that would support the claim.
    pub expected: String,
    /// Result of the runs.
    pub measured: String,
    /// True if the result supports the claim.
    pub supported: bool,
}

/// All studies, in the order of the list of `pinn study`.
pub fn studies() -> Vec<Box<dyn Study>> {
    vec![
        Box::new(ResidualNormStudy),
        Box::new(NormLayersStudy),
        Box::new(HypernetworkStudy),
        Box::new(EffectiveLrStudy),
    ]
}
