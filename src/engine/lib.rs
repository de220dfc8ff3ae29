//! Engines: residuals, losses and parameter gradients of a network at points.
//!
//! One interface, several implementations that agree to rounding. An engine is built for one network and a
//! list of compiled residual kernels (*tasks*): the equations in the interior first, then each condition.

#![warn(missing_docs)]

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
use pinn_network::{Circuit, Network, NetworkError};
use pinn_units::{Batch, Nondimensional};
use std::ops::Range;

/// Reason why an engine could not be built or run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// Jets do not carry a derivative that a kernel reads.
    #[error(transparent)]
    Jet(#[from] JetError),
    /// The network cannot be built.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The device cannot be used.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// Sizes do not fit each other.
    #[error("expected {expected} {what}, found {found}")]
    Shape {
        /// Kind of the items counted.
        what: &'static str,
        /// Number needed.
        expected: usize,
        /// Number given.
        found: usize,
    },
    /// No threads could be started.
    #[error("the thread pool could not be built: {0}")]
    Threads(String),
    /// An optimiser needs a Jacobian that is not available.
    #[error(
        "the optimiser needs the Jacobian of the residuals, which this engine or function does not provide; choose \
         another optimiser, such as `lbfgs`"
    )]
    NoLeastSquares,
    /// A residual norm needs a Jacobian that is not available.
    #[error(
        "the residual norm `ntk-trace` needs the Jacobian of the residuals, which this engine does not provide; choose \
         `grad-norm`"
    )]
    NoJacobian,
    /// An optimiser needs an output layer whose parameters are contiguous and plain.
    #[error(
        "the optimiser `least-squares` needs fields that are affine in the last parameters of the network; expected plain \
         weights, no norm and no sharing by separate networks"
    )]
    NoOutputLayer,
    /// Sets of points of a family differ in their members.
    #[error("sets of points of a family must have the same members in the same order")]
    Members,
    /// The tensor library failed.
    #[error("the tensor library failed: {0}")]
    Tensor(String),
    /// The machine that runs generated code failed.
    #[error(transparent)]
    Machine(codegen::MachineError),
}

/// Evaluation of a network and residual kernels at points.
///
/// The first coordinates of a point are the network's. Kernels may read further ones, which are constants to
/// derivatives.
///
/// Losses are numbered over all residuals of all tasks, in order: task 0 residual 0, task 0 residual 1, …
///
/// ```
/// use pinn_engine::{Engine, fused::FusedEngine};
/// use pinn_geometry::points::Points;
/// use pinn_network::{InputMap, Network, activation::Activation};
/// use pinn_units::{Equations, Setup, equation, quantities, scale, trace};
/// use uom::si::{f64::*, length::meter, ratio::ratio};
///
/// quantities! { pub struct Line {
///     coordinates { x: Length }
///     fields { u: Ratio }
///     parameters {}
/// }}
///
/// fn constant(Line { x, u }: Line) -> impl Equations {
///     (equation::<LinearNumberDensity, _>("constant", u.d(x)),)
/// }
///
/// let setup = Line::<Setup> {
///     x: scale(Length::new::<meter>(2.0)),
///     u: scale(Ratio::new::<ratio>(1.0)),
/// };
/// let kernel = trace(constant)?.nondimensionalize(&setup)?.compile::<f64>();
/// let network = Network::mlp(vec![InputMap::onto_unit(0.0, 1.0)], vec![8, 8], Activation::Tanh, 1);
/// let parameters = network.circuit()?.initialise(0);
/// let mut engine = FusedEngine::new(network, vec![kernel], 1)?;
///
/// let mut points = Points::new(1, 1, 3);
/// points.column_mut(0, 0).copy_from_slice(&[0.0, 0.5, 1.0]);
/// let mut losses = [0.0];
/// let mut gradient = vec![0.0; parameters.len()];
/// let loss = engine.loss(&parameters, &[points], &[1.0], &mut losses, Some(&mut gradient))?;
/// assert_eq!(loss, losses[0]);
/// assert!(gradient.iter().any(|g| *g != 0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Engine<T: Real>: Send {
    /// Network that is evaluated.
    fn network(&self) -> &Network;

    /// Number of losses: residuals of all tasks together.
    fn losses(&self) -> usize;

    /// Threads that the engine works on, for others to use between evaluations. `None` if it works on the
    /// caller's.
    fn pool(&self) -> Option<&rayon::ThreadPool> {
        None
    }

    /// Computes the mean over rows of the square of every residual, into `losses`.
    ///
    /// Returns the optimised loss Σ weight · loss. In it, the squares of points that carry
    /// [weights](Points::weights) count in proportion to them. If requested, the gradient of this loss by the
    /// parameters overwrites `gradient`.
    ///
    /// `points` holds one set per task, `weights` one number per loss. The result does not depend on the
    /// number of threads. Nothing is allocated after the first call with the same shapes. Non-finite values
    /// are passed on, not reported.
    ///
    /// # Errors
    /// If sizes do not fit each other, or the device fails.
    fn loss(
        &mut self,
        parameters: &[T],
        points: &[Points<T>],
        weights: &[f64],
        losses: &mut [f64],
        gradient: Option<&mut [T]>,
    ) -> Result<f64, EngineError>;

    /// Computes the residuals of one task at points.
    ///
    /// # Errors
    /// If there is no such task, or the points lack data that it reads.
    fn residuals(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
    ) -> Result<Batch<T, Nondimensional>, EngineError>;

    /// Computes the dimensionless fields at points with one site. Column `f` of the result holds field `f` of
    /// all rows (`result[f * rows + row]`).
    ///
    /// # Errors
    /// If the points do not have the network's coordinates.
    fn fields(&mut self, parameters: &[T], points: &Points<T>) -> Result<Vec<T>, EngineError>;

    /// Returns this engine if it provides the Jacobian of the residuals.
    fn linearised(&mut self) -> Option<&mut dyn Linearised<T>> {
        None
    }

    /// Returns this engine if it takes optimisation steps without the host.
    fn resident(&mut self) -> Option<&mut dyn Resident<T>> {
        None
    }
}

/// Parameters by which residuals are differentiated.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Columns {
    /// All parameters.
    All,
    /// Those in which the fields are affine: [`Circuit::output_layer`](pinn_network::Circuit::output_layer).
    OutputLayer,
}

impl Columns {
    /// Indices of the parameters.
    ///
    /// # Errors
    /// If the network's output layer does not stand last.
    pub fn of(self, circuit: &Circuit) -> Result<Range<usize>, EngineError> {
        match self {
            Columns::All => Ok(0..circuit.parameters),
            Columns::OutputLayer => circuit.output_layer().ok_or(EngineError::NoOutputLayer),
        }
    }
}

/// Jacobian J of the residuals by the parameters, for Gauss–Newton methods.
///
/// Residuals of one task at points are numbered `residual · rows + row`. J has one row for each of them and
/// one column per parameter. Neither weights, those of points included, nor 1/rows are applied.
pub trait Linearised<T: Real>: Engine<T> {
    /// Computes J·v into `product`.
    ///
    /// # Errors
    /// If there is no such task, or sizes do not fit each other.
    fn jacobian_vector(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError>;

    /// Computes Jᵀ·u, which overwrites `product`.
    ///
    /// # Errors
    /// If there is no such task, or sizes do not fit each other.
    fn vector_jacobian(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError>;

    /// Computes J, row-major, into `jacobian`; its columns are those of some parameters alone.
    ///
    /// # Errors
    /// If there is no such task, sizes do not fit each other, or the columns do not exist.
    fn jacobian(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        columns: Columns,
        jacobian: &mut [T],
    ) -> Result<(), EngineError>;
}
