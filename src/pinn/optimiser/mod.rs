//! Optimisers on the flat parameter vector.
//!
//! One file per method. The complete state can be saved and restored ([`OptimiserState`]), so that a continued
//! run repeats an uninterrupted one bit for bit.

mod adam;
mod descent;
mod first_order;
pub(crate) mod gauss_newton;
mod lbfgs;
mod least_squares;
mod line_search;
mod output_layer;
mod pairs;
mod quasi_newton;
mod rates;
mod self_scaled;
mod sgd;
mod soap;
mod state;
mod sums;
mod triangle;

pub use adam::Adam;
pub use gauss_newton::{GaussNewton, LinearSolver};
pub use lbfgs::Lbfgs;
pub use least_squares::LeastSquares;
pub use output_layer::OutputLayer;
use pinn_network::Layout;
pub use self_scaled::{SelfScaled, Update};
pub use sgd::Sgd;
pub use soap::Soap;
pub use state::{OptimiserState, StateError};

use super::settings::{OptimiserSettings, Phase};
use pinn_engine::EngineError;
use pinn_expr::Real;

/// Function to be minimised.
pub trait Objective<T> {
    /// Evaluates the function at `parameters` and writes its gradient to `gradient`, of the same length. Non-finite
    /// values are returned, not reported.
    fn evaluate(&mut self, parameters: &[T], gradient: &mut [T]) -> Result<f64, EngineError>;

    /// Threads that are free between evaluations. Results of a method do not depend on them.
    fn pool(&self) -> Option<&rayon::ThreadPool> {
        None
    }

    /// Function as a sum of squares, if it is one.
    fn least_squares(&mut self) -> Option<&mut dyn LeastSquares<T>> {
        None
    }
}

/// Method that improves parameters step by step.
///
/// ```
/// use pinn_core::optimiser::{Adam, Objective, Optimiser};
/// use pinn_engine::EngineError;
///
/// /// (x − 3)².
/// struct Square;
///
/// impl Objective<f64> for Square {
///     fn evaluate(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64, EngineError> {
///         gradient[0] = 2.0 * (x[0] - 3.0);
///         Ok((x[0] - 3.0).powi(2))
///     }
/// }
///
/// let mut adam = Adam::new(1, 0.1);
/// let mut x = [0.0];
/// for _ in 0..500 {
///     adam.step(&mut x, &mut Square)?;
/// }
/// assert!((x[0] - 3.0).abs() < 0.01);
/// # Ok::<(), EngineError>(())
/// ```
pub trait Optimiser<T: Real>: Send {
    /// Takes one step. The last evaluation of `objective` was at the parameters that the step started from (first
    /// order methods) or ended at (methods with a line search).
    ///
    /// If value or gradient are not finite where the step starts, the parameters and the state stay unchanged
    /// and the step ends with [`Stop::NotFinite`].
    fn step(
        &mut self,
        parameters: &mut [T],
        objective: &mut dyn Objective<T>,
    ) -> Result<Step, EngineError>;

    /// Returns true if successive steps need the same function; points are then not resampled.
    fn needs_fixed_objective(&self) -> bool;

    /// Discards data of the old function after a change of points or weights.
    fn objective_changed(&mut self);

    /// Method as Adam, if it is Adam: engines take many of its steps without the host.
    fn adam(&mut self) -> Option<&mut Adam<T>> {
        None
    }

    /// Saves everything that the following steps depend on.
    fn state(&self) -> OptimiserState<T>;

    /// Restores a state of [`Optimiser::state`]. On an error nothing is changed.
    fn restore(&mut self, state: &OptimiserState<T>) -> Result<(), StateError>;
}

/// Result of one step.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Step {
    /// Euclidean norm of the gradient at the last evaluation.
    pub gradient_norm: f64,
    /// Learning rate of the step; `None` for methods without one.
    pub learning_rate: Option<f64>,
    /// Reason to stop, if further steps are useless.
    pub stop: Option<Stop>,
}

/// Reasons why an optimiser stops early.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The largest gradient entry is below the tolerance.
    Gradient,
    /// The steepest descent direction has no lower value at the working precision.
    NoDescent,
    /// The value or the gradient is not finite.
    NotFinite,
}

/// Creates the optimiser of a phase. It fails only if threads cannot be started.
pub fn optimiser<T: Real>(
    phase: &Phase,
    layout: &Layout,
) -> Result<Box<dyn Optimiser<T>>, EngineError> {
    let length = layout.parameters;
    Ok(match phase.optimiser {
        OptimiserSettings::Adam {
            learning_rate,
            schedule,
            beta1,
            beta2,
            epsilon,
            layer_rates,
        } => Box::new(
            Adam::new(length, learning_rate)
                .with_schedule(schedule, phase.steps)
                .with_moments(beta1, beta2, epsilon)
                .with_layer_rates(layer_rates, layout),
        ),
        OptimiserSettings::Sgd {
            learning_rate,
            schedule,
            momentum,
            layer_rates,
        } => Box::new(
            Sgd::new(length, learning_rate)
                .with_schedule(schedule, phase.steps)
                .with_momentum(momentum)
                .with_layer_rates(layer_rates, layout),
        ),
        OptimiserSettings::Lbfgs {
            history,
            gradient_tolerance,
        } => Box::new(Lbfgs::new(length, history, gradient_tolerance)),
        OptimiserSettings::Soap {
            learning_rate,
            schedule,
            beta1,
            beta2,
            epsilon,
            refresh,
            layer_rates,
        } => Box::new(
            Soap::new(layout, learning_rate)
                .with_schedule(schedule, phase.steps)
                .with_moments(beta1, beta2, epsilon, refresh)
                .with_layer_rates(layer_rates, layout),
        ),
        OptimiserSettings::Ssbfgs { gradient_tolerance } => {
            Box::new(SelfScaled::new(length, Update::Bfgs, gradient_tolerance))
        }
        OptimiserSettings::Ssbroyden { gradient_tolerance } => {
            Box::new(SelfScaled::new(length, Update::Broyden, gradient_tolerance))
        }
        OptimiserSettings::LeastSquares => {
            let place = layout.output_layer.clone();
            let place = place.ok_or(EngineError::NoOutputLayer)?;
            Box::new(OutputLayer::new(place, layout.threads)?)
        }
        OptimiserSettings::GaussNewton { gradient_tolerance } => {
            let solver = LinearSolver::for_parameters(length);
            let threads = layout.threads;
            Box::new(GaussNewton::new(
                length,
                gradient_tolerance,
                solver,
                threads,
            )?)
        }
    })
}

/// Threads for linear algebra; 0 stands for one per core.
fn pool(threads: usize) -> Result<rayon::ThreadPool, EngineError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| EngineError::Threads(error.to_string()))
}

#[cfg(test)]
mod tests;
