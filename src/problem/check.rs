//! Whether a closed form given as the reference solves the problem.

use super::expression::Scope;
use super::mistake::Checked;
use super::quantity::{Expected, value};
use super::scales::points;
use super::wire::{Entries, Scalar};
use crate::expr::{Expr, Graph, Op};
use crate::pinn::domain::Face;
use crate::pinn::reference::PointFunction;
use crate::pinn::statement::{
    DimensionalResiduals, NondimensionalResiduals, NondimensionalStatement, Statement,
};
use std::collections::HashMap;
use toml::Spanned;

/// Largest residual, relative to the largest term, that rounding may leave.
const TOLERANCE: f64 = 1e-6;

/// Puts the closed form into every equation and condition whose fields it gives, and says which of them it
/// does not satisfy. Series are not expressions and are taken at their word.
pub(super) fn closed_form(
    table: &Spanned<Entries<Scalar>>,
    statement: &Statement,
    forms: &NondimensionalStatement,
    file: &str,
) -> Checked<Vec<String>> {
    let entries = table.get_ref();
    if entries.get("series").is_some() {
        return Ok(Vec::new());
    }
    let check = Check {
        entries,
        statement,
        file,
    };
    let mut warnings = check.residuals("", &statement.equations, &forms.equations, None)?;
    for (condition, form) in statement.conditions.iter().zip(&forms.conditions) {
        if condition.partner.is_none() {
            let name = format!("{}: ", condition.name);
            let face = Some(condition.face);
            warnings.extend(check.residuals(&name, &condition.residuals, form, face)?);
        }
    }
    Ok(warnings)
}

struct Check<'a> {
    entries: &'a Entries<Scalar>,
    statement: &'a Statement,
    file: &'a str,
}

impl Check<'_> {
    fn residuals(
        &self,
        name: &str,
        residuals: &DimensionalResiduals,
        forms: &NondimensionalResiduals,
        face: Option<Face>,
    ) -> Checked<Vec<String>> {
        let mut warnings = Vec::new();
        let points = points(&self.statement.domain, face);
        for (equation, form) in residuals.equations().iter().zip(forms.forms()) {
            let mut graph = residuals.graph().clone();
            if self.reads_unknown(&graph, equation.residual) {
                continue;
            }
            let Some(residual) = self.inserted(&mut graph, equation.residual)? else {
                continue;
            };
            let parameters = &self.statement.scales.parameters;
            let Some(function) = PointFunction::new(&graph, &[residual], parameters) else {
                continue;
            };
            // Corners may be singular; what is not finite there is no proof of anything.
            let values = function.evaluate(&points).remove(0);
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

    /// What is sought has only a guess, which the closed form need not fit.
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

    /// The residual with expressions in place of fields; `None` if a field has none.
    fn inserted(&self, graph: &mut Graph, residual: Expr) -> Checked<Option<Expr>> {
        let declared = &self.statement.declared;
        let mut memo = HashMap::new();
        let scope = Scope {
            declared,
            coordinates: true,
            fields: false,
        };
        for node in graph.inputs(&[residual]) {
            let Op::Field { field, order, .. } = graph.op(node) else {
                continue;
            };
            let info = &declared.fields[usize::from(field)];
            let Some((_, entry)) = self.entries.get(&info.name) else {
                return Ok(None);
            };
            let mut e = value(
                entry,
                Expected::of(&info.name, info),
                scope,
                graph,
                self.file,
            )?
            .expr;
            for (coordinate, n) in order.iter().enumerate() {
                for _ in 0..*n {
                    e = graph.differentiate(e, coordinate as u8);
                }
            }
            memo.insert(node, e);
        }
        let inserted = graph.substitute(residual, &mut |_, _| None, &mut memo);
        Ok(Some(inserted))
    }
}
