//! Engines: residuals, losses and parameter gradients of a network at points.
//!
//! One interface, several implementations that agree to rounding. An engine is built for one network and a
//! list of compiled residual kernels (*tasks*): the equations in the interior first, then each condition.

pub mod codegen;
pub mod device;
pub mod fused;
pub mod operation;
pub mod parallel;
pub mod placed;
pub mod resident;
pub mod shapes;
pub mod simd;
mod structure;
pub mod tape;

use self::device::DeviceError;
use self::resident::Resident;
use pinn_expr::Real;
use pinn_geometry::points::Points;
use pinn_network::jets::JetError;
use pinn_network::{Network, NetworkError};
use pinn_units::{Batch, Nondimensional};

/// Why an engine could not be built or run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    Jet(#[from] JetError),
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error("expected {expected} {what}, found {found}")]
    Shape {
        what: &'static str,
        expected: usize,
        found: usize,
    },
    #[error("the thread pool could not be built: {0}")]
    Threads(String),
    #[error(
        "the optimiser needs the Jacobian of the residuals, which this engine or function does not give; choose \
         another optimiser, such as `lbfgs`"
    )]
    NoLeastSquares,
    #[error(
        "the residual norm `ntk-trace` needs the Jacobian of the residuals, which this engine does not give; choose \
         `grad-norm`"
    )]
    NoJacobian,
    #[error("sets of points of a family must have the same members in the same order")]
    Members,
    #[error("the tensor library failed: {0}")]
    Tensor(String),
    #[error(transparent)]
    Machine(codegen::MachineError),
}

/// Evaluates a network and residual kernels at points. The first coordinates of a point are the network's; kernels
/// may read further ones, which are constants to derivatives.
///
/// Losses are numbered over all residuals of all tasks, in order: task 0 residual 0, task 0 residual 1, …
pub trait Engine<T: Real>: Send {
    fn network(&self) -> &Network;

    /// Number of losses: residuals of all tasks together.
    fn losses(&self) -> usize;

    /// The threads that it works on, for others to use between evaluations.
    fn pool(&self) -> Option<&rayon::ThreadPool> {
        None
    }

    /// Mean over rows of the square of every residual, into `losses`. Returns what is optimised: Σ weight ·
    /// loss, where the squares of points that carry [weights](Points::weights) count so much in their mean;
    /// and, if asked for, writes the gradient of that by the parameters into `gradient` (overwritten).
    ///
    /// `points` holds one set per task, `weights` one number per loss. The result does not depend on the
    /// number of threads. Allocates nothing after the first call with the same shapes. Non-finite values are
    /// passed on, not reported.
    fn loss(
        &mut self,
        parameters: &[T],
        points: &[Points<T>],
        weights: &[f64],
        losses: &mut [f64],
        gradient: Option<&mut [T]>,
    ) -> Result<f64, EngineError>;

    /// Residuals of one task at points.
    fn residuals(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
    ) -> Result<Batch<T, Nondimensional>, EngineError>;

    /// Dimensionless fields at points with one site: column `f` of the result holds field `f` of all rows
    /// (`result[f * rows + row]`).
    fn fields(&mut self, parameters: &[T], points: &Points<T>) -> Result<Vec<T>, EngineError>;

    /// The same engine, if it gives the Jacobian of the residuals.
    fn linearised(&mut self) -> Option<&mut dyn Linearised<T>> {
        None
    }

    /// The same engine, if it takes steps by itself.
    fn resident(&mut self) -> Option<&mut dyn Resident<T>> {
        None
    }
}

/// The Jacobian of the residuals by the parameters, for methods of Gauss–Newton's kind.
///
/// Residuals of one task at points are numbered `residual · rows + row`; J has one row for each of them and one
/// column per parameter. No weights, those of points included, and no 1/rows are applied.
pub trait Linearised<T: Real>: Engine<T> {
    /// J·v into `product`.
    fn jacobian_vector(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError>;

    /// Jᵀ·u into `product` (overwritten).
    fn vector_jacobian(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError>;

    /// J itself, row-major, into `jacobian`.
    fn jacobian(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        jacobian: &mut [T],
    ) -> Result<(), EngineError>;
}
