//! Start of a step of first-order methods.

use super::sums::norm;
use super::{Objective, Step, Stop};
use pinn_engine::EngineError;
use pinn_expr::Real;

/// Evaluates the objective at the start of a step. A returned report ends the step: value or gradient are not finite.
pub(super) fn begin<T: Real>(
    learning_rate: f64,
    parameters: &[T],
    objective: &mut dyn Objective<T>,
    gradient: &mut [T],
) -> Result<Step, EngineError> {
    let loss = objective.evaluate(parameters, gradient)?;
    let gradient_norm = norm(gradient);
    let finite = loss.is_finite() && gradient_norm.is_finite();
    Ok(Step {
        gradient_norm,
        learning_rate: Some(learning_rate),
        stop: (!finite).then_some(Stop::NotFinite),
    })
}
