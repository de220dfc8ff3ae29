//! How well it was solved: residuals and errors.

use crate::output::{interval_unit, null};
use crate::pinn::accuracy::FieldError;
use crate::units::{Form, Kind, Unit};
use serde::{Deserialize, Serialize};

/// How well a residual is satisfied.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LossReport {
    /// Mean square of the dimensionless residual.
    #[serde(deserialize_with = "null::number")]
    pub dimensionless: f64,
    /// Root mean square of the physical residual, in `unit`.
    #[serde(deserialize_with = "null::number")]
    pub rms: f64,
    /// SI base units.
    pub unit: String,
}

impl LossReport {
    pub fn new(loss: f64, form: &Form) -> Self {
        LossReport {
            dimensionless: loss,
            rms: loss.sqrt() * form.reference.abs(),
            unit: form.dimensions.to_string(),
        }
    }
}

/// Error of one field against the reference.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ErrorReport {
    #[serde(deserialize_with = "null::number")]
    pub relative_l2: f64,
    /// In `unit`.
    #[serde(deserialize_with = "null::number")]
    pub max_absolute: f64,
    /// Unit of a difference: `K` for a field in `degC`.
    pub unit: String,
    /// The reference's own relative error.
    #[serde(deserialize_with = "null::number")]
    pub reference_error: f64,
}

impl ErrorReport {
    /// `unit` is the field's display unit.
    pub fn new(error: &FieldError, unit: &Unit) -> Self {
        ErrorReport {
            relative_l2: error.relative_l2,
            // A difference has no offset, whatever the kind of the field.
            max_absolute: unit.from_si(error.max_absolute, Kind::Plain),
            unit: interval_unit(&unit.text),
            reference_error: error.reference_error,
        }
    }
}
