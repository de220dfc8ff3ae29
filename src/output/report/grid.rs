//! Grid on which the solution was sampled.

use crate::Sampled;
use serde::{Deserialize, Serialize};

/// Properties of a [`Sampled`] that `solution.csv` does not contain.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GridReport {
    /// Axes in the order of the coordinates.
    pub axes: Vec<AxisReport>,
    /// Fields in order.
    pub fields: Vec<SampledFieldReport>,
}

/// Axis of the grid.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AxisReport {
    /// Name of the coordinate.
    pub name: String,
    /// Display unit.
    pub unit: String,
    /// Number of grid points along the axis.
    pub points: usize,
    /// True if the coordinate is time.
    pub is_time: bool,
}

/// Sampled field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SampledFieldReport {
    /// Name of the field.
    pub name: String,
    /// Display unit.
    pub unit: String,
    /// True if the reference gives the field.
    pub has_reference: bool,
    /// True if the error of the field was estimated.
    #[serde(default)]
    pub has_estimate: bool,
}

impl From<&Sampled> for GridReport {
    fn from(sampled: &Sampled) -> Self {
        let axes = sampled.axes.iter().map(|axis| AxisReport {
            name: axis.name.clone(),
            unit: axis.unit.clone(),
            points: axis.values.len(),
            is_time: axis.is_time,
        });
        let fields = sampled.fields.iter().map(|field| SampledFieldReport {
            name: field.name.clone(),
            unit: field.unit.clone(),
            has_reference: field.reference.is_some(),
            has_estimate: field.estimate.is_some(),
        });
        GridReport {
            axes: axes.collect(),
            fields: fields.collect(),
        }
    }
}
