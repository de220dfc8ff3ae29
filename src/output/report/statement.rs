//! What was solved: quantities, scales, groups and dimensionless forms.

use indexmap::IndexMap;
use pinn_units::{Affine, Declared, Dimensions, Form, Group, QuantityInfo, Scales, Unit};
use serde::{Deserialize, Serialize};

/// What a declared quantity is.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Coordinate,
    Field,
    Parameter,
}

/// A declared quantity.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct QuantityReport {
    pub role: Role,
    /// uom's name, such as `ThermalConductivity`.
    pub quantity: String,
    /// As the problem file writes it.
    pub unit: String,
    /// SI base units.
    pub dimensions: String,
    /// In `unit`; parameters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// In SI base units; parameters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub si_value: Option<f64>,
}

impl QuantityReport {
    /// `si_value` in SI base units, for parameters.
    pub fn new(role: Role, info: &QuantityInfo, unit: &Unit, si_value: Option<f64>) -> Self {
        QuantityReport {
            role,
            quantity: info.quantity.clone(),
            unit: unit.text.clone(),
            dimensions: info.dimensions.to_string(),
            value: si_value.map(|si| unit.from_si(si, info.kind)),
            si_value,
        }
    }

    /// Every declared quantity; `coordinates`, `fields` and `parameters` are display units in the order of
    /// `declared`.
    pub fn all(
        declared: &Declared,
        coordinates: &[Unit],
        fields: &[Unit],
        parameters: &[Unit],
        scales: &Scales,
    ) -> IndexMap<String, Self> {
        let plain = |role, infos: &[QuantityInfo], units: &[Unit]| -> Vec<(String, Self)> {
            let pairs = infos.iter().zip(units);
            pairs
                .map(|(info, unit)| (info.name.clone(), Self::new(role, info, unit, None)))
                .collect()
        };
        let values = scales.parameters.iter().map(|v| Some(*v));
        let values = declared.parameters.iter().zip(parameters).zip(values);
        plain(Role::Coordinate, &declared.coordinates, coordinates)
            .into_iter()
            .chain(plain(Role::Field, &declared.fields, fields))
            .chain(values.map(|((info, unit), si)| {
                (
                    info.name.clone(),
                    Self::new(Role::Parameter, info, unit, si),
                )
            }))
            .collect()
    }
}

/// quantity = reference + scale · dimensionless.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ScaleReport {
    pub scale: f64,
    pub reference: f64,
    /// SI base units of both.
    pub unit: String,
}

impl ScaleReport {
    pub fn new(affine: Affine, dimensions: Dimensions) -> Self {
        ScaleReport {
            scale: affine.scale,
            reference: affine.reference,
            unit: dimensions.to_string(),
        }
    }

    /// Of every coordinate and field.
    pub fn all(declared: &Declared, scales: &Scales) -> IndexMap<String, Self> {
        let infos = declared.coordinates.iter().chain(&declared.fields);
        let affines = scales.coordinates.iter().chain(&scales.fields);
        infos
            .zip(affines)
            .map(|(info, affine)| (info.name.clone(), Self::new(*affine, info.dimensions)))
            .collect()
    }
}

/// A dimensionless group.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GroupReport {
    /// Conventional name, such as `Fourier`, where it has one.
    pub name: Option<String>,
    pub symbolic: String,
    pub value: f64,
}

impl From<&Group> for GroupReport {
    fn from(group: &Group) -> Self {
        GroupReport {
            name: group.name.map(str::to_string),
            symbolic: group.symbolic.clone(),
            value: group.value,
        }
    }
}

/// How a residual was brought into dimensionless form.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FormReport {
    pub name: String,
    /// physical residual = reference · dimensionless residual; in `unit`.
    pub reference: f64,
    pub reference_symbolic: String,
    /// SI base units of the residual.
    pub unit: String,
    pub expression: String,
    pub coefficients: Vec<CoefficientReport>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CoefficientReport {
    pub symbolic: String,
    pub value: f64,
    pub expression: String,
}

impl FormReport {
    /// `name` as among the losses: a condition's residual is named after its condition.
    pub fn new(name: &str, form: &Form) -> Self {
        let coefficients = form.coefficients.iter().map(|c| CoefficientReport {
            symbolic: c.symbolic.clone(),
            value: c.value,
            expression: c.expression.clone(),
        });
        FormReport {
            name: name.to_string(),
            reference: form.reference,
            reference_symbolic: form.reference_symbolic.clone(),
            unit: form.dimensions.to_string(),
            expression: form.expression.clone(),
            coefficients: coefficients.collect(),
        }
    }
}
