//! Statistics for residual norms.

use pinn_engine::{Columns, Engine, EngineError};
use pinn_expr::Real;
use pinn_geometry::points::Points;
use pinn_norm::residual::{Observation, Statistic};
use pinn_units::{Batch, Nondimensional};

/// Number of rows that determine the trace of a kernel. The first ones are used, which every sampler spreads over the
/// domain.
///
/// Their gradients are computed one by one, so that the trace is exact for these rows. Random probes of all rows
/// together (Hutchinson) cost a whole pass over the points each, and vary by √2 of the trace, since gradients of
/// neighbouring points are almost parallel.
const ROWS: usize = 64;
/// Number of entries of a Jacobian in memory at once.
const ENTRIES: usize = 1 << 20;

/// Residuals of all tasks.
pub(super) fn residuals<T: Real>(
    engine: &mut dyn Engine<T>,
    parameters: &[T],
    points: &[Points<T>],
) -> Result<Vec<Batch<T, Nondimensional>>, EngineError> {
    let tasks = points.iter().enumerate();
    tasks
        .map(|(task, points)| engine.residuals(parameters, task, points))
        .collect()
}

/// Computes a statistic at the current parameters and points.
pub(super) fn observe<T: Real>(
    statistic: Statistic,
    engine: &mut dyn Engine<T>,
    parameters: &[T],
    points: &[Points<T>],
) -> Result<Observation, EngineError> {
    match statistic {
        Statistic::MeanSquare => {
            let batches = residuals(engine, parameters, points)?;
            Ok(Observation::mean_squares(&batches))
        }
        Statistic::GradientNorm => {
            let norms = gradient_norms(engine, parameters, points)?;
            Ok(Observation::by_engine(norms))
        }
        Statistic::NtkTrace => {
            let traces = ntk_traces(engine, parameters, points)?;
            Ok(Observation::by_engine(traces))
        }
    }
}

/// Norm of ∇⟨r²⟩ = 2/n · Jᵀ·r of every residual.
fn gradient_norms<T: Real>(
    engine: &mut dyn Engine<T>,
    parameters: &[T],
    points: &[Points<T>],
) -> Result<Vec<f64>, EngineError> {
    let batches = residuals(engine, parameters, points)?;
    let engine = engine.linearised().ok_or(EngineError::NoJacobian)?;
    let mut norms = Vec::new();
    let mut gradient = vec![T::ZERO; parameters.len()];
    for (task, (batch, points)) in batches.iter().zip(points).enumerate() {
        let rows = batch.rows();
        let factor = 2.0 / rows.max(1) as f64;
        for r in 0..batch.residuals() {
            let mut seeds = vec![T::ZERO; rows * batch.residuals()];
            for (seed, residual) in seeds[r * rows..].iter_mut().zip(batch.column(r)) {
                *seed = T::from_f64(factor * residual.to_f64());
            }
            engine.vector_jacobian(parameters, task, points, &seeds, &mut gradient)?;
            norms.push(square_sum(&gradient).sqrt());
        }
    }
    Ok(norms)
}

/// Mean over rows of ‖∂r/∂parameters‖² of every residual.
fn ntk_traces<T: Real>(
    engine: &mut dyn Engine<T>,
    parameters: &[T],
    points: &[Points<T>],
) -> Result<Vec<f64>, EngineError> {
    let mut traces = Vec::new();
    for (task, points) in points.iter().enumerate() {
        let rows = points.rows().min(ROWS);
        // One row gives the number of residuals.
        let one = engine.residuals(parameters, task, &points.range(0..1))?;
        let count = one.residuals();
        let engine = engine.linearised().ok_or(EngineError::NoJacobian)?;
        let at_once = (ENTRIES / (count * parameters.len()).max(1)).clamp(1, rows.max(1));
        let mut sums = vec![0.0; count];
        for start in (0..rows).step_by(at_once) {
            let part = points.range(start..rows.min(start + at_once));
            let entries = part.rows() * parameters.len();
            let mut jacobian = vec![T::ZERO; count * entries];
            engine.jacobian(parameters, task, &part, Columns::All, &mut jacobian)?;
            for (sum, block) in sums.iter_mut().zip(jacobian.chunks_exact(entries)) {
                *sum += square_sum(block);
            }
        }
        traces.extend(sums.iter().map(|sum| sum / rows.max(1) as f64));
    }
    Ok(traces)
}

fn square_sum<T: Real>(values: &[T]) -> f64 {
    values.iter().map(|x| x.to_f64() * x.to_f64()).sum()
}
