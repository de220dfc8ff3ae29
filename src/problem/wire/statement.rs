//! Equations, quantities, conditions and data.

use super::values::{Entries, Scalar};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use toml::Spanned;

/// The name of a registered equation, or equations as `[[equation]]`.
pub(crate) enum EquationEntry {
    Named(String),
    Written(Vec<Spanned<WrittenEquation>>),
}

impl<'de> Deserialize<'de> for EquationEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EquationVisitor;
        impl<'de> Visitor<'de> for EquationVisitor {
            type Value = EquationEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("the name of an equation, or several `[[equation]]` with a `residual`")
            }
            fn visit_str<E>(self, name: &str) -> Result<EquationEntry, E> {
                Ok(EquationEntry::Named(name.to_string()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<EquationEntry, A::Error> {
                let mut equations = Vec::new();
                while let Some(equation) = list.next_element()? {
                    equations.push(equation);
                }
                Ok(EquationEntry::Written(equations))
            }
        }
        deserializer.deserialize_any(EquationVisitor)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenEquation {
    pub name: Option<Spanned<String>>,
    pub residual: Spanned<String>,
    /// The part of the region in which it holds.
    #[serde(rename = "in")]
    pub part: Option<Spanned<String>>,
}

/// A unit, or a table.
pub(crate) enum FieldEntry {
    Unit(String),
    Table(FieldTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldTable {
    pub unit: Option<Spanned<String>>,
    /// A temperature difference, not a point on the scale.
    #[serde(default)]
    pub difference: bool,
    /// The exponential of the network.
    #[serde(default)]
    pub positive: bool,
    pub exact: Option<Spanned<Scalar>>,
}

impl<'de> Deserialize<'de> for FieldEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldVisitor;
        impl<'de> Visitor<'de> for FieldVisitor {
            type Value = FieldEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(
                    "a unit such as \"m/s\", or a table with `unit`, `positive` and `exact`",
                )
            }
            fn visit_str<E>(self, unit: &str) -> Result<FieldEntry, E> {
                Ok(FieldEntry::Unit(unit.to_string()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldEntry, A::Error> {
                let table = FieldTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FieldEntry::Table(table))
            }
        }
        deserializer.deserialize_any(FieldVisitor)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScaleEntry {
    pub scale: Spanned<Scalar>,
    pub reference: Option<Spanned<Scalar>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConditionEntry {
    pub name: Spanned<String>,
    pub on: Option<Spanned<Faces>>,
    #[serde(rename = "type")]
    pub kind: Spanned<String>,
    pub field: Option<Spanned<String>>,
    pub value: Option<Spanned<Scalar>>,
    pub values: Option<Spanned<Entries<Scalar>>>,
    pub gradient: Option<Spanned<Scalar>>,
    pub flux: Option<Spanned<Scalar>>,
    pub conductivity: Option<Spanned<Scalar>>,
    pub transfer: Option<Spanned<Scalar>>,
    pub ambient: Option<Spanned<Scalar>>,
    pub residual: Option<Spanned<String>>,
    pub between: Option<Spanned<Vec<Spanned<String>>>>,
    pub conductivities: Option<Spanned<Vec<Spanned<Scalar>>>>,
    pub weight: Option<Spanned<f64>>,
    pub points: Option<Spanned<usize>>,
    pub hard: Option<Spanned<bool>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DataEntry {
    pub name: Spanned<String>,
    pub file: Spanned<String>,
    pub noise: Option<Spanned<Entries<Scalar>>>,
    pub weight: Option<Spanned<f64>>,
}

/// A value, or a table whose keys are checked where it is read: a range `{ from = …, to = … }`, or an unknown
/// `{ unknown = true, guess = … }`.
pub(crate) enum ParameterEntry {
    Single(Scalar),
    Table(Entries<TableValue>),
}

/// A value in such a table.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a string such as \"20 mm\", `true` or `false`"
)]
pub(crate) enum TableValue {
    Flag(bool),
    Scalar(Scalar),
}

impl<'de> Deserialize<'de> for ParameterEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ParameterVisitor;
        impl<'de> Visitor<'de> for ParameterVisitor {
            type Value = ParameterEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(
                    "a string such as \"20 mm\", or a range such as { from = \"20 mm\", to = \"30 mm\" }",
                )
            }
            fn visit_str<E>(self, text: &str) -> Result<ParameterEntry, E> {
                Ok(ParameterEntry::Single(Scalar::Text(text.to_string())))
            }
            fn visit_i64<E>(self, value: i64) -> Result<ParameterEntry, E> {
                Ok(ParameterEntry::Single(Scalar::Number(value as f64)))
            }
            fn visit_u64<E>(self, value: u64) -> Result<ParameterEntry, E> {
                Ok(ParameterEntry::Single(Scalar::Number(value as f64)))
            }
            fn visit_f64<E>(self, value: f64) -> Result<ParameterEntry, E> {
                Ok(ParameterEntry::Single(Scalar::Number(value)))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ParameterEntry, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(ParameterEntry::Table(Entries(entries)))
            }
        }
        deserializer.deserialize_any(ParameterVisitor)
    }
}

/// One face or several, or a part of one; the surface of a shape stands for a face.
pub(crate) enum Faces {
    One(String),
    Part(PartEntry),
    Several(Vec<Spanned<String>>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartEntry {
    pub part: Spanned<String>,
    #[serde(rename = "where")]
    pub within: Spanned<String>,
}

impl<'de> Deserialize<'de> for Faces {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FacesVisitor;
        impl<'de> Visitor<'de> for FacesVisitor {
            type Value = Faces;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a face such as \"x = 0 mm\", or a list of faces")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Faces, A::Error> {
                PartEntry::deserialize(MapAccessDeserializer::new(map)).map(Faces::Part)
            }
            fn visit_str<E>(self, text: &str) -> Result<Faces, E> {
                Ok(Faces::One(text.to_string()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Faces, A::Error> {
                let mut faces = Vec::new();
                while let Some(face) = list.next_element()? {
                    faces.push(face);
                }
                Ok(Faces::Several(faces))
            }
        }
        deserializer.deserialize_any(FacesVisitor)
    }
}
