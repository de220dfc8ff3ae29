//! Scales: given, or derived from domain and conditions.

use super::conditions::{Entry, Known};
use super::context::Context;
use super::mistake::{Checked, Fault, Mistake};
use super::quantity::{Expected, quantity};
use super::suggest::{list, remedy};
use super::wire::{Entries, ScaleEntry};
use pinn_core::scales::{self, automatic};
use pinn_geometry::domain::Domain;
use pinn_units::{Affine, Declared, QuantityInfo, Scales, Unit};
use std::ops::Range;

/// Scales of all coordinates and fields, and for each field the unit in which its scale was given.
///
/// By default a coordinate runs from 0 to 1 over the domain. An absolute temperature runs from 0 to 1
/// between the smallest and the largest value that the conditions name; any other field is divided by the
/// largest absolute value that the conditions name for a field of its dimension, so that components of a
/// vector share it.
pub(super) fn scales(
    entries: &Entries<ScaleEntry>,
    conditions: &[Entry],
    context: Context,
    equation_span: Range<usize>,
) -> Checked<(Scales, Vec<Option<Unit>>)> {
    let Context {
        declared,
        domain,
        parameters,
        file,
        ..
    } = context;
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
                        "give its typical size: `{} = {{ scale = \"1 {unit}\" }}` under `[scales]`",
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

/// Smallest and largest value that the conditions name for each field.
fn ranges(
    conditions: &[Entry],
    declared: &Declared,
    domain: &Domain,
) -> Checked<Vec<Option<(f64, f64)>>> {
    let known: Vec<&Known> = conditions.iter().flat_map(|entry| &entry.known).collect();
    let values = known.iter().map(|known| &known.values);
    scales::ranges(values, declared, domain).map_err(|fault| {
        let at = declared.coordinates.iter().zip(&fault.at);
        let at = at.map(|(c, x)| format!("{} = {x} {}", c.name, c.dimensions.unit_text()));
        let at: Vec<String> = at.collect();
        let (what, span) = ("this value".to_string(), known[fault.known].span.clone());
        Mistake::new(Fault::NotFinite { what }, span).label(format!(
            "found {} at {}",
            fault.value,
            at.join(", ")
        ))
    })
}
