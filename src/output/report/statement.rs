//! Statement of the problem: quantities, scales, groups and dimensionless forms.

use indexmap::IndexMap;
use pinn_units::{Affine, Declared, Dimensions, Form, Group, QuantityInfo, Scales, Unit};
use serde::{Deserialize, Serialize};

/// Role of a declared quantity.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Independent variable.
    Coordinate,
    /// Unknown field.
    Field,
    /// Given constant.
    Parameter,
}

/// Declared quantity.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct QuantityReport {
    /// Role in the equation.
    pub role: Role,
    /// Name of the uom quantity, such as `ThermalConductivity`.
    pub quantity: String,
    /// Unit as the problem file writes it.
    pub unit: String,
    /// Dimensions as an SI unit.
    pub dimensions: String,
    /// Value in `unit`; parameters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Value in SI base units; parameters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub si_value: Option<f64>,
}

impl QuantityReport {
    /// Converts a declaration. `si_value` is the value of a parameter in SI base units.
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

    /// Converts all declared quantities. `coordinates`, `fields` and `parameters` are display units in the
    /// order of `declared`.
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

/// Scale of a quantity: quantity = reference + scale · dimensionless.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ScaleReport {
    /// Value of one dimensionless unit.
    pub scale: f64,
    /// Value that becomes zero.
    pub reference: f64,
    /// Unit of both, in SI base units.
    pub unit: String,
}

impl ScaleReport {
    /// Converts a scale of these dimensions.
    pub fn new(affine: Affine, dimensions: Dimensions) -> Self {
        ScaleReport {
            scale: affine.scale,
            reference: affine.reference,
            unit: dimensions.to_string(),
        }
    }

    /// Scales of all coordinates and fields, by name.
    pub fn all(declared: &Declared, scales: &Scales) -> IndexMap<String, Self> {
        let infos = declared.coordinates.iter().chain(&declared.fields);
        let affines = scales.coordinates.iter().chain(&scales.fields);
        infos
            .zip(affines)
            .map(|(info, affine)| (info.name.clone(), Self::new(*affine, info.dimensions)))
            .collect()
    }
}

/// Dimensionless group.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GroupReport {
    /// Conventional name, such as `Fourier`, if the group has one.
    pub name: Option<String>,
    /// Product in symbols.
    pub symbolic: String,
    /// Value at the characteristic values.
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

/// Dimensionless form of a residual.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FormReport {
    /// Name of the residual.
    pub name: String,
    /// Divisor of the residual in `unit`: physical residual = reference · dimensionless residual.
    pub reference: f64,
    /// Divisor in symbols, or `given`.
    pub reference_symbolic: String,
    /// Unit of the residual, in SI base units.
    pub unit: String,
    /// Dimensionless residual as text.
    pub expression: String,
    /// Coefficients of its terms.
    pub coefficients: Vec<CoefficientReport>,
}

/// Coefficient of a dimensionless residual.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CoefficientReport {
    /// Coefficient in symbols.
    pub symbolic: String,
    /// Value with its sign.
    pub value: f64,
    /// Expression that it multiplies.
    pub expression: String,
}

impl FormReport {
    /// Converts a form. `name` is that of the loss: a condition's residual is named after its condition.
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
