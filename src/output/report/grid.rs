//! Where the solution was sampled.

use crate::Sampled;
use serde::{Deserialize, Serialize};

/// What `solution.csv` cannot say of a [`Sampled`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GridReport {
    pub axes: Vec<AxisReport>,
    pub fields: Vec<SampledFieldReport>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AxisReport {
    pub name: String,
    pub unit: String,
    pub points: usize,
    pub is_time: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SampledFieldReport {
    pub name: String,
    pub unit: String,
    pub has_reference: bool,
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
        });
        GridReport {
            axes: axes.collect(),
            fields: fields.collect(),
        }
    }
}
