//! Sources with which closed forms solve the equations.

use super::Exact;
use super::insertion::{Insertion, Lacking};
use crate::expression::{Definitions, bounded};
use crate::mistake::{Checked, Fault, Mistake};
use pinn_core::scales::points;
use pinn_expr::{Expr, Graph, Op, PointFunction};
use pinn_geometry::domain::Domain;
use pinn_units::DimensionalResiduals;
use toml::Spanned;

/// Largest remainder of a sum that counts as rounding, relative to its largest term.
const ROUNDING: f64 = 1e-9;

impl Exact {
    /// Subtracts from every residual its value for the closed forms, unless that is zero for all of some values of the
    /// parameters.
    pub fn with_sources(
        &self,
        residuals: DimensionalResiduals,
        definitions: &Definitions,
        domain: &Domain,
        parameters: &[Vec<f64>],
        file: &str,
    ) -> Checked<DimensionalResiduals> {
        let Some(first) = self.fields().next() else {
            return Ok(residuals);
        };
        let declared = residuals.declared().clone();
        let mut graph = residuals.graph().clone();
        let mut equations = residuals.equations().to_vec();
        let insertion = Insertion {
            declared: &declared,
            definitions,
            file,
        };
        let points = points(domain, None, &[]);
        for equation in &mut equations {
            let form = |field: usize| self.get(field);
            match insertion.insert(&mut graph, equation.residual, form)? {
                Ok(source) => {
                    let mut parts = vec![source];
                    for term in terms(&graph, equation.residual) {
                        let part = insertion.insert(&mut graph, term, form)?;
                        parts.extend(part.ok());
                    }
                    let zero = parameters.iter().all(|values| {
                        let function = PointFunction::new(&graph, &parts, values);
                        function.is_some_and(|f| vanishes(&f.evaluate(&points)))
                    });
                    if !zero {
                        let place = self.get(first).map_or(0..0, Spanned::span);
                        bounded(&graph, source, place)?;
                        equation.residual = graph.sub(equation.residual, source);
                    }
                }
                Err(Lacking(field)) => {
                    let key = "exact".to_string();
                    let span = self.get(first).map_or(0..0, Spanned::span);
                    let name = &declared.fields[field].name;
                    return Err(Mistake::new(Fault::MissingKey { key }, span)
                        .label("one field is given here")
                        .help(format!(
                            "give `{name}` too: the equation `{}` reads it",
                            equation.name
                        )));
                }
            }
        }
        Ok(DimensionalResiduals::from_parts(declared, graph, equations))
    }
}

/// The terms that a residual is the sum of.
fn terms(graph: &Graph, residual: Expr) -> Vec<Expr> {
    let (mut open, mut terms) = (vec![residual], Vec::new());
    while let Some(e) = open.pop() {
        match graph.op(e) {
            Op::Add(a, b) | Op::Sub(a, b) => open.extend([a, b]),
            Op::Neg(a) => open.push(a),
            _ => terms.push(e),
        }
    }
    terms
}

/// True if the first column is nothing but the rounding of the others.
fn vanishes(columns: &[Vec<f64>]) -> bool {
    let largest = |column: &[f64]| {
        let finite = column.iter().filter(|v| v.is_finite());
        finite.fold(0.0, |a: f64, v| a.max(v.abs()))
    };
    let [sum, parts @ ..] = columns else {
        return false;
    };
    let scale = parts.iter().map(|part| largest(part)).fold(0.0, f64::max);
    largest(sum) <= ROUNDING * scale
}
