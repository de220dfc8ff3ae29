//! Quantities as people write them: `45 W/(m K)`, `20 degC`, `1.2 kg/m^3`.

use super::dimensions::{Dimensions, Kind};

/// A parsed unit: SI value = (number + offset) · factor; the offset counts for absolute temperatures only.
#[derive(Clone, PartialEq, Debug)]
pub struct Unit {
    pub factor: f64,
    pub offset: f64,
    pub dimensions: Dimensions,
    /// As written.
    pub text: String,
}

impl Unit {
    /// Value in SI base units, rounded to 15 significant digits so that the same quantity written in
    /// another unit has the same bits.
    pub fn to_si(&self, number: f64, kind: Kind) -> f64 {
        let offset = if kind == Kind::AbsoluteTemperature {
            self.offset
        } else {
            0.0
        };
        let si = (number + offset) * self.factor;
        format!("{si:.14e}").parse().unwrap_or(si)
    }

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
    #[error("expected a number at the start of `{text}`")]
    Number { text: String },
    #[error("unknown unit `{unit}`")]
    Unknown {
        unit: String,
        span: std::ops::Range<usize>,
    },
    #[error("{message}")]
    Syntax {
        message: String,
        span: std::ops::Range<usize>,
    },
    #[error("`{text}` has dimension [{found}], expected [{expected}]")]
    Dimension {
        text: String,
        expected: Dimensions,
        found: Dimensions,
    },
}

/// Parses a compound unit.
pub fn parse_unit(text: &str) -> Result<Unit, UnitError> {
    Err(UnitError::Number {
        text: text.to_string(),
    })
}

/// Parses a number with its unit and checks its dimensions; returns the value in SI base units and the
/// unit as written.
pub fn parse_quantity(
    text: &str,
    dimensions: Dimensions,
    kind: Kind,
) -> Result<(f64, Unit), UnitError> {
    let _ = (dimensions, kind);
    Err(UnitError::Number {
        text: text.to_string(),
    })
}
