//! A family of problems: its ranges, and how well members were solved that training did not draw.

use super::super::null;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// What a run over ranges says beside the member at their middle.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FamilyReport {
    /// By parameter.
    pub ranges: IndexMap<String, RangeReport>,
    /// Members that errors were taken of; none without a reference.
    pub members: usize,
    /// By field.
    pub errors: IndexMap<String, FamilyErrorReport>,
}

/// A range in the unit of the problem file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RangeReport {
    pub from: f64,
    pub to: f64,
    pub unit: String,
}

/// Relative L2 errors over the members.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FamilyErrorReport {
    #[serde(deserialize_with = "null::number")]
    pub median: f64,
    #[serde(deserialize_with = "null::number")]
    pub worst: f64,
    /// Where it is worst: values of the ranges in their units.
    pub worst_at: IndexMap<String, f64>,
}
