//! Quantities as people write them: `45 W/(m K)`, `20 degC`, `1.2 kg/m^3`.
//!
//! ```text
//! quantity = number [unit]
//! unit     = factor { ("*" | "·" | " ") factor | "/" factor }      from left to right
//! factor   = ( symbol | "1" | "(" unit ")" ) [ ["^"] integer ]     m^2, m2, m², m^-1, m⁻¹
//! ```
//!
//! After a `/` a space does not multiply: `W/m K` could mean two things and is refused.

use super::dimensions::{Dimensions, Kind};
use super::exact::{Exact, round15};
use super::unit_symbols::{is_symbol_character, similar, symbol};
use std::ops::Range;

/// Largest power of a unit; no real one comes near.
const MAX_POWER: i32 = 32;
/// Nested brackets in a unit.
const MAX_DEPTH: usize = 16;

/// A parsed unit: SI value = (number + offset) · factor; the offset counts for absolute temperatures only.
#[derive(Clone, PartialEq, Debug)]
pub struct Unit {
    /// SI value of one of this unit.
    pub factor: f64,
    /// What is added to a number before it is multiplied: 273.15 for degC; zero for all but temperatures.
    pub offset: f64,
    /// What it measures.
    pub dimensions: Dimensions,
    /// As written.
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

    /// The coherent SI unit of some dimensions, written as [`Dimensions::unit_text`] says.
    pub fn si(dimensions: Dimensions) -> Self {
        Unit::new(Exact::ONE, 0.0, dimensions, &dimensions.unit_text())
    }

    /// Value in SI base units, rounded to 15 significant digits so that the same quantity written in
    /// another unit has the same bits.
    pub fn to_si(&self, number: f64, kind: Kind) -> f64 {
        let number = Exact::decimal(number);
        let shifted = if kind == Kind::AbsoluteTemperature {
            number.plus(Exact::decimal(self.offset))
        } else {
            number
        };
        round15(shifted.times(self.exact).value())
    }

    /// Number of this unit in a value in SI base units.
    pub fn from_si(&self, si: f64, kind: Kind) -> f64 {
        let offset = if kind == Kind::AbsoluteTemperature {
            self.offset
        } else {
            0.0
        };
        si / self.factor - offset
    }
}

/// Why a text is not a quantity. Spans are byte ranges of the text.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnitError {
    /// No number where one must stand.
    #[error("expected a number, found `{text}`; write a number and its unit, such as `20 mm`")]
    Number {
        /// The whole text.
        text: String,
        /// Where the number was expected.
        span: Range<usize>,
    },
    /// A symbol that is in no table.
    #[error("unknown unit `{unit}`{}", suggest(.suggestion))]
    Unknown {
        /// The symbol.
        unit: String,
        /// A known symbol like it.
        suggestion: Option<String>,
        /// Where it stands.
        span: Range<usize>,
    },
    /// Not in the grammar of quantities; the message names the remedy.
    #[error("{message}")]
    Syntax {
        /// What is wrong and what to write instead.
        message: String,
        /// Where.
        span: Range<usize>,
    },
    /// A quantity of another dimension.
    #[error("`{text}` has dimension [{found}], expected [{expected}]{remedy}")]
    Dimension {
        /// The whole text.
        text: String,
        /// What was asked for.
        expected: Dimensions,
        /// What was found.
        found: Dimensions,
        /// `; …`, where the likely mistake is known, otherwise empty.
        remedy: String,
        /// The unit, or the whole text where there is none.
        span: Range<usize>,
    },
    /// A finite text for what no double holds, or a temperature below absolute zero.
    #[error("`{text}` is out of range: {reason}")]
    Range {
        /// The whole text.
        text: String,
        /// Which bound is passed.
        reason: &'static str,
        /// Where.
        span: Range<usize>,
    },
}

fn suggest(suggestion: &Option<String>) -> String {
    match suggestion {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    }
}

impl UnitError {
    /// Byte range of the text that is to blame.
    pub fn span(&self) -> Range<usize> {
        match self {
            UnitError::Number { span, .. }
            | UnitError::Unknown { span, .. }
            | UnitError::Syntax { span, .. }
            | UnitError::Dimension { span, .. }
            | UnitError::Range { span, .. } => span.clone(),
        }
    }

    /// The same error in a longer text, where this one begins at byte `start`.
    #[must_use]
    pub fn moved(mut self, start: usize) -> Self {
        match &mut self {
            UnitError::Number { span, .. }
            | UnitError::Unknown { span, .. }
            | UnitError::Syntax { span, .. }
            | UnitError::Dimension { span, .. }
            | UnitError::Range { span, .. } => *span = span.start + start..span.end + start,
        }
        self
    }
}

/// Looks up one symbol without powers or products: `mm`, `degC`, `newton`. `None` if no table has it.
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
pub fn parse_unit(text: &str) -> Result<Unit, UnitError> {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
    };
    parser.spaces();
    if parser.at == text.len() {
        return Ok(Unit::new(Exact::ONE, 0.0, Dimensions::NONE, ""));
    }
    let unit = parser.product()?;
    if let Some(c) = parser.peek() {
        let end = parser.at + c.len_utf8();
        return Err(parser.syntax(format!("unexpected `{c}` in a unit"), parser.at..end));
    }
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

/// Parses a number with its unit and checks its dimensions; returns the value in SI base units and the
/// unit as written.
///
/// `20 degC` is an absolute temperature. As a temperature *difference* ([`Kind::Plain`]) it is refused: the
/// difference between 20 °C and 0 °C is 20 K, and a scale with an offset cannot say so.
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

/// What a wrong dimension was most likely meant to be.
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
            _ => format!("; write it in `{si}` or a unit like it"),
        },
    }
}

/// Bytes of the longest number at the start: sign, digits with a point, exponent with digits.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let rest = bytes.iter().skip(from);
        rest.take_while(|b| b.is_ascii_digit()).count()
    };
    let mut at = match text.chars().next() {
        Some(sign @ ('+' | '-' | '−')) => sign.len_utf8(),
        _ => 0,
    };
    let whole = digits(at);
    at += whole;
    if bytes.get(at) == Some(&b'.') && (whole > 0 || digits(at + 1) > 0) {
        at += 1 + digits(at + 1);
    }
    if whole > 0 || at > 0 && bytes[at - 1].is_ascii_digit() {
        if let Some(b'e' | b'E') = bytes.get(at) {
            let sign = matches!(bytes.get(at + 1), Some(b'+' | b'-')) as usize;
            let count = digits(at + 1 + sign);
            if count > 0 {
                at += 1 + sign + count;
            }
        }
    }
    at
}

/// A unit while it is being put together.
#[derive(Copy, Clone)]
struct Partial {
    factor: Exact,
    offset: f64,
    dimensions: Dimensions,
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next_if(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let c = self.peek().filter(|c| wanted(*c))?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn spaces(&mut self) -> bool {
        let start = self.at;
        while self.next_if(char::is_whitespace).is_some() {}
        self.at > start
    }

    fn syntax(&self, message: String, span: Range<usize>) -> UnitError {
        UnitError::Syntax { message, span }
    }

    fn product(&mut self) -> Result<Partial, UnitError> {
        let start = self.at;
        let mut unit = self.factor()?;
        let mut divided_at = None;
        loop {
            let spaces_at = self.at;
            let spaced = self.spaces();
            let power = match self.peek() {
                None | Some(')') => return Ok(unit),
                Some('*' | '·' | '⋅' | '×' | '.') => {
                    self.at += self.peek().map_or(0, char::len_utf8);
                    1
                }
                Some('/') => {
                    self.at += 1;
                    divided_at = Some(self.at);
                    -1
                }
                Some(c) if spaced && (is_symbol_character(c) || c == '(') => {
                    if let Some(below) = divided_at {
                        let factor_at = self.at;
                        self.factor()?;
                        let (above, below, next) = (
                            &self.text[start..below],
                            self.text[below..spaces_at].trim(),
                            &self.text[factor_at..self.at],
                        );
                        let message = format!(
                            "`{above}{below} {next}` is ambiguous: write `{above}({below} {next})` or `{above}{below}*{next}`"
                        );
                        return Err(self.syntax(message, start..self.at));
                    }
                    1
                }
                Some(c) => {
                    let end = self.at + c.len_utf8();
                    let message = if c.is_ascii_digit() {
                        "unexpected number in a unit; write one number with one unit".to_string()
                    } else {
                        format!("unexpected `{c}` in a unit")
                    };
                    return Err(self.syntax(message, self.at..end));
                }
            };
            self.spaces();
            let from = self.at;
            let factor = self.factor()?;
            unit = self.combine(unit, factor, power, from)?;
        }
    }

    fn combine(
        &self,
        unit: Partial,
        factor: Partial,
        power: i32,
        from: usize,
    ) -> Result<Partial, UnitError> {
        let dimensions = unit.dimensions.times(factor.dimensions, power);
        Ok(Partial {
            factor: unit.factor.times(factor.factor.power(power)),
            // Within a product a degree is a difference: W/(m degC) is W/(m K).
            offset: 0.0,
            dimensions: dimensions.ok_or_else(|| self.power_too_large(from))?,
        })
    }

    fn power_too_large(&self, from: usize) -> UnitError {
        let message = format!("powers of units lie between -{MAX_POWER} and {MAX_POWER}");
        self.syntax(message, from..self.at)
    }

    fn factor(&mut self) -> Result<Partial, UnitError> {
        let start = self.at;
        let one = Partial {
            factor: Exact::ONE,
            offset: 0.0,
            dimensions: Dimensions::NONE,
        };
        let unit = match self.peek() {
            Some('(') => {
                if self.depth == MAX_DEPTH {
                    let message = format!("brackets nest deeper than {MAX_DEPTH}");
                    return Err(self.syntax(message, start..start + 1));
                }
                self.depth += 1;
                self.at += 1;
                self.spaces();
                let unit = self.product()?;
                self.depth -= 1;
                if self.next_if(|c| c == ')').is_none() {
                    return Err(self.syntax("`(` without `)` in a unit".into(), start..start + 1));
                }
                unit
            }
            Some('1') => {
                self.at += 1;
                one
            }
            _ => {
                while self.next_if(is_symbol_character).is_some() {}
                self.symbol(start)?
            }
        };
        let from = self.at;
        match self.power()? {
            1 => Ok(unit),
            n if n.abs() > MAX_POWER => Err(self.power_too_large(from)),
            n => self.combine(one, unit, n, from),
        }
    }

    fn symbol(&self, start: usize) -> Result<Partial, UnitError> {
        let written = &self.text[start..self.at];
        if written.is_empty() {
            let (message, end) = match self.peek() {
                Some(c) if c.is_ascii_digit() => (
                    "expected a unit, found a number; powers of ten are written `3e-4`, powers of units `m^2`".into(),
                    start + 1,
                ),
                Some('*' | '×') => (
                    "expected a unit, found a product; powers of ten are written `3e-4`".into(),
                    self.at + self.peek().map_or(0, char::len_utf8),
                ),
                Some(',') => ("unexpected `,`; decimals have a point: `1.5`".into(), start + 1),
                Some(c) => (format!("expected a unit, found `{c}`"), start + c.len_utf8()),
                None => ("expected a unit, found the end of the text".into(), start),
            };
            return Err(self.syntax(message, start..end));
        }
        match symbol(written) {
            Some(found) => Ok(Partial {
                factor: found.factor,
                offset: found.offset,
                dimensions: found.dimensions,
            }),
            None => Err(UnitError::Unknown {
                unit: written.to_string(),
                suggestion: similar(written),
                span: start..self.at,
            }),
        }
    }

    /// `^-2`, `^(-2)`, `**2`, `-2`, `2`, `⁻²`, or nothing.
    fn power(&mut self) -> Result<i32, UnitError> {
        const SUPERSCRIPTS: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
        let start = self.at;
        let mut digits = String::new();
        let mut bracket = false;
        let marked = if self.text[self.at..].starts_with("**") {
            self.at += 2;
            true
        } else {
            self.next_if(|c| c == '^').is_some()
        };
        if marked {
            bracket = self.next_if(|c| c == '(').is_some();
        }
        let ascii = |c: char| c.is_ascii_digit() || c == '-' || c == '−' || c == '+';
        while let Some(c) = self.next_if(ascii) {
            digits.push(if c == '−' { '-' } else { c });
        }
        if digits.is_empty() && !marked {
            while let Some(c) = self.next_if(|c| c == '⁻' || SUPERSCRIPTS.contains(c)) {
                let value = SUPERSCRIPTS.chars().position(|s| s == c);
                digits.push(value.map_or('-', |v| char::from(b'0' + v as u8)));
            }
            if digits.is_empty() {
                return Ok(1);
            }
        }
        let rest = &self.text[self.at..];
        let fraction = |mark: char| {
            let next = rest.strip_prefix(mark).and_then(|rest| rest.chars().next());
            next.is_some_and(|c| c.is_ascii_digit())
        };
        let whole = !(fraction('.') || bracket && fraction('/'));
        if bracket && whole && self.next_if(|c| c == ')').is_none() {
            return Err(self.syntax("`(` without `)` in a power".into(), start..self.at));
        }
        match digits.parse::<i32>() {
            Ok(n) if whole => Ok(n),
            _ if digits.len() > 5 && whole => Err(self.power_too_large(start)),
            _ => {
                let end = self.at.max(start + 1).min(self.text.len());
                let message = "powers of units are whole numbers, such as `m^2` or `m^-1`".into();
                Err(self.syntax(message, start..end))
            }
        }
    }
}

#[cfg(test)]
mod tests;
