//! Sizes of fields that no condition gives, by dominant balance of equations and conditions.

use super::statement::Condition;
use pinn_expr::{Expr, Op};
use pinn_geometry::row_data::RowData;
use pinn_units::{Declared, DimensionalResiduals, Kind, Scales};

/// Factor between two sizes of a field at which its terms are compared; a power of two rounds nothing.
const FACTOR: f64 = 1024.0;

/// Equations and conditions of a statement whose scales are still to be found.
pub struct Balance<'a> {
    /// Quantities of the statement.
    pub declared: &'a Declared,
    /// Equations inside the domain.
    pub equations: &'a DimensionalResiduals,
    /// Conditions on its boundary.
    pub conditions: Vec<&'a Condition>,
}

impl Balance<'_> {
    /// Size of a field, in SI base units, at which its largest term balances the largest one without it, in the equation or
    /// condition that asks for most: q L²/k for a source, q L/k for a flux, q L⁴/(E I) for a beam.
    ///
    /// `scales` holds those of the coordinates, the parameters, the reference of this field and all that is known of the
    /// others; residuals that read a field not `known` say nothing. `None` if no residual has both kinds of terms.
    pub fn size(&self, field: usize, scales: &Scales, known: &[bool]) -> Option<f64> {
        let equations = std::iter::once((self.equations, None));
        let conditions = self.conditions.iter().map(|c| (&c.residuals, Some(*c)));
        let all = equations.chain(conditions);
        let sizes = all.filter_map(|(residuals, condition)| {
            let equations = residuals.equations().iter().enumerate();
            let sizes = equations.filter_map(|(number, equation)| {
                let fields = fields(residuals, equation.residual);
                let others = fields.iter().filter(|f| **f != field);
                if !fields.contains(&field) || !others.clone().all(|f| known[*f]) {
                    return None;
                }
                self.size_in(residuals, number, condition, field, scales)
            });
            sizes.reduce(f64::max)
        });
        sizes
            .reduce(f64::max)
            .filter(|size| size.is_finite() && *size > 0.0)
    }

    fn size_in(
        &self,
        residuals: &DimensionalResiduals,
        number: usize,
        condition: Option<&Condition>,
        field: usize,
        scales: &Scales,
    ) -> Option<f64> {
        let terms = |size: f64| -> Option<Vec<f64>> {
            let (mut declared, mut scales) = (self.declared.clone(), scales.clone());
            scales.fields[field].scale = size;
            let data = condition.map_or(Vec::new(), |c| c.row_data(self.declared));
            RowData::append(&data, &mut declared, &mut scales);
            let form = residuals.clone().nondimensionalize(&scales).ok()?;
            let form = form.forms().get(number)?;
            let terms = form.coefficients.iter();
            Some(terms.map(|c| (c.value * form.reference).abs()).collect())
        };
        let (small, large) = (terms(1.0)?, terms(FACTOR)?);
        if small.len() != large.len() {
            return None;
        }
        let with_power: Vec<(f64, f64)> = small
            .iter()
            .zip(&large)
            .map(|(small, large)| (*small, (large / small).log(FACTOR)))
            .collect();
        // Powers are those of the field in a term; what functions hold of it has none.
        let source = with_power.iter().filter(|(_, power)| power.abs() < 0.1);
        let source = source.map(|(size, _)| *size).fold(0.0, f64::max);
        let own = with_power.iter().filter(|(_, power)| *power > 0.9);
        let sizes = own.map(|(size, power)| (source / size).powf(1.0 / power));
        sizes.filter(|size| *size > 0.0).reduce(f64::min)
    }
}

fn fields(residuals: &DimensionalResiduals, residual: Expr) -> Vec<usize> {
    let graph = residuals.graph();
    let inputs = graph.inputs(&[residual]).into_iter();
    let mut fields: Vec<usize> = inputs
        .filter_map(|e| match graph.op(e) {
            Op::Field { field, .. } => Some(usize::from(field)),
            _ => None,
        })
        .collect();
    fields.sort_unstable();
    fields.dedup();
    fields
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
