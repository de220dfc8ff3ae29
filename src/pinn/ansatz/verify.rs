//! Verification of hard constraints with arbitrary outputs of a network.

use super::error::{HardError, Place as Shown};
use super::value::position;
use crate::statement::{Condition, NondimensionalStatement, Posed, Statement};
use pinn_expr::{Columns, ColumnsMut, Scratch};
use pinn_geometry::domain::Face;
use pinn_geometry::place::Place;
use pinn_geometry::sampling::{DimensionlessDomain, Sampler, Sobol};
use pinn_network::settings::NetworkSettings;
use pinn_units::{Input, Kernel, NondimensionalResiduals};

/// Number of points on each place.
const SAMPLES: usize = 256;
/// Dimensionless residual that rounding may cause.
const TOLERANCE: f64 = 1e-9;

/// Reason why a condition holds exactly and needs no training.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Exact {
    /// The ansatz satisfies it.
    Ansatz,
    /// The network is periodic over the domain.
    Periodicity,
}

impl Exact {
    /// Text of the reason, for messages and reports.
    pub fn reason(self) -> &'static str {
        match self {
            Exact::Ansatz => "built into the solution",
            Exact::Periodicity => "the network is periodic",
        }
    }
}

/// Finds the conditions that hold for all parameters of the network; `None` marks a condition that is trained.
pub fn exact(statement: &Posed, network: &NetworkSettings) -> Vec<Option<Exact>> {
    let conditions = statement.conditions.iter();
    let conditions = conditions.zip(&statement.dimensionless().conditions);
    let exact = conditions.map(|(condition, residuals)| {
        if condition.hard {
            return Some(Exact::Ansatz);
        }
        let face = condition.place.whole_face()?;
        let opposite = condition.partner == Some(face.opposite());
        if !opposite || !network.is_periodic_over_domain(face.coordinate) {
            return None;
        }
        let domain = statement.dimensionless_domain();
        let worst = worst(domain, condition, residuals, true)?;
        (worst.size <= TOLERANCE).then_some(Exact::Periodicity)
    });
    exact.collect()
}

/// Checks that every hard condition holds under the ansatz, which its residuals contain.
pub(crate) fn verify(
    statement: &Statement,
    nondimensional: &NondimensionalStatement,
    domain: &DimensionlessDomain,
) -> Result<(), HardError> {
    let conditions = statement.conditions.iter().zip(&nondimensional.conditions);
    for (condition, residuals) in conditions.filter(|(condition, _)| condition.hard) {
        let Some(worst) = worst(domain, condition, residuals, false) else {
            continue;
        };
        if worst.size > TOLERANCE {
            return Err(HardError::Violated {
                condition: condition.name.clone(),
                residual: residuals.equations()[worst.residual].name.clone(),
                at: Shown::new(statement, worst.at.into_iter()),
                found: worst.size,
            });
        }
    }
    Ok(())
}

/// Largest residual on a place.
struct Worst {
    residual: usize,
    size: f64,
    /// Dimensionless coordinates.
    at: Vec<f64>,
}

/// Residuals of a condition for arbitrary outputs of the network and their derivatives, which are equal on both sites if
/// the network is `periodic`.
fn worst(
    domain: &DimensionlessDomain,
    condition: &Condition,
    residuals: &NondimensionalResiduals,
    periodic: bool,
) -> Option<Worst> {
    let kernel: Kernel<f64, _> = residuals.compile();
    let here = points_on(domain, &condition.place);
    // The points of a face, moved to the opposite one.
    let mut there = here.clone();
    if let Some(partner) = condition.partner {
        there[partner.coordinate].fill(position(domain, partner));
    }
    let rows = here.first().map_or(0, Vec::len);
    let outputs = outputs(kernel.inputs(), rows, periodic);
    let mut columns = Vec::new();
    for (input, output) in kernel.inputs().iter().zip(outputs) {
        columns.extend(match *input {
            Input::Coordinate { coordinate, site } => {
                let points = if site == 0 { &here } else { &there };
                points[usize::from(coordinate)].clone()
            }
            _ => output,
        });
    }
    let mut values = vec![0.0; rows * kernel.residuals()];
    kernel.evaluate(
        rows,
        Columns::new(&columns, rows),
        &mut ColumnsMut::new(&mut values, rows),
        &mut Scratch::new(),
    );
    // A condition whose residual is NaN does not hold.
    let size = |v: &f64| if v.is_nan() { f64::INFINITY } else { v.abs() };
    let numbered = values.iter().map(size).enumerate();
    let (place, size) = numbered.max_by(|a, b| a.1.total_cmp(&b.1))?;
    let (residual, row) = (place / rows, place % rows);
    Some(Worst {
        residual,
        size,
        at: here.iter().map(|column| column[row]).collect(),
    })
}

/// Draws `rows` numbers between −1 and 1 for every input; the inputs of both sites agree if `same`.
fn outputs(inputs: &[Input], rows: usize, same: bool) -> Vec<Vec<f64>> {
    let first = |input: &Input| match *input {
        Input::Field { field, order, .. } if same => Input::Field {
            field,
            site: 0,
            order,
        },
        other => other,
    };
    let firsts: Vec<Input> = inputs.iter().map(first).collect();
    let column = |number: usize| {
        let mut column = vec![0.0; rows];
        Sobol.fill(number as u64, 1, rows, &mut column);
        column.iter().map(|u| 2.0 * u - 1.0).collect()
    };
    let numbers = firsts
        .iter()
        .map(|input| firsts.iter().position(|i| i == input));
    numbers.map(|number| column(number.unwrap_or(0))).collect()
}

/// Dimensionless points on a part of the boundary, one column per coordinate.
pub(super) fn points_on(domain: &DimensionlessDomain, place: &Place) -> Vec<Vec<f64>> {
    match place.whole_face() {
        Some(face) => face_points(domain, &[face]),
        None => {
            let points = domain.on::<f64>(&Sobol, 0, SAMPLES, place, &[]);
            let columns = (0..points.coordinates()).map(|c| points.column(0, c).to_vec());
            columns.collect()
        }
    }
}

/// Dimensionless points on the intersection of faces, one column per coordinate: corners first.
pub(super) fn face_points(domain: &DimensionlessDomain, faces: &[Face]) -> Vec<Vec<f64>> {
    let intervals = domain.intervals();
    let corners = 1 << intervals.len().min(6);
    let mut unit = vec![0.0; intervals.len() * SAMPLES];
    Sobol.fill(0, intervals.len(), SAMPLES, &mut unit);
    let columns = intervals.iter().zip(unit.chunks_exact(SAMPLES)).enumerate();
    let columns = columns.map(|(c, (interval, unit))| {
        let fixed = faces.iter().find(|face| face.coordinate == c);
        let at = |(row, u): (usize, &f64)| match fixed {
            Some(face) => position(domain, *face),
            None if row < corners => [interval.lower, interval.upper][row >> c & 1],
            None => interval.lower + interval.length() * u,
        };
        unit.iter().enumerate().map(at).collect()
    });
    columns.collect()
}
