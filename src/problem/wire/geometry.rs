//! The tables of `[geometry]`.

use super::values::{Entries, Scalar};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GeometryEntry {
    pub region: Spanned<String>,
    #[serde(default)]
    pub shapes: Entries<ShapeEntry>,
}

/// One of the kinds, and the coordinates that it is over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShapeEntry {
    #[serde(rename = "box")]
    pub cuboid: Option<Spanned<CuboidEntry>>,
    pub disk: Option<Spanned<BallEntry>>,
    pub ball: Option<Spanned<BallEntry>>,
    pub polygon: Option<Spanned<PolygonEntry>>,
    pub stl: Option<Spanned<SurfaceEntry>>,
    pub over: Option<Spanned<Vec<Spanned<String>>>>,
}

/// A point, one entry per coordinate.
pub(crate) type PointEntry = Spanned<Vec<Spanned<Scalar>>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CuboidEntry {
    pub from: PointEntry,
    pub to: PointEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BallEntry {
    pub centre: PointEntry,
    pub radius: Spanned<Scalar>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolygonEntry {
    pub points: Spanned<Vec<PointEntry>>,
}

/// A file, and the unit of its numbers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SurfaceEntry {
    pub file: Spanned<String>,
    pub unit: Spanned<String>,
}
