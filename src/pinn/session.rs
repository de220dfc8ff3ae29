//! A run: statement and settings in, trained parameters out; can be saved and continued.

use super::engine::EngineError;
use super::settings::Settings;
use super::statement::{Statement, StatementError};
use crate::expr::Real;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// What an observer sees after each step.
#[derive(Clone, Debug)]
pub struct Progress<'a> {
    /// Number of the phase, from 0.
    pub phase: usize,
    /// Steps done in all phases together.
    pub step: usize,
    /// Steps of all phases together, if none stops early.
    pub steps: usize,
    /// Unweighted dimensionless mean squares, numbered as [`Engine`](super::engine::Engine) says.
    pub losses: &'a [f64],
    /// Their sum: what stops, saves and compares.
    pub loss: f64,
    /// Weights in the optimised loss.
    pub weights: &'a [f64],
    pub gradient_norm: f64,
    pub learning_rate: Option<f64>,
    /// Seconds of training so far, those before a resumption included.
    pub seconds: f64,
}

/// Called after every step, on the training thread.
pub trait Observer {
    fn step(&mut self, progress: &Progress<'_>);
}

/// Why training ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// Every phase ended; one reason per phase, such as "steps", "target loss", "gradient".
    Finished { reasons: Vec<String> },
    /// Interrupted by the flag; the state can be continued.
    Interrupted,
    /// A loss became non-finite; the state is the last good one.
    Diverged(Divergence),
}

/// Which residual went bad first, and where.
#[derive(Clone, PartialEq, Debug)]
pub struct Divergence {
    pub step: usize,
    pub residual: String,
    /// Coordinates of the first bad point, SI base units; empty if the residuals themselves are finite.
    pub at: Vec<f64>,
}

/// Why a session cannot be made, run, saved or restored.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error(transparent)]
    Statement(#[from] StatementError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    // The checkpoint's errors join here.
}

/// Type-erased over the precision, for the command line and the search.
pub trait AnySession {
    /// Names of all losses in order: `heat`, `cooled face`, … with `condition: residual` where a condition has several.
    fn loss_names(&self) -> &[String];
    fn step(&self) -> usize;
    fn parameters(&self) -> usize;
    /// Unweighted dimensionless losses at the current points.
    fn losses(&mut self) -> Result<Vec<f64>, SessionError>;
    /// Trains until all phases ended, `stop` is set, or a loss becomes non-finite.
    fn train(
        &mut self,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Outcome, SessionError>;
    /// Seconds of training so far.
    fn seconds(&self) -> f64;
    /// Writes the whole state atomically.
    fn save(&self, path: &Path) -> Result<(), SessionError>;
    /// Continues bit for bit from a saved state of the same problem and settings.
    fn restore(&mut self, path: &Path) -> Result<(), SessionError>;
    /// Fields in SI base units at coordinates in SI base units.
    fn evaluate(&mut self, coordinates: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, SessionError>;
}

/// Builds a session in the precision that the settings ask for.
pub fn session(
    statement: &Statement,
    settings: &Settings,
) -> Result<Box<dyn AnySession>, SessionError> {
    let _ = (statement, settings, f64::NAME);
    unimplemented!()
}
