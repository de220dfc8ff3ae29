//! Training sessions, which take a statement with settings, and can be saved and continued.

mod building;
mod collocation;
mod divergence;
mod due;
mod identity;
mod inference;
mod journal;
mod model;
mod objective;
mod own;
mod probe;
mod running;
mod saving;
mod statistics;
mod training;

pub use model::Model;
pub use training::{NondimensionalKernel, Session};

use super::ansatz::Exact;
use super::checkpoint::CheckpointError;
use super::phase_end::PhaseEnd;
use super::settings::{Precision, Settings, SettingsError};
use super::statement::Posed;
use super::uncertainty::Inference;
use pinn_engine::EngineError;
use pinn_engine::device::Hardware;
use pinn_hyper::HyperError;
use pinn_network::{Network, NetworkError};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// State of the training after one step, for an [`Observer`].
#[derive(Clone, Debug)]
pub struct Progress<'a> {
    /// Number of the phase, from 0.
    pub phase: usize,
    /// Number of completed steps of all phases.
    pub step: usize,
    /// Number of steps of all phases, if none stops early.
    pub steps: usize,
    /// Unweighted dimensionless mean squares, numbered as [`Engine`](pinn_engine::Engine) says: before the
    /// step for Adam, after it for L-BFGS.
    pub losses: &'a [f64],
    /// Their sum, which stopping rules and checkpoints use.
    pub loss: f64,
    /// Weights in the optimised loss.
    pub weights: &'a [f64],
    /// Euclidean norm of the gradient of the optimised loss.
    pub gradient_norm: f64,
    /// Learning rate of the step; `None` for methods without one.
    pub learning_rate: Option<f64>,
    /// Values of the unknowns in SI base units.
    pub unknowns: &'a [f64],
    /// Seconds of training so far, those before a resumption included.
    pub seconds: f64,
}

/// Observer that is called after every step, on the training thread.
pub trait Observer {
    /// Observes one step.
    fn step(&mut self, progress: &Progress<'_>);
}

/// Ignores all steps.
impl Observer for () {
    fn step(&mut self, _: &Progress<'_>) {}
}

/// Result of [`AnySession::train`].
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// Every phase ended, each for one reason.
    Finished {
        /// One reason per phase.
        reasons: Vec<PhaseEnd>,
    },
    /// The flag interrupted the training; the state can be continued.
    Interrupted,
    /// A loss became non-finite; the state is the last good one.
    Diverged(Divergence),
}

/// First residual that was not finite, and its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Divergence {
    /// Number of steps that were completed before.
    pub step: usize,
    /// Name of the residual.
    pub residual: String,
    /// Coordinates of the first bad point, SI base units (both sites of a periodic condition, one after the
    /// other); empty if the residuals themselves are finite and their gradient is not.
    pub at: Vec<f64>,
}

/// Reasons why a session cannot be created, run, saved or restored.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The settings do not fit the statement or each other.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The network cannot be built.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The hypernetwork cannot generate the network.
    #[error(transparent)]
    Hypernetwork(#[from] HyperError),
    /// The engine cannot be built, or it failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The checkpoint cannot be written or read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// A [`Session`] of any precision.
pub trait AnySession: Send {
    /// Statement that the session solves.
    fn statement(&self) -> &Posed;
    /// Names of all losses in order: `heat`, `cooled face`, … with `condition: residual` where a condition has several.
    fn loss_names(&self) -> &[String];
    /// One entry per condition of the statement: the reason why it holds exactly and has no loss, or `None` if it is
    /// trained.
    fn exact(&self) -> &[Option<Exact>];
    /// Number of completed steps of all phases.
    fn step(&self) -> usize;
    /// Number of trained parameters.
    fn parameters(&self) -> usize;
    /// The trained parameters.
    fn parameter_values(&self) -> Vec<f64>;
    /// Unweighted dimensionless losses at the current points.
    fn losses(&mut self) -> Result<Vec<f64>, SessionError>;
    /// Unweighted dimensionless losses at held-out points, which are equal in all sessions of a problem.
    fn held_out(&mut self) -> Result<Vec<f64>, SessionError>;
    /// Norm of the gradient of the optimised loss by the weights of every layer, in order, at the current
    /// parameters and points.
    fn layer_gradients(&mut self) -> Result<Vec<f64>, SessionError>;
    /// Trains until all phases ended, `stop` is set, or a loss becomes non-finite.
    ///
    /// Points are resampled as [`SamplingSettings`](pinn_geometry::sampling::settings::SamplingSettings) says, except
    /// in phases with a quasi-Newton method: these compare gradients of successive steps and keep their initial points.
    /// Adaptive points change in every phase, and such methods then restart.
    fn train(
        &mut self,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Outcome, SessionError>;
    /// Seconds of training so far.
    fn seconds(&self) -> f64;
    /// Writes the complete state atomically.
    fn save(&self, path: &Path) -> Result<(), SessionError>;
    /// Continues bit for bit from a saved state of the same problem and settings. Settings that do not enter
    /// the steps still to come may differ: threads, when phases stop, phases that have not begun. On an error
    /// the session is unchanged.
    fn restore(&mut self, path: &Path) -> Result<(), SessionError>;
    /// Parameters of the generated network at values of the ranged parameters, SI base units; `None` if no network is
    /// generated.
    fn generated(&self, values: &[f64]) -> Option<Vec<f64>>;
    /// Starts from these parameters of the network instead of random ones.
    ///
    /// # Errors
    /// If their number differs from that of the network.
    fn begin_with(&mut self, parameters: &[f64]) -> Result<(), SessionError>;
    /// Starts from the parameters of a saved run with the same network. Its problem may be different.
    fn begin_from(&mut self, path: &Path) -> Result<(), SessionError>;
    /// Values of the unknowns in SI base units, in the order of the statement.
    fn unknowns(&self) -> Vec<f64>;
    /// Estimates of the unknowns and distances of the measurements at the current parameters; `None` without
    /// measurements. Intervals need an engine that gives the Jacobian, and at most some thousand parameters.
    fn inference(&mut self) -> Result<Option<Inference>, SessionError>;
    /// Fields in SI base units at coordinates in SI base units; of a family, the ranged parameters are the last ones.
    fn evaluate(&mut self, coordinates: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, SessionError>;
}

/// The network that a session of a statement trains, or the one that its hypernetwork generates.
///
/// # Errors
/// If the settings do not fit each other.
pub fn network(statement: &Posed, settings: &Settings) -> Result<Network, SessionError> {
    Ok(model::Model::new(statement, settings)?.network)
}

/// Builds a session on the CPU, in the precision that the settings ask for.
pub fn session(
    statement: &Posed,
    settings: &Settings,
) -> Result<Box<dyn AnySession>, SessionError> {
    session_on(&Hardware::Cpu, statement, settings)
}

/// Builds a session on given hardware, as [`Session::on`] says.
pub fn session_on(
    hardware: &Hardware,
    statement: &Posed,
    settings: &Settings,
) -> Result<Box<dyn AnySession>, SessionError> {
    Ok(match settings.precision {
        Precision::F32 | Precision::Tf32 | Precision::Tf32x3 => {
            Box::new(Session::<f32>::on(hardware, statement, settings)?)
        }
        Precision::F64 => Box::new(Session::<f64>::on(hardware, statement, settings)?),
    })
}

#[cfg(test)]
mod tests;
