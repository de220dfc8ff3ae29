//! Numbers with units, and expressions of a known dimension.

use super::expression::{Scope, Temperature, Value, elaborate};
use super::located::Located;
use super::mistake::{Checked, Fault, Mistake, unit_mistake};
use super::wire::Scalar;
use pinn_expr::Graph;
use pinn_units::{Dimensions, Kind, QuantityInfo, Unit, UnitError, parse_quantity};
use std::ops::Range;
use toml::Spanned;

/// "thermal conductivity" from uom's `ThermalConductivity`.
pub(super) fn words(quantity: &str) -> String {
    let mut words = String::new();
    for c in quantity.chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}

/// "a thermal conductivity, such as `1 W/(m K)`"
pub(super) fn example(dimensions: Dimensions, quantity: Option<&str>) -> String {
    let quantity = quantity.map(words);
    let what = quantity.as_deref().unwrap_or("a value");
    let article = match what.chars().next() {
        _ if quantity.is_none() => "",
        Some('a' | 'e' | 'i' | 'o' | 'u') => "an ",
        _ => "a ",
    };
    let unit = dimensions.unit_text();
    match dimensions.is_none() {
        true => format!("{article}{what} without a unit"),
        false => format!("{article}{what}, such as `1 {unit}`"),
    }
}

/// The dimension and kind that a value must have.
#[derive(Copy, Clone)]
pub(super) struct Expected<'a> {
    /// Name for messages: `h`, "the value of condition `face`".
    pub what: &'a str,
    pub dimensions: Dimensions,
    pub kind: Kind,
    /// uom's name.
    pub quantity: Option<&'a str>,
}

impl<'a> Expected<'a> {
    pub fn amount(what: &'a str, dimensions: Dimensions) -> Self {
        Expected {
            what,
            dimensions,
            kind: Kind::Plain,
            quantity: None,
        }
    }

    pub fn of(what: &'a str, info: &'a QuantityInfo) -> Self {
        Expected {
            what,
            dimensions: info.dimensions,
            kind: info.kind,
            quantity: (!info.quantity.is_empty()).then_some(&info.quantity),
        }
    }

    fn mistake(self, found: Dimensions, span: Range<usize>) -> Box<Mistake> {
        let fault = Fault::Dimension {
            what: format!("`{}`", self.what),
            expected: self.dimensions,
            found,
        };
        let expected = example(self.dimensions, self.quantity);
        Mistake::new(fault, span).label(format!("expected {expected}"))
    }

    /// A bare number in the file: fine if nothing has a dimension.
    fn bare(self, number: f64, span: Range<usize>) -> Checked<f64> {
        if !number.is_finite() {
            let what = format!("`{}`", self.what);
            return Err(
                Mistake::new(Fault::NotFinite { what }, span).label(format!("found `{number}`"))
            );
        }
        if self.dimensions.is_none() {
            return Ok(number);
        }
        let name = self.what.to_string();
        let unit = self.dimensions.unit_text();
        Err(Mistake::new(Fault::NoUnit { name }, span)
            .label(format!(
                "expected {}",
                example(self.dimensions, self.quantity)
            ))
            .help(format!("write a string with the unit: \"{number} {unit}\"")))
    }
}

/// A number with its unit: value in SI base units, and the unit.
pub(super) fn quantity(
    entry: &Spanned<Scalar>,
    expected: Expected,
    file: &str,
) -> Checked<(f64, Unit)> {
    let text = match entry.get_ref() {
        Scalar::Number(number) => {
            let value = expected.bare(*number, entry.span())?;
            return Ok((value, Unit::si(Dimensions::NONE)));
        }
        Scalar::Text(text) => Located::new(text, entry.span(), file),
    };
    let parsed = parse_quantity(text.text, expected.dimensions, expected.kind);
    text.locate(parsed.map_err(|error| match error {
        UnitError::Dimension {
            found,
            remedy,
            span,
            ..
        } => {
            let mistake = expected.mistake(found, span);
            match remedy.trim_start_matches("; ") {
                "" => mistake,
                remedy => mistake.help(remedy),
            }
        }
        other => unit_mistake(other),
    }))
}

/// An expression of the expected dimension, built in `graph`.
pub(super) fn value(
    entry: &Spanned<Scalar>,
    expected: Expected,
    scope: Scope,
    graph: &mut Graph,
    file: &str,
) -> Checked<Value> {
    let text = match entry.get_ref() {
        Scalar::Number(number) => {
            let number = expected.bare(*number, entry.span())?;
            return Ok(Value {
                expr: graph.constant(number),
                dimensions: Dimensions::NONE,
                temperature: Temperature::Amount,
            });
        }
        Scalar::Text(text) => Located::new(text, entry.span(), file),
    };
    let value = text.locate(elaborate(text.text, scope, graph))?;
    if value.dimensions != expected.dimensions {
        return Err(expected.mistake(value.dimensions, text.whole()));
    }
    if value.temperature == Temperature::Offset && expected.kind == Kind::Plain {
        let operation = "a temperature difference";
        return Err(
            Mistake::new(Fault::TemperaturePoint { operation }, text.whole())
                .label("expected a difference")
                .help("write a temperature difference in kelvin: `80 K`"),
        );
    }
    Ok(value)
}
