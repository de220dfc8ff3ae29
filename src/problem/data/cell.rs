//! Numbers in cells.

use crate::context::Context;
use crate::mistake::{Checked, Fault, Mistake};
use pinn_units::{Kind, QuantityInfo, Unit};
use std::ops::Range;

/// Positions so close to the domain, in lengths of it, are on its boundary.
const ROUNDING: f64 = 1e-9;

/// The number in a cell, in SI base units.
pub(super) fn si(cell: &str, unit: &Unit, info: &QuantityInfo, span: Range<usize>) -> Checked<f64> {
    let Ok(number) = cell.replace('−', "-").parse::<f64>() else {
        let fault = Fault::NotANumber {
            text: cell.to_string(),
        };
        return Err(Mistake::new(fault, span)
            .label(format!("expected a number in the unit of the header, `{}`", unit.text))
            .help("use a decimal point, and put units only in the header; leave the cell empty where there is no measurement"));
    };
    let si = if number.is_finite() {
        unit.to_si(number, info.kind)
    } else {
        number
    };
    if !si.is_finite() {
        let what = format!("this value of `{}`", info.name);
        return Err(Mistake::new(Fault::NotFinite { what }, span)
            .label(format!("found `{cell}`"))
            .help("leave the cell empty where there is no measurement"));
    }
    if info.kind == Kind::AbsoluteTemperature && si < 0.0 {
        let fault = Fault::OutOfRange {
            what: format!("`{}`", info.name),
            allowed: "above absolute zero".to_string(),
            found: format!("{cell} {}", unit.text),
        };
        return Err(Mistake::new(fault, span).label("out of range"));
    }
    Ok(si)
}

/// A coordinate that lies in the domain.
pub(super) fn inside(
    si: f64,
    unit: &Unit,
    coordinate: usize,
    span: Range<usize>,
    context: Context,
) -> Checked<f64> {
    let interval = context.domain.intervals[coordinate];
    let slack = ROUNDING * interval.length();
    if (interval.lower - slack..=interval.upper + slack).contains(&si) {
        return Ok(si.clamp(interval.lower, interval.upper));
    }
    let info = &context.declared.coordinates[coordinate];
    let shown = |si: f64| format!("{} {}", unit.from_si(si, info.kind), unit.text);
    let fault = Fault::OutsideDomain {
        coordinate: info.name.clone(),
        found: shown(si),
    };
    let (lower, upper) = (shown(interval.lower), shown(interval.upper));
    Err(Mistake::new(fault, span)
        .label(format!("the domain reaches from {lower} to {upper}"))
        .help("widen `[domain]`, or remove the line"))
}
