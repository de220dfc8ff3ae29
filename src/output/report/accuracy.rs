//! Accuracy of the solution: residuals, their weights, and errors.

use crate::{Metric, interval_unit, null};
use indexmap::IndexMap;
use pinn_core::accuracy::FieldError;
use pinn_units::{Form, Kind, Unit};
use serde::{Deserialize, Serialize};

/// Final loss of an equation or condition.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LossReport {
    /// Mean square of the dimensionless residual.
    #[serde(deserialize_with = "null::number")]
    pub dimensionless: f64,
    /// Root mean square of the physical residual, in `unit`.
    #[serde(deserialize_with = "null::number")]
    pub rms: f64,
    /// Unit of `rms`, in SI base units.
    pub unit: String,
}

impl LossReport {
    /// Converts a dimensionless loss with the form of its residual.
    pub fn new(loss: f64, form: &Form) -> Self {
        LossReport {
            dimensionless: loss,
            rms: loss.sqrt() * form.reference.abs(),
            unit: form.dimensions.to_string(),
        }
    }
}

/// Weight in the optimised loss over the logged steps.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct WeightReport {
    /// Weight at the first logged step.
    pub first: f64,
    /// Weight at the last logged step.
    pub last: f64,
    /// Smallest weight.
    pub smallest: f64,
    /// Largest weight.
    pub largest: f64,
}

impl WeightReport {
    /// Weights of all losses, by name; empty if nothing was logged.
    pub fn all(metrics: &[Metric]) -> IndexMap<String, Self> {
        let (Some(first), Some(last)) = (metrics.first(), metrics.last()) else {
            return IndexMap::new();
        };
        let pairs = first.losses.keys().zip(&first.weights).zip(&last.weights);
        let reports = pairs.enumerate().map(|(number, ((name, first), last))| {
            let values = metrics.iter().filter_map(|m| m.weights.get(number));
            let report = WeightReport {
                first: *first,
                last: *last,
                smallest: values.clone().fold(f64::INFINITY, |a, w| a.min(*w)),
                largest: values.fold(0.0, |a, w| a.max(*w)),
            };
            (name.clone(), report)
        });
        reports.collect()
    }
}

/// Error of one field against the reference.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ErrorReport {
    /// Relative L2 error.
    #[serde(deserialize_with = "null::number")]
    pub relative_l2: f64,
    /// Largest absolute error, in `unit`.
    #[serde(deserialize_with = "null::number")]
    pub max_absolute: f64,
    /// Unit of a difference: `K` for a field in `degC`.
    pub unit: String,
    /// Relative error of the reference itself.
    #[serde(deserialize_with = "null::number")]
    pub reference_error: f64,
}

impl ErrorReport {
    /// Converts an error; `unit` is the field's display unit.
    pub fn new(error: &FieldError, unit: &Unit) -> Self {
        ErrorReport {
            relative_l2: error.relative_l2,
            // A difference never has an offset.
            max_absolute: unit.from_si(error.max_absolute, Kind::Plain),
            unit: interval_unit(&unit.text),
            reference_error: error.reference_error,
        }
    }
}

/// Estimated error of one field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct EstimateReport {
    /// Relative L2 error.
    #[serde(deserialize_with = "null::number")]
    pub relative_l2: f64,
    /// Largest absolute error, in `unit`.
    #[serde(deserialize_with = "null::number")]
    pub max_absolute: f64,
    /// Unit of a difference: `K` for a field in `degC`.
    pub unit: String,
}

impl EstimateReport {
    /// Converts an error; `unit` is the field's display unit.
    pub fn new(error: &FieldError, unit: &Unit) -> Self {
        let ErrorReport {
            relative_l2,
            max_absolute,
            unit,
            ..
        } = ErrorReport::new(error, unit);
        EstimateReport {
            relative_l2,
            max_absolute,
            unit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;
    use pinn_units::parse_unit;

    #[test]
    fn residuals_and_errors_are_in_physical_units() {
        // Mean square 4e-10 of a residual divided by 2e7 W/m³.
        let loss = LossReport::new(4e-10, &example::form());
        assert!((loss.rms - 400.0).abs() < 1e-9, "{}", loss.rms);
        assert_eq!(loss.unit, "kg m^-1 s^-3");

        let error = FieldError {
            relative_l2: 1e-4,
            max_absolute: 5.0,
            reference_error: 0.0,
        };
        // A difference of 5 K is one of 9 °F: the offset of the scale plays no part.
        for (text, expected, unit_shown) in [("degC", 5.0, "K"), ("degF", 9.0, "degR")] {
            let unit = parse_unit(text).unwrap();
            let report = ErrorReport::new(&error, &unit);
            assert!((report.max_absolute - expected).abs() < 1e-12);
            assert_eq!(report.unit, unit_shown);
        }
    }
}
