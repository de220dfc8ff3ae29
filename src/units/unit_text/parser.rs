//! Recursive descent over the grammar of units; brackets nest to a bounded depth.

use super::error::UnitError;
use crate::dimensions::Dimensions;
use crate::exact::Exact;
use crate::unit_symbols::{is_symbol_character, similar, symbol};
use std::ops::Range;

/// Largest power of a unit; no real one comes near.
const MAX_POWER: i32 = 32;
/// Nested brackets in a unit.
const MAX_DEPTH: usize = 16;

/// Bytes of the longest number at the start: sign, digits with a point, exponent with digits.
pub(super) fn number_length(text: &str) -> usize {
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
    let has_digits = at > 0 && (whole > 0 || bytes[at - 1].is_ascii_digit());
    if has_digits && let Some(b'e' | b'E') = bytes.get(at) {
        let sign = matches!(bytes.get(at + 1), Some(b'+' | b'-')) as usize;
        let count = digits(at + 1 + sign);
        if count > 0 {
            at += 1 + sign + count;
        }
    }
    at
}

/// A unit while it is being put together.
#[derive(Copy, Clone)]
pub(super) struct Partial {
    pub factor: Exact,
    pub offset: f64,
    pub dimensions: Dimensions,
}

pub(super) struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// The whole text as a unit; `None` if it is blank.
    pub fn parse(text: &'a str) -> Result<Option<Partial>, UnitError> {
        let mut parser = Parser {
            text,
            at: 0,
            depth: 0,
        };
        parser.spaces();
        if parser.at == text.len() {
            return Ok(None);
        }
        let unit = parser.product()?;
        if let Some(c) = parser.peek() {
            let end = parser.at + c.len_utf8();
            return Err(parser.syntax(format!("unexpected `{c}` in a unit"), parser.at..end));
        }
        Ok(Some(unit))
    }

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
                            "cannot read the unit `{above}{below} {next}`: it is ambiguous; write `{above}({below} {next})` or `{above}{below}*{next}`"
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
