//! Numbers that must lie in a range.

use super::mistake::{Checked, Fault, Mistake};
use std::fmt::Display;
use std::ops::RangeInclusive;
use toml::Spanned;

/// Bounds that keep a typo from filling the memory.
pub(super) const POINTS: RangeInclusive<usize> = 1..=100_000_000;
pub(super) const STEPS: RangeInclusive<usize> = 1..=1_000_000_000;

pub(super) fn count(
    entry: &Option<Spanned<usize>>,
    what: &str,
    default: usize,
    range: RangeInclusive<usize>,
) -> Checked<usize> {
    match entry {
        None => Ok(default),
        Some(value) => inside(*value.get_ref(), &format!("`{what}`"), range, value),
    }
}

pub(super) fn number(
    entry: &Option<Spanned<f64>>,
    what: &str,
    default: f64,
    range: RangeInclusive<f64>,
) -> Checked<f64> {
    match entry {
        None => Ok(default),
        Some(value) => inside(*value.get_ref(), &format!("`{what}`"), range, value),
    }
}

/// The value if it lies in the range; not-a-number never does.
pub(super) fn inside<T: PartialOrd + Display + Copy, S>(
    value: T,
    what: &str,
    range: RangeInclusive<T>,
    place: &Spanned<S>,
) -> Checked<T> {
    if range.contains(&value) {
        return Ok(value);
    }
    let (least, most) = (range.start().to_string(), range.end().to_string());
    // Bounds that only mean "positive" or "finite" have 300 digits.
    let allowed = match (least.len() > 20, most.len() > 20) {
        (true, true) => "positive and finite".to_string(),
        (true, false) => format!("positive and at most {most}"),
        (false, true) => format!("finite and at least {least}"),
        (false, false) => format!("between {least} and {most}"),
    };
    let fault = Fault::OutOfRange {
        what: what.to_string(),
        allowed,
        found: value.to_string(),
    };
    Err(Mistake::new(fault, place.span()).label("out of range"))
}
