//! Quantities as text: `45 W/(m K)`, `20 degC`, `1.2 kg/m^3`.
//!
//! ```text
//! quantity = number [unit]
//! unit     = factor { ("*" | "·" | " ") factor | "/" factor }      from left to right
//! factor   = ( symbol | "1" | "(" unit ")" ) [ ["^"] integer ]     m^2, m2, m², m^-1, m⁻¹
//! ```
//!
//! After a `/` a space does not multiply: `W/m K` could mean two things and is refused.

mod error;
mod parser;

use super::dimensions::{Dimensions, Kind};
use super::exact::{Exact, round15};
use super::unit_symbols::symbol;
use parser::{Parser, number_length};

pub use error::UnitError;

/// Parsed unit: SI value = (number + offset) · factor. The offset counts for absolute temperatures only.
#[derive(Clone, PartialEq, Debug)]
pub struct Unit {
    /// SI value of one of this unit.
    pub factor: f64,
    /// Number added before multiplication: 273.15 for degC, zero for everything but temperatures.
    pub offset: f64,
    /// Dimensions of the quantities that the unit measures.
    pub dimensions: Dimensions,
    /// Text as it was written.
    pub text: String,
    /// `factor` before it was rounded to a double.
    exact: Exact,
}

impl Unit {
    fn new(exact: Exact, offset: f64, dimensions: Dimensions, text: &str) -> Self {
        Unit {
            factor: exact.value(),
            offset,
            dimensions,
            text: text.to_string(),
            exact,
        }
    }

    /// Coherent SI unit of some dimensions, written as in [`Dimensions::unit_text`].
    pub fn si(dimensions: Dimensions) -> Self {
        Unit::new(Exact::ONE, 0.0, dimensions, &dimensions.unit_text())
    }

    /// Converts to a value in SI base units, rounded to 15 significant digits so that the quantity has the
    /// same bits in every unit.
    pub fn to_si(&self, number: f64, kind: Kind) -> f64 {
        let number = Exact::decimal(number);
        let shifted = if kind == Kind::AbsoluteTemperature {
            number.plus(Exact::decimal(self.offset))
        } else {
            number
        };
        round15(shifted.times(self.exact).value())
    }

    /// Converts from a value in SI base units.
    pub fn from_si(&self, si: f64, kind: Kind) -> f64 {
        let offset = if kind == Kind::AbsoluteTemperature {
            self.offset
        } else {
            0.0
        };
        si / self.factor - offset
    }
}

/// Looks up one symbol without powers or products: `mm`, `degC`, `newton`. Returns `None` if it is not in any
/// table.
pub fn unit_symbol(text: &str) -> Option<Unit> {
    let found = symbol(text)?;
    Some(Unit::new(
        found.factor,
        found.offset,
        found.dimensions,
        text,
    ))
}

/// Parses a compound unit such as `W/(m K)`; an empty text is the unit of a plain number.
///
/// # Errors
/// If the text is no unit.
pub fn parse_unit(text: &str) -> Result<Unit, UnitError> {
    let Some(unit) = Parser::parse(text)? else {
        return Ok(Unit::new(Exact::ONE, 0.0, Dimensions::NONE, ""));
    };
    let factor = unit.factor.value();
    if !factor.is_normal() {
        return Err(UnitError::Range {
            text: text.to_string(),
            reason: "its SI value does not fit a 64-bit number",
            span: 0..text.len(),
        });
    }
    Ok(Unit::new(
        unit.factor,
        unit.offset,
        unit.dimensions,
        text.trim(),
    ))
}

/// Splits a text into a number and its unit (`1` if there is none), without checking dimensions.
///
/// # Errors
/// If the text is not a number with a unit.
pub fn split_quantity(text: &str) -> Result<(f64, Unit), UnitError> {
    let start = text.len() - text.trim_start().len();
    let length = number_length(&text[start..]);
    let end = start + length;
    let Ok(number) = text[start..end].replace('−', "-").parse::<f64>() else {
        return Err(UnitError::Number {
            text: text.trim().to_string(),
            span: start..text.trim_end().len().max(start),
        });
    };
    if !number.is_finite() {
        return Err(UnitError::Range {
            text: text.trim().to_string(),
            reason: "the number does not fit 64 bits",
            span: start..end,
        });
    }
    let unit = parse_unit(&text[end..]).map_err(|error| error.moved(end))?;
    Ok((number, unit))
}

/// Parses a number with its unit and checks its dimensions. Returns the value in SI base units and the unit
/// as written.
///
/// `20 degC` is an absolute temperature. As a temperature *difference* ([`Kind::Plain`]) it is refused: the
/// difference between 20 °C and 0 °C is 20 K, and a scale with an offset cannot express it.
///
/// # Errors
/// If the text is no quantity, has another dimension, or is out of range.
pub fn parse_quantity(
    text: &str,
    dimensions: Dimensions,
    kind: Kind,
) -> Result<(f64, Unit), UnitError> {
    let (number, unit) = split_quantity(text)?;
    // The unit stands at the end of the trimmed text, after the number and perhaps spaces.
    let end = text.trim_end().len();
    let span = match unit.text.len() {
        0 => text.len() - text.trim_start().len()..end,
        length => end - length..end,
    };
    if unit.dimensions != dimensions {
        return Err(UnitError::Dimension {
            text: text.trim().to_string(),
            expected: dimensions,
            found: unit.dimensions,
            remedy: remedy(&unit, dimensions),
            span,
        });
    }
    if kind == Kind::Plain && unit.offset != 0.0 {
        let difference = if unit.factor == 1.0 { "K" } else { "degR" };
        let message = format!(
            "`{}` is a temperature on a scale with an offset, but a temperature difference is expected; \
             a difference of {number} degrees is written `{number} {difference}`",
            text.trim(),
        );
        return Err(UnitError::Syntax { message, span });
    }
    let si = unit.to_si(number, kind);
    let reason = if !si.is_finite() || (si == 0.0 && number != 0.0 && unit.offset == 0.0) {
        "its SI value does not fit a 64-bit number"
    } else if kind == Kind::AbsoluteTemperature && si < 0.0 {
        "it is below absolute zero"
    } else {
        return Ok((si, unit));
    };
    Err(UnitError::Range {
        text: text.trim().to_string(),
        reason,
        span: text.len() - text.trim_start().len()..end,
    })
}

/// Remedy for the most likely mistake behind a wrong dimension.
fn remedy(unit: &Unit, expected: Dimensions) -> String {
    let si = expected.unit_text();
    match unit.text.as_str() {
        "C" | "F" if expected == Dimensions::TEMPERATURE => {
            format!("; for degrees write `deg{}`", unit.text)
        }
        "" => format!("; write its unit, such as `{si}`"),
        text => match text.split_once('/') {
            Some((above, below))
                if below.contains(['*', '·', '⋅', '.']) && !below.contains(['(', '/']) =>
            {
                let below = below.replace(['*', '·', '⋅', '.'], " ");
                format!("; `/` divides by the next unit only: did you mean `{above}/({below})`?")
            }
            _ if expected.is_none() => {
                "; write a plain number or a ratio such as `5 %`".to_string()
            }
            _ => format!("; write it in `{si}` or an equivalent unit"),
        },
    }
}

#[cfg(test)]
mod tests;
