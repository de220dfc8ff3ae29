//! Report on a family of problems: its ranges, and the errors of members that training did not use.

use super::super::null;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Part of the report on a run over ranges, in addition to the member at their middle.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FamilyReport {
    /// Ranges, by parameter.
    pub ranges: IndexMap<String, RangeReport>,
    /// Number of members whose errors were computed; zero without a reference.
    pub members: usize,
    /// Errors, by field.
    pub errors: IndexMap<String, FamilyErrorReport>,
}

/// Range in the unit of the problem file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RangeReport {
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Unit of both ends.
    pub unit: String,
}

/// Relative L2 errors over the members.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FamilyErrorReport {
    /// Median over the members.
    #[serde(deserialize_with = "null::number")]
    pub median: f64,
    /// Largest error.
    #[serde(deserialize_with = "null::number")]
    pub worst: f64,
    /// Values of the ranges at the largest error, in their units.
    pub worst_at: IndexMap<String, f64>,
}
