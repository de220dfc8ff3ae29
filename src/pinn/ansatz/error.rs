//! Errors of hard constraints.

use crate::statement::Statement;
use pinn_expr::show_number;
use pinn_geometry::NoFunction;
use pinn_units::{Dimensions, NondimensionalError};
use std::fmt;

/// Reasons why no ansatz satisfies the hard conditions.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HardError {
    /// A residual does not have the form field − value.
    #[error(
        "condition `{condition}` cannot be enforced exactly: `{residual}` must be a field minus a value that depends only on coordinates and parameters"
    )]
    NotAValue {
        /// Name of the condition.
        condition: String,
        /// Name of the residual.
        residual: String,
    },
    /// No smooth function vanishes on the place of a condition.
    #[error("condition `{condition}` cannot be enforced exactly: {cause}")]
    NoFunction {
        /// Name of the condition.
        condition: String,
        /// Reason.
        cause: NoFunction,
    },
    /// Two conditions prescribe one field on one part of the boundary.
    #[error(
        "the conditions `{first}` and `{second}` both prescribe `{field}` on the same part of the boundary; remove one of them"
    )]
    SamePlace {
        /// Name of the first condition.
        first: String,
        /// Name of the second condition.
        second: String,
        /// Name of the field.
        field: String,
    },
    /// Two conditions prescribe different values where they meet.
    #[error(
        "the conditions `{first}` and `{second}` disagree where they meet: at {at} the first gives {} for `{field}` and the second {}, a difference of {}",
        amount(.values.0, *.dimensions), amount(.values.1, *.dimensions),
        amount((.values.0 - .values.1).abs(), *.dimensions)
    )]
    Disagree {
        /// Name of the first condition.
        first: String,
        /// Name of the second condition.
        second: String,
        /// Name of the field.
        field: String,
        /// Point of the domain.
        at: Place,
        /// Values that the two conditions give, in SI base units.
        values: (f64, f64),
        /// Dimensions of the field.
        dimensions: Dimensions,
    },
    /// The ansatz does not satisfy a hard condition.
    #[error(
        "condition `{condition}` is `hard`, but the ansatz does not satisfy it: at {at} the residual `{residual}` reaches {found:.1e} of its largest term"
    )]
    Violated {
        /// Name of the condition.
        condition: String,
        /// Name of the residual.
        residual: String,
        /// Point of the domain.
        at: Place,
        /// Largest residual, relative to its largest term.
        found: f64,
    },
    /// The ansatz has no dimensionless form.
    #[error(transparent)]
    Form(#[from] NondimensionalError),
}

impl HardError {
    /// Name of the condition that caused the error, the later one of two.
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

/// Point of the domain for messages: `t = 0 s, x = 0.01 m`.
#[derive(Debug, Clone, PartialEq)]
pub struct Place(Vec<(String, f64, Dimensions)>);

impl Place {
    /// Converts dimensionless coordinates.
    pub(super) fn new(statement: &Statement, dimensionless: impl Iterator<Item = f64>) -> Self {
        let infos = statement.declared.coordinates.iter();
        let affines = infos.zip(&statement.scales.coordinates);
        let coordinates = affines.zip(dimensionless).map(|((info, affine), x)| {
            // Physical values have fifteen digits.
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
