//! Search for the residual that became non-finite, and for its place.

use super::Divergence;
use pinn_engine::{Engine, EngineError};
use pinn_expr::Real;
use pinn_geometry::points::Points;
use pinn_units::Scales;

/// Finds, over the residuals of all tasks in order, the first value that is not finite, otherwise the first such loss
/// (its largest residual has too large a square), otherwise the first such gradient of a loss. `residuals` holds the
/// number of residuals of each task.
pub(super) fn locate<T: Real>(
    engine: &mut dyn Engine<T>,
    parameters: &[T],
    points: &[Points<T>],
    residuals: &[usize],
    names: &[String],
    scales: &Scales,
    step: usize,
) -> Result<Divergence, EngineError> {
    let found = |loss: usize, at| Divergence {
        step,
        residual: names[loss].clone(),
        at,
    };
    let mut overflow = None;
    let mut loss = 0;
    for (task, (points, count)) in points.iter().zip(residuals).enumerate() {
        let batch = engine.residuals(parameters, task, points)?;
        for r in 0..*count {
            let column = batch.column(r);
            if let Some(row) = column.iter().position(|x| !x.is_finite()) {
                return Ok(found(loss, physical(points, row, scales)));
            }
            let squares = column.iter().map(|x| (*x * *x).to_f64());
            let largest = squares.enumerate().fold((0, 0.0), |best, (row, square)| {
                if square > best.1 { (row, square) } else { best }
            });
            if overflow.is_none() && !column.iter().map(|x| *x * *x).sum::<T>().is_finite() {
                overflow = Some(found(loss, physical(points, largest.0, scales)));
            }
            loss += 1;
        }
    }
    if let Some(divergence) = overflow {
        return Ok(divergence);
    }
    let mut gradient = vec![T::ZERO; parameters.len()];
    let mut losses = vec![0.0; names.len()];
    for loss in 0..names.len() {
        let mut weights = vec![0.0; names.len()];
        weights[loss] = 1.0;
        engine.loss(
            parameters,
            points,
            &weights,
            &mut losses,
            Some(&mut gradient),
        )?;
        if gradient.iter().any(|g| !g.is_finite()) {
            return Ok(found(loss, Vec::new()));
        }
    }
    // Only the sum overflows: its largest part is reported.
    let largest = (0..names.len()).max_by(|a, b| losses[*a].total_cmp(&losses[*b]));
    Ok(found(largest.unwrap_or(0), Vec::new()))
}

/// Coordinates of a row in SI base units, site after site, without further row data.
fn physical<T: Real>(points: &Points<T>, row: usize, scales: &Scales) -> Vec<f64> {
    let sites = 0..points.sites();
    let coordinates = points.coordinates().min(scales.coordinates.len());
    let columns = sites.flat_map(|site| (0..coordinates).map(move |c| (site, c)));
    columns
        .map(|(site, c)| scales.coordinates[c].to_si(points.column(site, c)[row].to_f64()))
        .collect()
}
