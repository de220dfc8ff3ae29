//! Unknown parameters: `k = { unknown = true, guess = "10 W/(m K)", positive = true }`.

use super::mistake::{Checked, Fault, Mistake};
use super::quantity::{Expected, quantity};
use super::suggest::remedy;
use super::wire::{Entries, Scalar, TableValue};
use pinn_core::unknown::{Unknown, UnknownRange};
use pinn_units::{Dimensions, Kind, Unit};
use std::ops::Range;
use toml::Spanned;

const KEYS: [&str; 4] = ["unknown", "guess", "positive", "scale"];

/// True if a table is that of an unknown, and not of a range.
pub(super) fn is_unknown(table: &Entries<TableValue>) -> bool {
    table.get("unknown").is_some() || table.get("guess").is_some()
}

/// The guess, whose unit determines the dimension of the parameter.
pub(super) fn guess(table: &Entries<TableValue>) -> Option<&Spanned<TableValue>> {
    table.get("guess").map(|(_, guess)| guess)
}

/// The unknown with the number `parameter`, and its guess in SI base units with its unit.
pub(super) fn unknown(
    name: &Spanned<String>,
    span: Range<usize>,
    table: &Entries<TableValue>,
    expected: Expected,
    parameter: usize,
    file: &str,
) -> Checked<(Unknown, f64, Unit)> {
    for (key, _) in &table.0 {
        if !KEYS.contains(&key.get_ref().as_str()) {
            let fault = Fault::UnknownKey {
                key: key.get_ref().clone(),
            };
            return Err(Mistake::new(fault, key.span())
                .label("an unknown takes `guess` and, optionally, `positive` and `scale`")
                .help(remedy(key.get_ref(), "key", &KEYS)));
        }
    }
    if flag(table, "unknown")? != Some(true) {
        let fault = Fault::MissingKey {
            key: "unknown".to_string(),
        };
        let name = name.get_ref();
        return Err(Mistake::new(fault, span)
            .label("`guess` belongs to an unknown")
            .help(format!(
                "write `{name} = {{ unknown = true, guess = \"…\" }}`, or one value"
            )));
    }
    let Some(guess) = guess(table) else {
        let fault = Fault::MissingKey {
            key: "guess".to_string(),
        };
        let unit = expected.dimensions.unit_text();
        let example = if expected.dimensions.is_none() {
            "1".to_string()
        } else {
            format!("\"1 {unit}\"")
        };
        return Err(Mistake::new(fault, span)
            .label("the search begins at a guess, which also scales the equations")
            .help(format!("add `guess = {example}`")));
    };
    let guess = scalar(guess)?;
    let (value, unit) = quantity(&guess, expected, file)?;
    let positive = flag(table, "positive")? == Some(true);
    let scale = table.get("scale").map(|(_, scale)| scale);
    if positive {
        if let Some(scale) = scale {
            let fault = Fault::ForeignKey {
                key: "scale".to_string(),
                to: "a positive unknown".to_string(),
            };
            return Err(Mistake::new(fault, scale.span())
                .label("a positive unknown is found by its logarithm")
                .help("remove `scale`, or `positive`"));
        }
        if value <= 0.0 {
            let fault = Fault::OutOfRange {
                what: format!("the guess of `{}`", name.get_ref()),
                allowed: "positive".to_string(),
                found: value.to_string(),
            };
            return Err(Mistake::new(fault, guess.span()).label("the unknown is declared positive"));
        }
    }
    let range = match (positive, scale) {
        (true, _) => UnknownRange::Positive,
        (false, Some(scale)) => UnknownRange::Any {
            scale: amount(&scalar(scale)?, expected.dimensions, file)?,
        },
        (false, None) if value != 0.0 && expected.kind == Kind::Plain => {
            UnknownRange::Any { scale: value.abs() }
        }
        (false, None) => {
            let fault = Fault::MissingKey {
                key: "scale".to_string(),
            };
            let unit = expected.dimensions.unit_text();
            return Err(Mistake::new(fault, guess.span())
                .label("this guess does not tell how far off it may be")
                .help(format!(
                    "add `scale = \"1 {unit}\"`, the amount by which the guess may be off"
                )));
        }
    };
    Ok((Unknown { parameter, range }, value, unit))
}

/// A positive interval.
fn amount(entry: &Spanned<Scalar>, dimensions: Dimensions, file: &str) -> Checked<f64> {
    let (value, _) = quantity(entry, Expected::amount("scale", dimensions), file)?;
    if value > 0.0 {
        return Ok(value);
    }
    let fault = Fault::OutOfRange {
        what: "`scale`".to_string(),
        allowed: "positive".to_string(),
        found: value.to_string(),
    };
    Err(Mistake::new(fault, entry.span()).label("out of range"))
}

fn flag(table: &Entries<TableValue>, key: &str) -> Checked<Option<bool>> {
    let Some((_, value)) = table.get(key) else {
        return Ok(None);
    };
    match value.get_ref() {
        TableValue::Flag(flag) => Ok(Some(*flag)),
        TableValue::Scalar(_) => {
            let message = format!("`{key}` must be `true` or `false`");
            Err(Mistake::new(Fault::WrongType { message }, value.span()).label("this value"))
        }
    }
}

/// A value with its unit, and not `true` or `false`.
pub(super) fn scalar(value: &Spanned<TableValue>) -> Checked<Spanned<Scalar>> {
    match value.get_ref() {
        TableValue::Scalar(scalar) => Ok(Spanned::new(value.span(), scalar.clone())),
        TableValue::Flag(_) => {
            let message = "expected a string such as \"20 mm\"".to_string();
            Err(Mistake::new(Fault::WrongType { message }, value.span()).label("this value"))
        }
    }
}
