//! Temperatures as points and differences.

use crate::mistake::{Fault, Mistake};
use std::ops::Range;

/// Role of a temperature in sums. All other quantities are amounts.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Temperature {
    /// May be added and scaled; also absolute temperatures in kelvin.
    Amount,
    /// The symbol of an absolute temperature.
    Point,
    /// Contains a number on a scale with an offset, such as `20 degC`.
    Offset,
}

/// Points and amounts form an affine space; `None` where the sum has no meaning. Symbols in kelvin may be
/// added up, as in a mean temperature; numbers on a scale with an offset may not.
pub(super) fn temperature_of_sum(
    left: Temperature,
    right: Temperature,
    subtracted: bool,
) -> Option<Temperature> {
    use Temperature::*;
    match (left, right, subtracted) {
        (Amount, Amount, _) => Some(Amount),
        (_, Amount, _) => Some(left),
        (Amount, Point, true) => Some(Amount),
        (Amount, Offset, true) => None,
        (Amount, _, false) => Some(right),
        (_, _, true) => Some(Amount),
        (Point, Point, false) => Some(Amount),
        (_, _, false) => None,
    }
}

pub(super) fn sum_mistake(subtracted: bool, span: Range<usize>) -> Box<Mistake> {
    let (operation, remedy) = match subtracted {
        true => (
            "subtracted from a difference",
            "write both in the same way: `30 degC - 20 degC`, or `80 K - 20 K`",
        ),
        false => (
            "added to another one",
            "write the difference in kelvin: `20 degC + 30 K`",
        ),
    };
    Mistake::new(Fault::TemperaturePoint { operation }, span)
        .label("this is a point, not a difference")
        .help(remedy)
}

pub(super) fn point_mistake(operation: &'static str, span: Range<usize>) -> Box<Mistake> {
    Mistake::new(Fault::TemperaturePoint { operation }, span)
        .label("this is a point, not an amount")
        .help("write temperature differences (`80 K`) and absolute temperatures (`293.15 K`) in kelvin")
}
