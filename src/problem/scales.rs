//! Scales: given, or derived from domain and conditions.

use super::conditions::{Entry, field_number};
use super::mistake::{Checked, Fault, Mistake};
use super::quantity::{Expected, quantity};
use super::suggest::{list, remedy};
use super::wire::{Entries, ScaleEntry};
use pinn_geometry::domain::Domain;
use pinn_geometry::place::Place;
use pinn_geometry::sampling::{DimensionlessDomain, Sobol};
use pinn_units::{Affine, Declared, Kind, QuantityInfo, Scales, Unit};
use std::ops::Range;
use toml::Spanned;

/// Points at which values on a face are looked at.
const SAMPLES: usize = 256;

/// Scales of all coordinates and fields, and for each field the unit in which its scale was given.
///
/// By default a coordinate runs from 0 to 1 over the domain. An absolute temperature runs from 0 to 1
/// between the smallest and the largest value that the conditions name; any other field is divided by the
/// largest absolute value that the conditions name for a field of its dimension, so that components of a
/// vector share it.
pub(super) fn scales(
    entries: &Entries<ScaleEntry>,
    conditions: &[Entry],
    declared: &Declared,
    domain: &Domain,
    parameters: &[f64],
    equation_span: Range<usize>,
    file: &str,
) -> Checked<(Scales, Vec<Option<Unit>>)> {
    let names = || declared.coordinates.iter().chain(&declared.fields);
    for (key, _) in &entries.0 {
        if !names().any(|q| q.name == *key.get_ref()) {
            let known: Vec<&str> = names().map(|q| q.name.as_str()).collect();
            let fault = Fault::UnknownName {
                what: "coordinate or field",
                name: key.get_ref().clone(),
            };
            return Err(Mistake::new(fault, key.span())
                .label(format!("expected one of {}", list(&known)))
                .help(remedy(key.get_ref(), "coordinate or field", &known)));
        }
    }
    let mut coordinates = Vec::new();
    for (info, interval) in declared.coordinates.iter().zip(&domain.intervals) {
        let default = Affine::new(interval.length(), interval.lower);
        let given = given(entries, info, default.reference, file)?;
        coordinates.push(given.map_or(default, |(affine, _)| affine));
    }
    let ranges = ranges(conditions, declared, domain)?;
    let mut fields = Vec::new();
    let mut units = Vec::new();
    for (number, info) in declared.fields.iter().enumerate() {
        let automatic = automatic(number, declared, &ranges);
        let reference = automatic.map_or(0.0, |a| a.reference);
        match (given(entries, info, reference, file)?, automatic) {
            (Some((affine, unit)), _) => {
                fields.push(affine);
                units.push(Some(unit));
            }
            (None, Some(affine)) => {
                fields.push(affine);
                units.push(None);
            }
            (None, None) => {
                let fault = Fault::NoScale {
                    name: info.name.clone(),
                };
                let unit = info.dimensions.unit_text();
                return Err(Mistake::new(fault, equation_span)
                    .label(format!("this equation has the field `{}`", info.name))
                    .help(format!(
                        "say how large it gets: `{} = {{ scale = \"1 {unit}\" }}` under `[scales]`",
                        info.name
                    )));
            }
        }
    }
    let scales = Scales {
        coordinates,
        fields,
        parameters: parameters.to_vec(),
    };
    Ok((scales, units))
}

fn given(
    entries: &Entries<ScaleEntry>,
    info: &QuantityInfo,
    reference: f64,
    file: &str,
) -> Checked<Option<(Affine, Unit)>> {
    let Some((_, entry)) = entries.get(&info.name) else {
        return Ok(None);
    };
    let entry = entry.get_ref();
    let scale_name = format!("scale of {}", info.name);
    let expected = Expected::amount(&scale_name, info.dimensions);
    let (scale, mut unit) = quantity(&entry.scale, expected, file)?;
    if scale <= 0.0 {
        let fault = Fault::OutOfRange {
            what: format!("the scale of `{}`", info.name),
            allowed: "positive".to_string(),
            found: scale.to_string(),
        };
        return Err(Mistake::new(fault, entry.scale.span()).label("a typical size"));
    }
    let reference = match &entry.reference {
        Some(entry) => {
            let name = format!("reference of {}", info.name);
            let (value, as_written) = quantity(entry, Expected::of(&name, info), file)?;
            unit = as_written;
            value
        }
        None => reference,
    };
    Ok(Some((Affine::new(scale, reference), unit)))
}

fn automatic(number: usize, declared: &Declared, ranges: &[Option<(f64, f64)>]) -> Option<Affine> {
    let info = &declared.fields[number];
    if info.kind == Kind::AbsoluteTemperature {
        let (least, most) = ranges[number]?;
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

/// Smallest and largest value that the conditions name for each field.
fn ranges(
    conditions: &[Entry],
    declared: &Declared,
    domain: &Domain,
) -> Checked<Vec<Option<(f64, f64)>>> {
    let mut ranges: Vec<Option<(f64, f64)>> = vec![None; declared.fields.len()];
    for known in conditions.iter().flat_map(|entry| &entry.known) {
        let points = points(domain, Some(&known.place), &[]);
        for (row, value) in known.function.evaluate(&points)[0].iter().enumerate() {
            if !value.is_finite() {
                let at = declared.coordinates.iter().zip(&points).map(|(c, column)| {
                    format!("{} = {} {}", c.name, column[row], c.dimensions.unit_text())
                });
                let at: Vec<String> = at.collect();
                let what = "this value".to_string();
                return Err(Mistake::new(Fault::NotFinite { what }, known.span.clone())
                    .label(format!("found {value} at {}", at.join(", "))));
            }
            let (least, most) = ranges[known.field].get_or_insert((*value, *value));
            *least = least.min(*value);
            *most = most.max(*value);
        }
    }
    Ok(ranges)
}

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

/// Number of the coordinate or field with a name in `[output]`.
pub(super) fn quantity_number(
    name: &Spanned<String>,
    declared: &Declared,
) -> Checked<(bool, usize)> {
    match declared.coordinate(name.get_ref()) {
        Some(number) => Ok((true, number)),
        None => Ok((false, field_number(name, declared)?)),
    }
}
