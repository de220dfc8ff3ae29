//! Check that a closed form given as the reference solves the problem.

use super::exact::Insertion;
use super::expression::Definitions;
use super::mistake::Checked;
use super::reference::named;
use super::wire::{Entries, Scalar};
use pinn_core::scales::points;
use pinn_core::statement::Posed;
use pinn_expr::{Expr, Graph, Op, PointFunction};
use pinn_units::{DimensionalResiduals, NondimensionalResiduals};
use toml::Spanned;

/// Largest residual, relative to the largest term, that rounding may leave.
const TOLERANCE: f64 = 1e-6;

/// Puts the closed form into every equation and condition whose fields it gives, and returns a warning for each
/// that it does not satisfy. Named solutions are not expressions and are not checked.
pub(super) fn closed_form(
    table: &Spanned<Entries<Scalar>>,
    statement: &Posed,
    definitions: &Definitions,
    file: &str,
) -> Checked<Vec<String>> {
    let (entries, forms) = (table.get_ref(), statement.dimensionless());
    if named(entries, &statement.declared).is_some() {
        return Ok(Vec::new());
    }
    let check = Check {
        entries,
        statement,
        insertion: Insertion {
            declared: &statement.declared,
            definitions,
            file,
        },
    };
    let mut warnings = check.residuals(
        "",
        &statement.equations,
        &forms.equations,
        &points(&statement.domain, None, &[]),
    )?;
    for (condition, form) in statement.conditions.iter().zip(&forms.conditions) {
        if condition.partner.is_none() {
            let name = format!("{}: ", condition.name);
            let points = points(&statement.domain, Some(&condition.place), &condition.normal);
            warnings.extend(check.residuals(&name, &condition.residuals, form, &points)?);
        }
    }
    Ok(warnings)
}

struct Check<'a> {
    entries: &'a Entries<Scalar>,
    statement: &'a Posed,
    insertion: Insertion<'a>,
}

impl Check<'_> {
    fn residuals(
        &self,
        name: &str,
        residuals: &DimensionalResiduals,
        forms: &NondimensionalResiduals,
        points: &[Vec<f64>],
    ) -> Checked<Vec<String>> {
        let mut warnings = Vec::new();
        for (equation, form) in residuals.equations().iter().zip(forms.forms()) {
            let mut graph = residuals.graph().clone();
            if self.reads_unknown(&graph, equation.residual) {
                continue;
            }
            let fields = &self.statement.declared.fields;
            let given = |field: usize| Some(&self.entries.get(&fields[field].name)?.1);
            let inserted = self
                .insertion
                .insert(&mut graph, equation.residual, given)?;
            let Ok(residual) = inserted else {
                continue;
            };
            let parameters = &self.statement.scales.parameters;
            let Some(function) = PointFunction::new(&graph, &[residual], parameters) else {
                continue;
            };
            // Corners may be singular; what is not finite there is no proof of anything.
            let values = function.evaluate(points).remove(0);
            let finite = values.iter().filter(|v| v.is_finite());
            let largest = finite.fold(0.0, |a: f64, v| a.max(v.abs())) / form.reference;
            if largest > TOLERANCE {
                warnings.push(format!(
                    "the closed form does not satisfy `{name}{}`: the residual reaches {largest:.1e} of the largest term",
                    equation.name
                ));
            }
        }
        Ok(warnings)
    }

    /// True if a residual reads an unknown: its guess need not fit the closed form.
    fn reads_unknown(&self, graph: &Graph, residual: Expr) -> bool {
        let sought = |p: u16| {
            let mut unknowns = self.statement.unknowns.iter();
            unknowns.any(|u| u.parameter == usize::from(p))
        };
        let nodes = graph.postorder(residual).into_iter();
        let mut parameters = nodes.filter_map(|e| match graph.op(e) {
            Op::Parameter(p) => Some(p),
            _ => None,
        });
        parameters.any(sought)
    }
}
