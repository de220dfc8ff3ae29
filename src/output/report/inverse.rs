//! Report on unknowns and measurements.

use super::super::null;
use indexmap::IndexMap;
use pinn_core::uncertainty::{CONFIDENCE, Inference};
use pinn_units::{Kind, QuantityInfo, Unit};
use serde::{Deserialize, Serialize};

/// Estimates of unknown parameters, and differences of the solution from the measurements.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct InverseReport {
    /// Estimates, by parameter.
    pub unknowns: IndexMap<String, UnknownReport>,
    /// Confidence level of the intervals: 0.95.
    pub confidence: f64,
    /// Differences, by set of measurements.
    #[serde(alias = "readings")]
    pub measurements: IndexMap<String, MeasurementsReport>,
    /// True if the problem file states the size of the noise; otherwise it was estimated from the
    /// differences.
    pub noise_is_given: bool,
    /// Number of measurements minus the number of parameters that they determine.
    #[serde(deserialize_with = "null::number")]
    pub degrees_of_freedom: f64,
    /// χ² divided by the degrees of freedom: about one if the noise is as large as the file states. If it
    /// states nothing, differences are in units of the scales of their fields.
    #[serde(deserialize_with = "null::number")]
    pub reduced_chi_square: f64,
}

/// Estimate of one unknown, in the unit of its guess.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct UnknownReport {
    /// Initial guess.
    pub guess: f64,
    /// Estimate.
    #[serde(deserialize_with = "null::number")]
    pub value: f64,
    /// Standard error of the estimate, in the unit of a difference; `None` if the measurements do not
    /// determine it.
    pub standard_error: Option<f64>,
    /// Confidence interval, which holds the true value in 95 of 100 repetitions of the measurement.
    pub interval: Option<[f64; 2]>,
    /// Share of its apparent information that the network cannot represent: small if the network is large
    /// enough.
    #[serde(deserialize_with = "null::number")]
    pub unfollowed: f64,
    /// Unit of the guess.
    pub unit: String,
}

/// Differences of one set of measurements. Differences of absolute temperatures are in kelvin.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MeasurementsReport {
    /// Name of the field.
    pub field: String,
    /// Number of measurements.
    #[serde(alias = "readings")]
    pub measurements: usize,
    /// Standard deviation of one measurement, stated or estimated.
    #[serde(deserialize_with = "null::number")]
    pub noise: f64,
    /// Root mean square of the differences from the solution.
    #[serde(deserialize_with = "null::number")]
    pub rms: f64,
    /// Unit of a difference.
    pub unit: String,
}

/// Unknown with its display unit.
#[derive(Copy, Clone)]
pub struct ShownUnknown<'a> {
    /// Declaration of the parameter.
    pub info: &'a QuantityInfo,
    /// Display unit.
    pub unit: &'a Unit,
    /// Initial guess, in SI base units.
    pub guess: f64,
}

/// Set of measurements with its display unit.
#[derive(Copy, Clone)]
pub struct ShownMeasurements<'a> {
    /// Name of the set.
    pub name: &'a str,
    /// Declaration of the field.
    pub field: &'a QuantityInfo,
    /// Display unit.
    pub unit: &'a Unit,
}

impl InverseReport {
    /// Converts the result of an inference. `unknowns` and `measurements` are in its order.
    pub fn new(
        inference: &Inference,
        unknowns: &[ShownUnknown],
        measurements: &[ShownMeasurements],
    ) -> Self {
        let estimates = unknowns.iter().zip(&inference.estimates);
        let estimates = estimates.map(|(shown, estimate)| {
            let point = |si: f64| shown.unit.from_si(si, shown.info.kind);
            let report = UnknownReport {
                guess: point(shown.guess),
                value: point(estimate.value),
                standard_error: estimate.error.map(|e| e.deviation / shown.unit.factor),
                interval: estimate.error.map(|e| [point(e.lower), point(e.upper)]),
                unfollowed: estimate.unfollowed,
                unit: shown.unit.text.clone(),
            };
            (shown.info.name.clone(), report)
        });
        let fits = measurements.iter().zip(&inference.fits);
        let fits = fits.map(|(shown, fit)| {
            // A difference of points on a scale with an offset is in SI units.
            let (unit, factor) = match shown.field.kind {
                Kind::AbsoluteTemperature => ("K".to_string(), 1.0),
                Kind::Plain => (shown.unit.text.clone(), shown.unit.factor),
            };
            let report = MeasurementsReport {
                field: shown.field.name.clone(),
                measurements: fit.measurements,
                noise: fit.noise / factor,
                rms: fit.rms / factor,
                unit,
            };
            (shown.name.to_string(), report)
        });
        InverseReport {
            unknowns: estimates.collect(),
            confidence: CONFIDENCE,
            measurements: fits.collect(),
            noise_is_given: inference.noise_is_given,
            degrees_of_freedom: inference.degrees,
            reduced_chi_square: inference.reduced_chi_square,
        }
    }
}
