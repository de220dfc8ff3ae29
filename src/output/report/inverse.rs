//! What readings said of unknowns.

use super::super::null;
use indexmap::IndexMap;
use pinn_core::uncertainty::{CONFIDENCE, Inference};
use pinn_units::{Kind, QuantityInfo, Unit};
use serde::{Deserialize, Serialize};

/// Estimates of unknown parameters, and how close the solution is to the readings.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct InverseReport {
    /// By parameter.
    pub unknowns: IndexMap<String, UnknownReport>,
    /// Of the intervals: 0.95.
    pub confidence: f64,
    /// By set of readings.
    pub readings: IndexMap<String, ReadingsReport>,
    /// Whether the problem file says how large the noise is; else it was estimated from the differences.
    pub noise_is_given: bool,
    /// Number of readings less the parameters that they determine.
    #[serde(deserialize_with = "null::number")]
    pub degrees_of_freedom: f64,
    /// χ² over the degrees of freedom: about one where the noise is as large as the file says. Where it says
    /// nothing, differences are in units of the scales of their fields.
    #[serde(deserialize_with = "null::number")]
    pub reduced_chi_square: f64,
}

/// One unknown, in the unit of its guess.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct UnknownReport {
    pub guess: f64,
    #[serde(deserialize_with = "null::number")]
    pub value: f64,
    /// Of the value, in the unit of a difference; none where the readings do not determine it.
    pub standard_error: Option<f64>,
    /// Holds the true value in 95 of 100 repetitions of the measurement.
    pub interval: Option<[f64; 2]>,
    /// The part of its apparent information that comes from what the network cannot follow: small for a network that is
    /// large enough.
    #[serde(deserialize_with = "null::number")]
    pub unfollowed: f64,
    pub unit: String,
}

/// One set of readings. Differences of absolute temperatures are in kelvin.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReadingsReport {
    pub field: String,
    pub readings: usize,
    /// Standard deviation of one reading, given or estimated.
    #[serde(deserialize_with = "null::number")]
    pub noise: f64,
    /// Root mean square of the differences to the solution.
    #[serde(deserialize_with = "null::number")]
    pub rms: f64,
    pub unit: String,
}

/// An unknown and how it is shown.
#[derive(Copy, Clone)]
pub struct ShownUnknown<'a> {
    pub info: &'a QuantityInfo,
    pub unit: &'a Unit,
    /// SI base units.
    pub guess: f64,
}

/// A set of readings and how it is shown.
#[derive(Copy, Clone)]
pub struct ShownReadings<'a> {
    pub name: &'a str,
    pub field: &'a QuantityInfo,
    pub unit: &'a Unit,
}

impl InverseReport {
    /// `unknowns` and `readings` in the order of the inference.
    pub fn new(
        inference: &Inference,
        unknowns: &[ShownUnknown],
        readings: &[ShownReadings],
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
        let fits = readings.iter().zip(&inference.fits);
        let fits = fits.map(|(shown, fit)| {
            // A difference of points on a scale with an offset is in SI units.
            let (unit, factor) = match shown.field.kind {
                Kind::AbsoluteTemperature => ("K".to_string(), 1.0),
                Kind::Plain => (shown.unit.text.clone(), shown.unit.factor),
            };
            let report = ReadingsReport {
                field: shown.field.name.clone(),
                readings: fit.readings,
                noise: fit.noise / factor,
                rms: fit.rms / factor,
                unit,
            };
            (shown.name.to_string(), report)
        });
        InverseReport {
            unknowns: estimates.collect(),
            confidence: CONFIDENCE,
            readings: fits.collect(),
            noise_is_given: inference.noise_is_given,
            degrees_of_freedom: inference.degrees,
            reduced_chi_square: inference.reduced_chi_square,
        }
    }
}
