//! Hard values under a periodic network, which continues them with its period.

use super::error::HardError;
use super::value::{along, values};
use super::verify::face_points;
use crate::statement::Posed;
use crate::unknown::as_fields;
use pinn_geometry::domain::{Face, Side};
use pinn_network::settings::NetworkSettings;

/// Dimensionless difference up to which two values or slopes count as equal.
const TOLERANCE: f64 = 1e-6;

/// Hard value that is not periodic.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenPeriod {
    /// Number of the hard condition that prescribes it.
    pub condition: usize,
    /// Coordinate in which the network is periodic.
    pub coordinate: usize,
    /// True if the value jumps; otherwise its slope does.
    pub jump: bool,
}

/// Values of hard conditions whose periodic continuation has a jump or a kink. The ansatz keeps it for all times although
/// the solution need not have it, so that training solves a different problem.
///
/// # Errors
/// If a hard condition does not fit the form field − value.
pub fn open_periods(
    statement: &Posed,
    network: &NetworkSettings,
) -> Result<Vec<OpenPeriod>, HardError> {
    let domain = statement.dimensionless_domain();
    let statement = as_fields(statement);
    let mut found = Vec::new();
    for mut value in values(&statement, domain)? {
        let Some(face) = value.place.whole_face() else {
            continue;
        };
        for coordinate in 0..statement.declared.coordinates.len() {
            let along_face = coordinate != face.coordinate;
            if !along_face || !network.is_periodic_over_domain(coordinate) {
                continue;
            }
            let slope = value.graph.differentiate(value.value, coordinate as u8);
            let differs = |e| {
                let [lower, upper] = [Side::Lower, Side::Upper].map(|side| {
                    let end = Face { coordinate, side };
                    let points = face_points(domain, &[face, end]);
                    along(&value.graph, e, &points)
                });
                let mut pairs = lower.iter().zip(&upper);
                pairs.any(|(a, b)| (a - b).abs() > TOLERANCE * (1.0 + a.abs().max(b.abs())))
            };
            let jump = differs(value.value);
            if jump || differs(slope) {
                found.push(OpenPeriod {
                    condition: value.condition,
                    coordinate,
                    jump,
                });
            }
        }
    }
    Ok(found)
}
