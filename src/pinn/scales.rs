//! Scales of fields from the values in conditions.

use pinn_expr::PointFunction;
use pinn_geometry::domain::Domain;
use pinn_geometry::place::Place;
use pinn_geometry::sampling::{DimensionlessDomain, Sobol};
use pinn_units::{Affine, Declared, Kind, Scales};

/// Number of points that sample the values on a part of the boundary.
const SAMPLES: usize = 256;

/// Values of a field on a part of the boundary.
#[derive(Clone, Debug)]
pub struct KnownValues {
    /// Number of the field.
    pub field: usize,
    /// Place of the values.
    pub place: Place,
    /// Function with one output: the value in SI base units.
    pub function: PointFunction,
}

/// Known value that is infinite or NaN.
#[derive(Clone, PartialEq, Debug)]
pub struct NotFinite {
    /// Number among the known values.
    pub known: usize,
    /// Value found.
    pub value: f64,
    /// Coordinates of the point, in SI base units.
    pub at: Vec<f64>,
}

/// Smallest and largest known value of every field, in SI base units; `None` for a field without any.
///
/// # Errors
/// If a value is not finite.
pub fn ranges<'a>(
    known: impl IntoIterator<Item = &'a KnownValues>,
    declared: &Declared,
    domain: &Domain,
) -> Result<Vec<Option<(f64, f64)>>, NotFinite> {
    let mut ranges: Vec<Option<(f64, f64)>> = vec![None; declared.fields.len()];
    for (number, known) in known.into_iter().enumerate() {
        let points = points(domain, Some(&known.place), &[]);
        for (row, value) in known.function.evaluate(&points)[0].iter().enumerate() {
            if !value.is_finite() {
                return Err(NotFinite {
                    known: number,
                    value: *value,
                    at: points.iter().map(|column| column[row]).collect(),
                });
            }
            let (least, most) = ranges[known.field].get_or_insert((*value, *value));
            *least = least.min(*value);
            *most = most.max(*value);
        }
    }
    Ok(ranges)
}

/// The scale of a field, from the ranges of all fields' known values.
///
/// An absolute temperature runs from 0 to 1 between its smallest and its largest value. Any other field is divided by the
/// largest absolute value of all fields of its dimension, so that components of a vector share their scale. `None` if the
/// values determine no scale.
pub fn automatic(
    field: usize,
    declared: &Declared,
    ranges: &[Option<(f64, f64)>],
) -> Option<Affine> {
    let info = &declared.fields[field];
    if info.kind == Kind::AbsoluteTemperature {
        let (least, most) = ranges[field]?;
        return (most > least).then(|| Affine::new(most - least, least));
    }
    let alike = declared
        .fields
        .iter()
        .zip(ranges)
        .filter(|(other, _)| other.dimensions == info.dimensions && other.kind == info.kind);
    let largest = alike
        .filter_map(|(_, range)| range.map(|(least, most)| least.abs().max(most.abs())))
        .fold(0.0, f64::max);
    (largest > 0.0).then(|| Affine::new(largest, 0.0))
}

/// Returns points of the domain, or of a part of its boundary: one column per coordinate, then one per component of the
/// normal.
///
/// Boxes have their corners first, then an additive recurrence (Kronecker sequence of square roots).
pub fn points(domain: &Domain, place: Option<&Place>, normal: &[usize]) -> Vec<Vec<f64>> {
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
        // Drawing points would take a long time.
        Some(place) if !domain.has_points(place) => {
            return vec![Vec::new(); domain.intervals().len() + normal.len()];
        }
        Some(place) => domain.on(&Sobol, 0, SAMPLES, place, normal),
    };
    let columns = (0..points.coordinates()).map(|c| points.column(0, c).to_vec());
    columns.collect()
}
