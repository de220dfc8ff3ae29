//! Points at which values of the file are looked at.

use pinn_geometry::domain::Domain;
use pinn_geometry::place::Place;
use pinn_geometry::sampling::{DimensionlessDomain, Sobol};
use pinn_units::{Affine, Scales};

/// Points on each place.
const SAMPLES: usize = 256;

/// Points of the domain, or of a part of its boundary, one column per coordinate, then one per component of the normal.
/// Boxes have their corners first, then an additive recurrence (Kronecker sequence of square roots).
pub(super) fn points(domain: &Domain, place: Option<&Place>, normal: &[usize]) -> Vec<Vec<f64>> {
    const ROOTS: [f64; 6] = [2.0, 3.0, 5.0, 7.0, 11.0, 13.0];
    let part = place.is_some_and(|place| place.whole_face().is_none());
    if part || domain.geometry.is_some() {
        return points_of_region(domain, place, normal);
    }
    let face = place.and_then(Place::whole_face);
    let columns = domain.intervals.iter().enumerate().map(|(c, interval)| {
        let at = |row: usize| match row {
            _ if face.is_some_and(|f| f.coordinate == c) => {
                face.map_or(0.0, |f| domain.position(f))
            }
            _ if row < 64 => [interval.lower, interval.upper][row >> c & 1],
            _ => {
                let fraction = (row as f64 * ROOTS[c % ROOTS.len()].sqrt()).fract();
                interval.lower + interval.length() * fraction
            }
        };
        (0..SAMPLES).map(at).collect()
    });
    columns.collect()
}

fn points_of_region(domain: &Domain, place: Option<&Place>, normal: &[usize]) -> Vec<Vec<f64>> {
    let unscaled = domain.intervals.iter().map(|_| Affine::new(1.0, 0.0));
    let scales = Scales {
        coordinates: unscaled.collect(),
        ..Scales::default()
    };
    let Ok(domain) = DimensionlessDomain::new(domain, &scales) else {
        return vec![Vec::new(); domain.intervals.len() + normal.len()];
    };
    let points = match place {
        None => domain.interior::<f64>(&Sobol, 0, SAMPLES),
        // Drawing would look for points for a long time.
        Some(place) if !domain.has_points(place) => {
            return vec![Vec::new(); domain.intervals().len() + normal.len()];
        }
        Some(place) => domain.on(&Sobol, 0, SAMPLES, place, normal),
    };
    let columns = (0..points.coordinates()).map(|c| points.column(0, c).to_vec());
    columns.collect()
}
