//! Scales: given, or derived from domain and conditions.

use super::conditions::{Entry, Known};
use super::context::Context;
use super::mistake::{Checked, Fault, Mistake};
use super::quantity::{Expected, quantity};
use super::suggest::{list, remedy};
use super::wire::{Entries, ScaleEntry};
use pinn_core::balance::{Balance, parameters_alike};
use pinn_core::scales::{self, automatic};
use pinn_geometry::domain::Domain;
use pinn_units::{Affine, Declared, DimensionalResiduals, Kind, QuantityInfo, Scales, Unit};
use std::ops::Range;

/// Scales of all coordinates and fields, and for each field the unit in which its scale was given.
///
/// By default a coordinate runs from 0 to 1 over the domain. An absolute temperature runs from 0 to 1
/// between the smallest and the largest value that the conditions name; any other field is divided by the
/// largest absolute value that the conditions name for a field of its dimension, so that components of a
/// vector share it. Where neither conditions nor the file give a size, it follows by dominant balance of the equations and
/// conditions, else from parameters that measure the same.
pub(super) fn scales(
    entries: &Entries<ScaleEntry>,
    equations: &DimensionalResiduals,
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
    let alike: Vec<_> = (0..declared.fields.len())
        .map(|field| parameters_alike(field, declared, parameters))
        .collect();
    let mut references = references(declared, &ranges, &alike);
    let mut found = named(declared, &ranges, &alike);
    for field in context.positive {
        references[*field] = 0.0;
        // A positive field runs from zero, temperatures too.
        found[*field] = found[*field].map(Affine::from_zero);
    }
    let mut units = Vec::new();
    for (field, info) in declared.fields.iter().enumerate() {
        let reference = found[field].map_or(references[field], |affine| affine.reference);
        let given = given(entries, info, reference, file)?;
        found[field] = given.as_ref().map(|(affine, _)| *affine).or(found[field]);
        units.push(given.map(|(_, unit)| unit));
    }
    balance(
        &mut found,
        &coordinates,
        &references,
        equations,
        conditions,
        context,
    );
    let mut fields = Vec::new();
    for (field, info) in declared.fields.iter().enumerate() {
        let size = alike[field].map(|(least, most)| match references[field] {
            0.0 => least.abs().max(most.abs()),
            _ => most - least,
        });
        let size = size.filter(|size| *size > 0.0);
        let last = size.map(|size| Affine::new(size, references[field]));
        let Some(affine) = found[field].or(last) else {
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
        };
        fields.push(affine);
    }
    let scales = Scales {
        coordinates,
        fields,
        parameters: parameters.to_vec(),
    };
    Ok((scales, units))
}

/// Values that temperatures are measured from: the least one that conditions name, else that parameters name. Zero for all
/// other fields.
fn references(
    declared: &Declared,
    ranges: &[Option<(f64, f64)>],
    alike: &[Option<(f64, f64)>],
) -> Vec<f64> {
    let known = ranges
        .iter()
        .zip(alike)
        .map(|(range, alike)| range.or(*alike));
    let fields = declared.fields.iter().zip(known);
    let references = fields.map(|(info, known)| match (info.kind, known) {
        (Kind::AbsoluteTemperature, Some((least, _))) => least,
        _ => 0.0,
    });
    references.collect()
}

/// Scales that the values of conditions give, or conditions and parameters together where neither spans a range of
/// temperatures alone.
fn named(
    declared: &Declared,
    ranges: &[Option<(f64, f64)>],
    alike: &[Option<(f64, f64)>],
) -> Vec<Option<Affine>> {
    let fields = declared.fields.iter().enumerate();
    let scales = fields.map(|(field, info)| {
        let both = || {
            let (range, alike) = (ranges[field]?, alike[field]?);
            let (least, most) = (range.0.min(alike.0), range.1.max(alike.1));
            let absolute = info.kind == Kind::AbsoluteTemperature;
            (absolute && most > least).then(|| Affine::new(most - least, least))
        };
        automatic(field, declared, ranges).or_else(both)
    });
    scales.collect()
}

/// Finds missing scales by dominant balance; one that is found may lead to another.
fn balance(
    found: &mut [Option<Affine>],
    coordinates: &[Affine],
    references: &[f64],
    equations: &DimensionalResiduals,
    conditions: &[Entry],
    context: Context,
) {
    let conditions = conditions.iter().map(|entry| &entry.condition);
    let balance = Balance::new(
        context.declared,
        equations,
        conditions.collect(),
        context.domain,
    );
    loop {
        let known: Vec<bool> = found.iter().map(Option::is_some).collect();
        let present = found.iter().zip(references);
        let scales = Scales {
            coordinates: coordinates.to_vec(),
            fields: present
                .map(|(scale, reference)| scale.unwrap_or(Affine::new(1.0, *reference)))
                .collect(),
            parameters: context.parameters.to_vec(),
        };
        for (field, scale) in found.iter_mut().enumerate().filter(|(_, s)| s.is_none()) {
            let size = balance.size(field, &scales, &known);
            *scale = size.map(|size| Affine::new(size, references[field]));
        }
        if known
            .iter()
            .zip(&*found)
            .all(|(known, scale)| *known == scale.is_some())
        {
            return;
        }
    }
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
