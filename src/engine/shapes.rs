//! Checks of sizes for all engines.

use super::EngineError;
use pinn_expr::Real;
use pinn_geometry::points::Points;
use pinn_network::Network;
use pinn_units::{Input, Kernel};

/// Checks that there are exactly `expected` items.
///
/// # Errors
/// [`EngineError::Shape`] if the number differs.
pub fn expect(what: &'static str, expected: usize, found: usize) -> Result<(), EngineError> {
    if expected == found {
        return Ok(());
    }
    Err(EngineError::Shape {
        what,
        expected,
        found,
    })
}

/// Checks that there are at least `expected` items.
pub(super) fn expect_at_least(
    what: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), EngineError> {
    if found >= expected {
        return Ok(());
    }
    Err(EngineError::Shape {
        what,
        expected,
        found,
    })
}

/// Checks for a set of points per task, a weight and a place for every loss, and a gradient as long as the parameters.
pub(super) fn loss<T: Real>(
    (tasks, losses, parameters): (usize, usize, usize),
    points: &[Points<T>],
    weights: &[f64],
    found: &[f64],
    gradient: Option<&[T]>,
) -> Result<(), EngineError> {
    expect("sets of points", tasks, points.len())?;
    expect("weights", losses, weights.len())?;
    expect("losses", losses, found.len())?;
    match gradient {
        None => Ok(()),
        Some(gradient) => expect("elements of the gradient", parameters, gradient.len()),
    }
}

/// Checks that the network has every field that the kernels read, and the coordinates of their derivatives.
pub(super) fn network_serves<T: Real, State>(
    network: &Network,
    kernels: &[Kernel<T, State>],
) -> Result<(), EngineError> {
    for kernel in kernels {
        for input in kernel.inputs() {
            if let Input::Field { field, .. } | Input::Operator { field, .. } = *input {
                expect_at_least("network outputs", field as usize + 1, network.outputs)?;
            }
            for (order, _) in kernel.symbol(input).into_iter().flatten() {
                let coordinates = order.iter().rposition(|n| *n > 0).map_or(0, |c| c + 1);
                expect_at_least("network inputs", coordinates, network.inputs())?;
            }
        }
    }
    Ok(())
}

/// Checks for at least one row, the coordinates of the network and of the kernel, and every site that the kernel reads.
pub(super) fn points_serve<T: Real, State>(
    network: &Network,
    kernel: &Kernel<T, State>,
    points: &Points<T>,
) -> Result<(), EngineError> {
    let read = kernel.inputs().iter().map(|input| match *input {
        Input::Coordinate { coordinate, .. } => usize::from(coordinate) + 1,
        Input::Field { .. } | Input::Operator { .. } => 0,
    });
    let coordinates = read.fold(network.inputs(), usize::max);
    expect_at_least("coordinates", coordinates, points.coordinates())?;
    expect_at_least("sites", kernel.sites(), points.sites())?;
    expect_at_least("rows", 1, points.rows())
}

/// Checks that points with weights have one for every residual and row.
pub(super) fn weights_fit<T: Real>(
    residuals: usize,
    points: &Points<T>,
) -> Result<(), EngineError> {
    match points.weights() {
        None => Ok(()),
        Some(weights) => expect(
            "weights of points",
            residuals * points.rows(),
            weights.len(),
        ),
    }
}

/// Checks points as [`points_serve`] does, for field values: one site is read.
pub(super) fn field_points<T: Real>(
    network: &Network,
    points: &Points<T>,
) -> Result<(), EngineError> {
    expect_at_least("coordinates", network.inputs(), points.coordinates())?;
    expect_at_least("sites", 1, points.sites())?;
    expect_at_least("rows", 1, points.rows())
}

/// Returns the task with the given number.
pub(super) fn task<Task>(tasks: &[Task], number: usize) -> Result<&Task, EngineError> {
    tasks.get(number).ok_or(EngineError::Shape {
        what: "tasks",
        expected: number + 1,
        found: tasks.len(),
    })
}
