//! Why conditions cannot hold exactly.

use crate::statement::Statement;
use pinn_expr::show_number;
use pinn_geometry::NoFunction;
use pinn_units::{Dimensions, NondimensionalError};
use std::fmt;

/// Reasons why no ansatz satisfies the hard conditions.
#[allow(
    missing_docs,
    reason = "the message says what each variant and its fields are"
)]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HardError {
    #[error(
        "condition `{condition}` cannot hold exactly: `{residual}` is not a field minus a value that depends on coordinates and parameters alone"
    )]
    NotAValue { condition: String, residual: String },
    #[error("condition `{condition}` cannot hold exactly: {cause}")]
    NoFunction {
        condition: String,
        cause: NoFunction,
    },
    #[error(
        "the conditions `{first}` and `{second}` both give `{field}` on the same part of the boundary; a field has one value there"
    )]
    SamePlace {
        first: String,
        second: String,
        field: String,
    },
    #[error(
        "the conditions `{first}` and `{second}` disagree where they meet: at {at} `{field}` would be {} by one and {} by the other, {} apart",
        amount(.values.0, *.dimensions), amount(.values.1, *.dimensions),
        amount((.values.0 - .values.1).abs(), *.dimensions)
    )]
    Disagree {
        first: String,
        second: String,
        field: String,
        at: Place,
        /// Values that each of them gives, SI base units.
        values: (f64, f64),
        dimensions: Dimensions,
    },
    #[error(
        "condition `{condition}` is meant to hold exactly, but the ansatz does not satisfy it: at {at} the residual `{residual}` reaches {found:.1e} of its largest term"
    )]
    Violated {
        condition: String,
        residual: String,
        at: Place,
        found: f64,
    },
    #[error(transparent)]
    Form(#[from] NondimensionalError),
}

impl HardError {
    /// Name of the condition that is to blame, the later one of two.
    pub fn condition(&self) -> Option<&str> {
        match self {
            HardError::NoFunction { condition, .. }
            | HardError::NotAValue { condition, .. }
            | HardError::Violated { condition, .. } => Some(condition),
            HardError::SamePlace { second, .. } | HardError::Disagree { second, .. } => {
                Some(second)
            }
            HardError::Form(_) => None,
        }
    }
}

/// A point of the domain for people: `t = 0 s, x = 0.01 m`.
#[derive(Debug, Clone, PartialEq)]
pub struct Place(Vec<(String, f64, Dimensions)>);

impl Place {
    /// From dimensionless coordinates.
    pub(super) fn new(statement: &Statement, dimensionless: impl Iterator<Item = f64>) -> Self {
        let infos = statement.declared.coordinates.iter();
        let affines = infos.zip(&statement.scales.coordinates);
        let coordinates = affines.zip(dimensionless).map(|((info, affine), x)| {
            // Fifteen digits are what a physical value has.
            let si = format!("{:.14e}", affine.to_si(x))
                .parse()
                .unwrap_or(f64::NAN);
            (info.name.clone(), si, info.dimensions)
        });
        Place(coordinates.collect())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (name, si, dimensions)) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}{name} = {}", amount(*si, *dimensions))?;
        }
        Ok(())
    }
}

fn amount(si: f64, dimensions: Dimensions) -> String {
    let text = format!("{} {}", show_number(si), dimensions.unit_text());
    text.trim_end().to_string()
}
