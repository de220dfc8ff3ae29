//! Equations that hold in parts of the region.

use super::conditions::Entry;
use super::geometry::part_of_region;
use super::mistake::{Checked, Fault, Mistake};
use super::wire::{EquationEntry, WrittenEquation};
use pinn_core::statement::Condition;
use pinn_geometry::domain::Domain;
use pinn_geometry::place::{Boundary, Place};
use pinn_units::DimensionalResiduals;
use std::sync::Arc;

/// Number of the part in which each equation holds; `None` means everywhere.
pub(super) type Parts = Vec<Option<usize>>;

/// Divides the region into the parts that equations name. Where all equations hold in parts, those in the first one are
/// the statement's.
pub(super) fn divide(equations: &EquationEntry, domain: &mut Domain, file: &str) -> Checked<Parts> {
    let EquationEntry::Written(list) = equations else {
        return Ok(Vec::new());
    };
    let mut texts: Vec<String> = Vec::new();
    let mut regions = Vec::new();
    let mut parts = Vec::new();
    for equation in list {
        let WrittenEquation { part, .. } = equation.get_ref();
        parts.push(match part {
            None => None,
            Some(part) => {
                let text = part.get_ref().trim().to_string();
                let known = texts.iter().position(|known| *known == text);
                if known.is_none() {
                    regions.push((text.clone(), part_of_region(part, domain, file)?));
                    texts.push(text);
                }
                known.or(Some(texts.len() - 1))
            }
        });
    }
    if let (Some(geometry), false) = (&domain.geometry, regions.is_empty()) {
        let main = parts.iter().all(Option::is_some).then_some(0);
        let geometry = geometry.as_ref().clone().divided(regions, main);
        domain.geometry = Some(Arc::new(geometry));
    }
    Ok(parts)
}

/// The equations of the statement, and those of the other parts, each part as a condition on all of it.
pub(super) fn split(
    all: DimensionalResiduals,
    parts: &Parts,
    domain: &Domain,
    equations: &EquationEntry,
    conditions: &[Entry],
) -> Checked<(DimensionalResiduals, Vec<Entry>)> {
    let (EquationEntry::Written(list), Some(geometry)) = (equations, &domain.geometry) else {
        return Ok((all, Vec::new()));
    };
    let of = |wanted: Option<usize>| {
        let own = all.equations().iter().zip(parts);
        let own = own.filter(|(_, part)| **part == wanted);
        let own = own.map(|(equation, _)| equation.clone()).collect();
        let (declared, graph) = (all.declared().clone(), all.graph().clone());
        DimensionalResiduals::from_parts(declared, graph, own)
    };
    let others = (0..geometry.parts().len()).filter(|part| Some(*part) != geometry.main());
    let entries = others.map(|part| {
        let residuals = of(Some(part));
        let names: Vec<&str> = residuals
            .equations()
            .iter()
            .map(|e| e.name.as_str())
            .collect();
        let first = parts.iter().position(|p| *p == Some(part)).unwrap_or(0);
        Entry {
            condition: Condition {
                name: names.join(", "),
                residuals,
                place: Place {
                    boundary: Boundary::Part(part),
                    within: Vec::new(),
                },
                normal: Vec::new(),
                partner: None,
                hard: false,
            },
            weight: None,
            points: None,
            place: list[first].span(),
            known: Vec::new(),
        }
    });
    let entries: Vec<Entry> = entries.collect();
    for entry in &entries {
        let name = &entry.condition.name;
        if conditions.iter().any(|c| c.condition.name == *name) {
            let fault = Fault::Duplicate {
                what: "name",
                name: name.clone(),
            };
            return Err(Mistake::new(fault, entry.place.clone())
                .label("names of conditions and of equations in parts must differ"));
        }
    }
    Ok((of(geometry.main()), entries))
}
