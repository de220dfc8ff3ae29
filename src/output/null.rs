//! Measurement of NaN, which serde_json writes as `null`.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};

pub(super) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(from)?.unwrap_or(f64::NAN))
}

pub(super) fn list<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
    let list = Vec::<Option<f64>>::deserialize(from)?;
    Ok(list.into_iter().map(|v| v.unwrap_or(f64::NAN)).collect())
}

pub(super) fn map<'de, D: Deserializer<'de>>(from: D) -> Result<IndexMap<String, f64>, D::Error> {
    let map = IndexMap::<String, Option<f64>>::deserialize(from)?;
    let values = map.into_iter().map(|(k, v)| (k, v.unwrap_or(f64::NAN)));
    Ok(values.collect())
}
