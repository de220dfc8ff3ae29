//! Studies: a claim, what it was measured to be, and whether the measurement supports it.
//!
//! A study lists cases (a setting of the problem and a treatment of it), runs every case with the same seeds, so
//! that treatments are compared in pairs, and judges the table of all runs. Nothing is written into a verdict
//! but what the runs of this very call gave.

mod effective_lr;
mod files;
mod harness;
mod hypernetwork;
mod norm_layers;
mod residual_norm;
mod table;
mod training;

pub use effective_lr::EffectiveLrStudy;
pub use files::{StudyReport, write};
pub use harness::{Options, StudyError, Watcher, run};
pub use hypernetwork::HypernetworkStudy;
pub use norm_layers::NormLayersStudy;
pub use residual_norm::ResidualNormStudy;
pub use table::{Run, Summary, Table};

use serde::Serialize;
use std::sync::atomic::AtomicBool;

/// A claim and the runs that test it.
pub trait Study: Send + Sync {
    /// For the command line: `residual-norm`.
    fn name(&self) -> &'static str;

    /// What is claimed, in a sentence or two.
    fn claim(&self) -> &'static str;

    /// What [`Measurement::error`] is, in a few words.
    fn error(&self) -> &'static str;

    /// What curves run over.
    fn horizontal(&self) -> &'static str {
        "step"
    }

    /// What curves show, if that is something else.
    fn curve(&self) -> &'static str {
        self.error()
    }

    /// All cases, in the order in which tables show them.
    fn cases(&self) -> Vec<Case>;

    /// Steps of one run.
    fn steps(&self, quick: bool) -> usize;

    /// One run. The same case and seed give the same bits. Ends early, with whatever it has, once `stop` is set.
    fn measure(
        &self,
        case: &Case,
        seed: u64,
        steps: usize,
        stop: &AtomicBool,
    ) -> Result<Measurement, StudyError>;

    /// What the runs say of the claim.
    fn judge(&self, table: &Table) -> Vec<Finding>;
}

/// One row of a study's table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Case {
    /// Of the problem: `Br = 20`.
    pub setting: String,
    /// What is compared: `ntk-trace`.
    pub treatment: String,
}

/// What one run gave.
#[derive(Clone, PartialEq, Debug)]
pub struct Measurement {
    /// At the end.
    pub error: f64,
    /// (steps done, error or what [`Study::curve`] says); may be empty
    pub curve: Vec<(usize, f64)>,
}

/// One part of a verdict.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Finding {
    /// What would support the claim.
    pub expected: String,
    /// What the runs gave.
    pub measured: String,
    pub supported: bool,
}

/// Every study, in the order of `pinn study`'s list.
pub fn studies() -> Vec<Box<dyn Study>> {
    vec![
        Box::new(ResidualNormStudy),
        Box::new(NormLayersStudy),
        Box::new(HypernetworkStudy),
        Box::new(EffectiveLrStudy),
    ]
}
