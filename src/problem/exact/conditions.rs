//! Conditions that follow from closed forms.

use super::Exact;
use crate::condition_kind::ConditionKind;
use crate::wire::{ConditionEntry, Faces};
use pinn_core::scales::points;
use pinn_geometry::domain::Domain;
use pinn_geometry::place::{Boundary, Place};
use pinn_units::Declared;
use std::ops::Range;
use toml::Spanned;

impl Exact {
    /// The conditions of a file that has none: values on all faces and at the first instant, and where an equation
    /// has more than two derivatives along a coordinate (along time more than one), slopes.
    pub fn conditions(
        &self,
        order: impl Fn(usize, usize) -> usize,
        declared: &Declared,
        domain: &Domain,
    ) -> Vec<Spanned<ConditionEntry>> {
        let Some(span) = self.table(declared).map(|table| table.span()) else {
            return Vec::new();
        };
        // Name, faces and coordinates of every place, and the number of derivatives that need no slope.
        let mut places = Vec::new();
        let region = domain.geometry.as_deref();
        for (number, coordinate) in declared.coordinates.iter().enumerate() {
            // The boundary of a region is named by its shapes, below.
            if region.is_some_and(|region| region.axes().contains(&number)) {
                continue;
            }
            let along = &coordinate.name;
            let (ends, enough): (&[&str], _) = match domain.time == Some(number) {
                true => (&["min"], 1),
                false => (&["min", "max"], 2),
            };
            let faces: Vec<String> = ends.iter().map(|end| format!("{along} = {end}")).collect();
            places.push((along, faces, vec![number], enough));
        }
        let shapes = region.map_or(&[][..], |region| region.shapes());
        for (number, shape) in shapes.iter().enumerate() {
            let place = Place {
                boundary: Boundary::Shape(number),
                within: Vec::new(),
            };
            if !points(domain, Some(&place), &[])[0].is_empty() {
                places.push((&shape.name, vec![shape.name.clone()], shape.axes.clone(), 2));
            }
        }
        let mut entries = Vec::new();
        for field in self.fields() {
            let name = &declared.fields[field].name;
            for (place, faces, axes, enough) in &places {
                let order = axes.iter().map(|axis| order(field, *axis)).max();
                let order = order.unwrap_or(0);
                let kinds = [
                    (ConditionKind::Dirichlet, "", 1),
                    (ConditionKind::Neumann, " slope", enough + 1),
                ];
                for (kind, what, least) in kinds {
                    if order < least {
                        continue;
                    }
                    let faces = faces.iter().cloned();
                    let faces = faces.map(|face| Spanned::new(span.clone(), face)).collect();
                    let condition = format!("{name}{what} on {place}");
                    let entry = derived(&span, condition, kind, name, faces);
                    entries.push(Spanned::new(span.clone(), entry));
                }
            }
        }
        entries
    }
}

fn derived(
    span: &Range<usize>,
    name: String,
    kind: ConditionKind,
    field: &str,
    faces: Vec<Spanned<String>>,
) -> ConditionEntry {
    let at = |text: String| Spanned::new(span.clone(), text);
    ConditionEntry {
        name: at(name),
        on: Some(Spanned::new(span.clone(), Faces::Several(faces))),
        kind: at(kind.name().to_string()),
        field: Some(at(field.to_string())),
        value: None,
        values: None,
        gradient: None,
        flux: None,
        conductivity: None,
        transfer: None,
        ambient: None,
        residual: None,
        between: None,
        conductivities: None,
        weight: None,
        points: None,
        hard: None,
    }
}
