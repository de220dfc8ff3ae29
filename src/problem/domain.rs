//! The `[domain]` table.

use super::mistake::{Checked, Fault, Mistake};
use super::quantity::{Expected, quantity};
use super::suggest::{list, remedy};
use super::wire::{Entries, Scalar};
use pinn_geometry::domain::{Domain, Interval};
use pinn_units::{Declared, Dimensions, Unit};
use toml::Spanned;

/// The domain, and the unit of every coordinate as written.
pub(super) fn domain(
    entries: &Spanned<Entries<Vec<Spanned<Scalar>>>>,
    declared: &Declared,
    file: &str,
) -> Checked<(Domain, Vec<Unit>)> {
    let known: Vec<&str> = declared
        .coordinates
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    for (key, _) in &entries.get_ref().0 {
        if declared.coordinate(key.get_ref()).is_none() {
            let name = key.get_ref().clone();
            let fault = Fault::UnknownName {
                what: "coordinate",
                name,
            };
            return Err(Mistake::new(fault, key.span())
                .label(format!("expected one of {}", list(&known)))
                .help(remedy(key.get_ref(), "coordinate", &known)));
        }
    }
    let mut intervals = Vec::new();
    let mut units = Vec::new();
    for info in &declared.coordinates {
        let Some((key, ends)) = entries.get_ref().get(&info.name) else {
            let fault = Fault::Missing {
                what: "coordinate",
                name: info.name.clone(),
            };
            let unit = info.dimensions.unit_text();
            return Err(Mistake::new(fault, entries.span())
                .label("the domain needs every coordinate of the equation")
                .help(format!(
                    "add `{} = [\"0 {unit}\", \"1 {unit}\"]`",
                    info.name
                )));
        };
        let [lower, upper] = ends.get_ref().as_slice() else {
            let message = format!("expected two ends, found {}", ends.get_ref().len());
            return Err(Mistake::new(Fault::WrongType { message }, ends.span())
                .label("expected the lower and the upper end"));
        };
        let expected = Expected::of(&info.name, info);
        let (from, _) = quantity(lower, expected, file)?;
        let (to, unit) = quantity(upper, expected, file)?;
        let length = to - from;
        // Ends that agree to rounding would be a division by zero.
        if length <= 1e-12 * from.abs().max(to.abs()) || !length.is_finite() {
            let fault = Fault::EmptyDomain {
                coordinate: key.get_ref().clone(),
                lower: lower.get_ref().to_string(),
                upper: upper.get_ref().to_string(),
            };
            return Err(Mistake::new(fault, ends.span())
                .label("expected the lower end first, then a larger one"));
        }
        intervals.push(Interval {
            lower: from,
            upper: to,
        });
        units.push(unit);
    }
    let time = declared
        .coordinates
        .iter()
        .position(|c| c.dimensions == Dimensions::TIME);
    let domain = Domain {
        intervals,
        time,
        geometry: None,
    };
    Ok((domain, units))
}
