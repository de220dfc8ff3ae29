//! The `[output]` table.

use super::DisplayUnits;
use super::bounds::inside;
use super::located::Located;
use super::mistake::{Checked, Fault, Mistake, unit_mistake};
use super::names::quantity_number;
use super::suggest::{list, remedy};
use super::wire::OutputEntry;
use pinn_core::settings::usual;
use pinn_units::{Declared, Unit, parse_unit};

/// Most points of the evaluation grid.
const MAX_GRID: usize = 20_000_000;

/// Display units into `units`; returns the resolution.
pub(super) fn output(
    entry: Option<&OutputEntry>,
    declared: &Declared,
    units: &mut DisplayUnits,
    file: &str,
) -> Checked<Vec<usize>> {
    let coordinates = declared.coordinates.len();
    let mut resolution = vec![usual::resolution(coordinates); coordinates];
    let Some(entry) = entry else {
        return Ok(resolution);
    };
    for (name, text) in &entry.units.0 {
        let (is_coordinate, number) = quantity_number(name, declared)?;
        let located = Located::of(text, file);
        let (info, unit): (_, &mut Unit) = match is_coordinate {
            true => (
                &declared.coordinates[number],
                &mut units.coordinates[number],
            ),
            false => (&declared.fields[number], &mut units.fields[number]),
        };
        let found = parse_unit(text.get_ref()).map_err(unit_mistake);
        let found = located.locate(found)?;
        if found.dimensions != info.dimensions {
            let fault = Fault::Dimension {
                what: format!("the unit of `{}`", info.name),
                expected: info.dimensions,
                found: found.dimensions,
            };
            return Err(Mistake::new(fault, text.span()).label(format!(
                "expected a unit such as `{}`",
                info.dimensions.unit_text()
            )));
        }
        *unit = found;
    }
    for (name, points) in &entry.resolution.0 {
        let Some(number) = declared.coordinate(name.get_ref()) else {
            let known: Vec<&str> = declared
                .coordinates
                .iter()
                .map(|c| c.name.as_str())
                .collect();
            let fault = Fault::UnknownName {
                what: "coordinate",
                name: name.get_ref().clone(),
            };
            return Err(Mistake::new(fault, name.span())
                .label(format!("expected one of {}", list(&known)))
                .help(remedy(name.get_ref(), "coordinate", &known)));
        };
        resolution[number] = inside(*points.get_ref(), "the resolution", 2..=1_000_000, points)?;
    }
    let points = resolution.iter().try_fold(1usize, |a, b| a.checked_mul(*b));
    if let Some((_, place)) = entry.resolution.0.last() {
        inside(
            points.unwrap_or(usize::MAX),
            "the number of grid points",
            1..=MAX_GRID,
            place,
        )?;
    }
    Ok(resolution)
}
