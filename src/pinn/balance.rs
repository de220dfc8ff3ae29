//! Sizes of fields that no condition gives, by dominant balance of equations and conditions.

use super::samples::Samples;
use super::statement::{Condition, fields_in};
use pinn_geometry::domain::Domain;
use pinn_units::{Declared, DimensionalResiduals, Form, Kind, NondimensionalResiduals, Scales};

/// Factor between two sizes of a field at which its terms are compared; a power of two rounds nothing.
const FACTOR: f64 = 1024.0;

/// Equations and conditions of a statement whose scales are still to be found.
pub struct Balance<'a> {
    declared: &'a Declared,
    equations: &'a DimensionalResiduals,
    conditions: Vec<&'a Condition>,
    samples: Samples,
}

impl<'a> Balance<'a> {
    /// Balance of equations inside a domain and conditions on its boundary.
    pub fn new(
        declared: &'a Declared,
        equations: &'a DimensionalResiduals,
        conditions: Vec<&'a Condition>,
        domain: &Domain,
    ) -> Self {
        Balance {
            samples: Samples::new(equations, conditions.iter().copied(), domain),
            declared,
            equations,
            conditions,
        }
    }

    /// Size of a field, in SI base units, at which its largest term balances the largest one without it, in the equation or
    /// condition that asks for most: q L²/k for a source, q L/k for a flux, q L⁴/(E I) for a beam.
    ///
    /// `scales` holds those of the coordinates, the parameters, the reference of this field and all that is known of the
    /// others; residuals that read a field not `known` say nothing. `None` if no residual has both kinds of terms.
    pub fn size(&self, field: usize, scales: &Scales, known: &[bool]) -> Option<f64> {
        let sized = |size: f64| {
            let mut scales = scales.clone();
            scales.fields[field].scale = size;
            scales
        };
        let (small, large) = (sized(1.0), sized(FACTOR));
        let equations = self.equations;
        let forms = |scales: &Scales| {
            let residuals = equations.clone();
            residuals
                .nondimensionalize_at(scales, &self.samples.inside)
                .ok()
        };
        let inside = sizes(equations, &forms, field, known, &small, &large);
        let conditions = self.conditions.iter().zip(&self.samples.conditions);
        let on_boundary = conditions.flat_map(|(condition, at)| {
            let forms = |scales: &Scales| {
                let residuals = condition.nondimensionalize(self.declared, scales, at);
                residuals.ok()
            };
            sizes(&condition.residuals, &forms, field, known, &small, &large)
        });
        let all = inside.into_iter().chain(on_boundary);
        all.filter(|size| size.is_finite() && *size > 0.0)
            .reduce(f64::max)
    }
}

/// Sizes of a field in all residuals that read it and no field that is not known. `forms` brings them into dimensionless form;
/// `small` and `large` differ in the size of the field.
fn sizes(
    residuals: &DimensionalResiduals,
    forms: &dyn Fn(&Scales) -> Option<NondimensionalResiduals>,
    field: usize,
    known: &[bool],
    small: &Scales,
    large: &Scales,
) -> Vec<f64> {
    let equations = residuals.equations().iter().enumerate();
    let reading: Vec<usize> = equations
        .filter(|(_, equation)| {
            let fields = fields_in(residuals, &[equation.residual]);
            fields.contains(&field) && fields.iter().all(|f| *f == field || known[*f])
        })
        .map(|(number, _)| number)
        .collect();
    if reading.is_empty() {
        return Vec::new();
    }
    let (Some(small), Some(large)) = (forms(small), forms(large)) else {
        return Vec::new();
    };
    let pairs = reading
        .into_iter()
        .filter_map(|n| Some((small.forms().get(n)?, large.forms().get(n)?)));
    pairs.filter_map(|(s, l)| balanced(s, l)).collect()
}

/// Size of a field at which its largest term is as large as the largest without it, from the terms at sizes of 1 and
/// [`FACTOR`].
fn balanced(small: &Form, large: &Form) -> Option<f64> {
    let terms = |form: &Form| -> Vec<f64> {
        let terms = form.coefficients.iter();
        terms.map(|c| c.size() * form.reference.abs()).collect()
    };
    let (small, large) = (terms(small), terms(large));
    if small.len() != large.len() {
        return None;
    }
    let pairs = small.iter().zip(&large);
    let with_power = pairs.map(|(small, large)| (*small, (large / small).log(FACTOR)));
    // Powers are those of the field in a term; what functions hold of it has none.
    let source = with_power.clone().filter(|(_, power)| power.abs() < 0.1);
    let source = source.map(|(size, _)| size).fold(0.0, f64::max);
    let own = with_power.filter(|(_, power)| *power > 0.9);
    let sizes = own.map(|(size, power)| (source / size).powf(1.0 / power));
    sizes.filter(|size| *size > 0.0).reduce(f64::min)
}

/// Smallest and largest value of the parameters that measure the same kind of quantity as a field, in SI base units.
pub fn parameters_alike(field: usize, declared: &Declared, values: &[f64]) -> Option<(f64, f64)> {
    let info = &declared.fields[field];
    let alike = declared.parameters.iter().zip(values).filter(|(other, _)| {
        other.dimensions == info.dimensions
            && (other.kind == info.kind && info.kind == Kind::AbsoluteTemperature
                || info.kind != Kind::AbsoluteTemperature)
    });
    let values = alike.map(|(_, value)| (*value, *value));
    values.reduce(|(least, most), (value, _)| (least.min(value), most.max(value)))
}
