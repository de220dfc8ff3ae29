//! Equations that are written in the problem file.

use super::expression::{Definitions, Scope, elaborate, usable};
use super::located::Located;
use super::mistake::{Checked, Fault, Mistake, unit_mistake};
use super::residuals::reads_field;
use super::wire::{Entries, FieldEntry, ProblemFile, Scalar, WrittenEquation};
use pinn_expr::{Graph, MAX_COORDINATES};
use pinn_units::{
    Declared, DimensionalResiduals, Dimensions, Kind, QuantityInfo, RawEquation, Unit, parse_unit,
    split_quantity,
};
use std::ops::Range;
use toml::Spanned;

/// Bounds that keep a typo from filling the memory.
const MAX_FIELDS: usize = 64;
const MAX_EQUATIONS: usize = 64;

/// The coordinates of the domain and the fields of `[fields]`, and the unit of every field.
pub(super) fn declared(file: &ProblemFile, text: &str) -> Checked<(Declared, Vec<Unit>)> {
    let mut declared = Declared::default();
    for (key, ends) in &file.domain.get_ref().0 {
        new_name(key, &declared)?;
        if declared.coordinates.len() == MAX_COORDINATES {
            return Err(Mistake::too_many(
                "coordinates",
                MAX_COORDINATES,
                key.span(),
            ));
        }
        let unit = match ends.get_ref().first() {
            Some(end) => unit_of(end, text)?,
            None => Unit::si(Dimensions::NONE),
        };
        declared.coordinates.push(info(key, &unit, false));
    }
    let mut units = Vec::new();
    for (key, entry) in &file.fields.0 {
        new_name(key, &declared)?;
        if declared.fields.len() == MAX_FIELDS {
            return Err(Mistake::too_many("fields", MAX_FIELDS, key.span()));
        }
        let (unit, difference) = match entry.get_ref() {
            FieldEntry::Unit(unit) => (Some(Located::new(unit, entry.span(), text)), false),
            FieldEntry::Table(table) => {
                let unit = table.unit.as_ref().map(|unit| Located::of(unit, text));
                (unit, table.difference)
            }
        };
        let Some(unit) = unit else {
            let key = "unit".to_string();
            return Err(Mistake::new(Fault::MissingKey { key }, entry.span())
                .label("a field needs a unit")
                .help("write `T = \"K\"` or `T = { unit = \"K\" }`"));
        };
        let unit = field_unit(unit)?;
        declared.fields.push(info(key, &unit, difference));
        units.push(unit);
    }
    if declared.fields.is_empty() {
        let key = "fields".to_string();
        return Err(
            Mistake::new(Fault::MissingKey { key }, file.equation.span())
                .label("these equations need fields, but none is declared")
                .help("add a table `[fields]` with the unit of each: `T = \"K\"`"),
        );
    }
    Ok((declared, units))
}

/// Temperatures are points on their scale unless the file calls them differences.
fn info(key: &Spanned<String>, unit: &Unit, difference: bool) -> QuantityInfo {
    let temperature = unit.dimensions == Dimensions::TEMPERATURE && !difference;
    QuantityInfo {
        name: key.get_ref().clone(),
        dimensions: unit.dimensions,
        kind: match temperature {
            true => Kind::AbsoluteTemperature,
            false => Kind::Plain,
        },
        quantity: String::new(),
    }
}

fn unit_of(end: &Spanned<Scalar>, text: &str) -> Checked<Unit> {
    match end.get_ref() {
        Scalar::Number(_) => Ok(Unit::si(Dimensions::NONE)),
        Scalar::Text(found) => {
            let found = Located::new(found, end.span(), text);
            let (_, unit) = found.locate(split_quantity(found.text).map_err(unit_mistake))?;
            Ok(unit)
        }
    }
}

fn field_unit(unit: Located) -> Checked<Unit> {
    match unit.text.trim() {
        "" | "1" => Ok(Unit::si(Dimensions::NONE)),
        _ => unit.locate(parse_unit(unit.text).map_err(unit_mistake)),
    }
}

fn new_name(key: &Spanned<String>, declared: &Declared) -> Checked<()> {
    let name = key.get_ref();
    usable(name, key.span())?;
    if declared.coordinate(name).is_none() && declared.field(name).is_none() {
        return Ok(());
    }
    let message = format!("`{name}` is already declared");
    Err(Mistake::new(Fault::Expression { message }, key.span()).label("choose another name"))
}

/// The residuals, each with the dimension that its text has.
pub(super) fn equations(
    entries: &[Spanned<WrittenEquation>],
    place: Range<usize>,
    declared: &Declared,
    definitions: &Definitions,
    file: &str,
) -> Checked<DimensionalResiduals> {
    if entries.is_empty() {
        let key = "residual".to_string();
        return Err(Mistake::new(Fault::MissingKey { key }, place)
            .label("no equation stands here")
            .help("write `[[equation]]` with a `residual`"));
    }
    let mut graph = Graph::new();
    let mut equations: Vec<RawEquation> = Vec::new();
    let scope = Scope::all(declared, definitions);
    for (number, entry) in entries.iter().enumerate() {
        let span = entry.span();
        let entry = entry.get_ref();
        if number == MAX_EQUATIONS {
            return Err(Mistake::too_many("equations", MAX_EQUATIONS, span));
        }
        let (name, name_span) = match &entry.name {
            Some(name) => (name.get_ref().clone(), name.span()),
            None if entries.len() == 1 => ("equation".to_string(), span),
            None => (format!("equation {}", number + 1), span),
        };
        if equations.iter().any(|other| other.name == name) {
            let what = "equation";
            let mistake = Mistake::new(Fault::Duplicate { what, name }, name_span);
            return Err(mistake.label("names of equations must differ"));
        }
        let residual = Located::of(&entry.residual, file);
        let value = residual.locate(elaborate(residual.text, scope, &mut graph))?;
        reads_field(&graph, value.expr, declared, residual.whole())?;
        equations.push(RawEquation {
            name,
            residual: value.expr,
            dimensions: value.dimensions,
        });
    }
    Ok(DimensionalResiduals::from_parts(
        declared.clone(),
        graph,
        equations,
    ))
}

/// Refuses units for the fields of a registered equation, which fixes them.
pub(super) fn refuse_units(fields: &Entries<FieldEntry>, equation: &str) -> Checked<()> {
    for (_, entry) in &fields.0 {
        let key = match entry.get_ref() {
            FieldEntry::Table(table) if table.unit.is_none() && !table.difference => continue,
            FieldEntry::Table(table) if table.unit.is_none() => "difference",
            _ => "unit",
        };
        let fault = Fault::ForeignKey {
            key: key.to_string(),
            to: format!("a field of the equation `{equation}`"),
        };
        return Err(Mistake::new(fault, entry.span())
            .label("the equation fixes the units of its fields")
            .help("display units belong under `[output]`: `units = { T = \"degC\" }`"));
    }
    Ok(())
}
