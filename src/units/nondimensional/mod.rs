//! Automatic dimensionless form.
//!
//! Every field is replaced by `reference + scale · f̂` and every coordinate by `reference + scale · x̂`; the
//! residual is expanded into (monomial in scales and parameters) × (dimensionless expression), terms with
//! equal expressions are summed, and all is divided by the largest term: a net coefficient × the size of the functions that
//! it multiplies. Summing *first* lets offsets cancel: `T − T_ref` must not be judged by the size of `T_ref`.
//!
//! Components of one vector share their divisor, or a small component would weigh as much as a
//! large one: residuals of one dimension whose names differ in a last word that is a coordinate
//! (`momentum x`, `momentum y`).

mod expand;
mod form;
mod magnitude;
mod monomial;
mod substitution;

pub use form::{COMFORTABLE, Coefficient, Form};

use super::dimensions::{Declared, Dimensions};
use super::residuals::RawEquation;
use super::scale::Scales;
use expand::Expander;
use form::{Labels, Term, collect, show_sum};
use pinn_expr::{Expr, Graph};
use std::collections::HashMap;
use substitution::Substitution;

/// Coefficients this close to one are one: equal terms must elect the same reference however they were
/// rounded.
const ROUNDING: f64 = 1e-13;

/// Divisor of a residual.
pub(super) enum Reference<'a> {
    /// The largest term at points in SI base units, one column per coordinate; anywhere without columns.
    LargestTerm(&'a [Vec<f64>]),
    Given(Vec<f64>),
}

/// Reason why a residual has no dimensionless form.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NondimensionalError {
    /// The scales do not fit the declared quantities.
    #[error(
        "expected a scale for every coordinate and field and a value for every parameter ({expected} in all), found {found}"
    )]
    WrongCount {
        /// Number of declared quantities.
        expected: usize,
        /// Number of scales and values.
        found: usize,
    },
    /// A scale is zero, or a number is not finite.
    #[error("the {what} `{name}` is {value}; it must be finite{}", if *.nonzero { " and not zero" } else { "" })]
    BadScale {
        /// Kind of the number, such as `value of`.
        what: &'static str,
        /// Name of the quantity.
        name: String,
        /// Offending value.
        value: f64,
        /// True if zero is not allowed either.
        nonzero: bool,
    },
    /// All coefficients of a residual are zero.
    #[error("residual `{name}` vanishes at the characteristic values: every coefficient is zero")]
    Vanishes {
        /// Name of the residual.
        name: String,
    },
    /// The divisor of a residual is not finite.
    #[error("residual `{name}` has no finite size at the characteristic values (found {value})")]
    NotFinite {
        /// Name of the residual.
        name: String,
        /// Value of the divisor.
        value: f64,
    },
}

pub(super) fn nondimensionalize(
    mut graph: Graph,
    equations: &[RawEquation],
    declared: &Declared,
    scales: &Scales,
    reference: Reference<'_>,
) -> Result<(Graph, Vec<RawEquation>, Vec<Form>), NondimensionalError> {
    check(declared, scales)?;
    let substitution = Substitution::new(declared, scales);
    let table = &substitution.table;
    let labels = Labels::new(table, declared, scales);
    let names = declared.names();
    let points = match reference {
        Reference::LargestTerm(points) => dimensionless(points, scales),
        Reference::Given(_) => Vec::new(),
    };
    let mut memo = HashMap::new();
    let mut all_terms = Vec::new();
    for equation in equations {
        let mut leaf = |graph: &mut Graph, op| substitution.leaf(graph, op);
        let scaled = graph.substitute(equation.residual, &mut leaf, &mut memo);
        let nets = Expander::new(&mut graph, table).net(scaled);
        let weights = magnitude::weights(&graph, &nets, &points);
        let terms = collect(&mut graph, nets, &weights);
        let size = largest(terms.iter().map(Term::size));
        all_terms.push((terms, size));
    }
    let mut dimensionless = Vec::new();
    let mut forms = Vec::new();
    for (number, equation) in equations.iter().enumerate() {
        let (divisor, elected) = match &reference {
            Reference::Given(values) => (values[number], None),
            Reference::LargestTerm(_) => elect(number, equations, &all_terms, declared),
        };
        let largest = elected.map_or(Vec::new(), |term| {
            let monomials = term.monomials.iter().cloned();
            monomials.map(|m| m.scaled(term.weight)).collect()
        });
        let monomial = match largest.as_slice() {
            [monomial] => Some(monomial.clone().absolute(table)),
            _ => None,
        };
        let unusable = |value| NondimensionalError::NotFinite {
            name: equation.name.clone(),
            value,
        };
        let (terms, size) = &all_terms[number];
        if !divisor.is_finite() || !size.is_finite() {
            return Err(unusable(if divisor.is_finite() { *size } else { divisor }));
        }
        if divisor == 0.0 || terms.is_empty() {
            return Err(NondimensionalError::Vanishes {
                name: equation.name.clone(),
            });
        }
        let mut residual = graph.constant(0.0);
        let mut coefficients = Vec::new();
        for term in terms {
            let mut value = term.value / divisor;
            if (value.abs() - 1.0).abs() < ROUNDING {
                value = value.signum();
            }
            if !value.is_finite() {
                return Err(unusable(value));
            }
            let constant = graph.constant(value);
            let product = graph.mul(constant, term.expression);
            residual = graph.add(residual, product);
            coefficients.push(labels.coefficient(&graph, &names, term, value, monomial.as_ref()));
        }
        forms.push(Form {
            name: equation.name.clone(),
            dimensions: equation.dimensions,
            reference: divisor,
            reference_symbolic: match (&monomial, elected) {
                (Some(monomial), _) => monomial.show(table),
                (None, Some(_)) => format!("|{}|", show_sum(&largest, table)),
                (None, None) => "given".to_string(),
            },
            coefficients,
            expression: graph.show(residual, &names),
        });
        dimensionless.push(RawEquation {
            name: equation.name.clone(),
            residual,
            dimensions: Dimensions::NONE,
        });
    }
    Ok((graph, dimensionless, forms))
}

/// Dimensionless values of expressions in physical units that stand for fields, `(value − reference)/scale`,
/// in the order of `values`: pairs of a field's number and the expression.
pub(super) fn nondimensionalize_values(
    graph: &mut Graph,
    values: &[(u16, Expr)],
    declared: &Declared,
    scales: &Scales,
) -> Result<Vec<Expr>, NondimensionalError> {
    check(declared, scales)?;
    let substitution = Substitution::new(declared, scales);
    let mut memo = HashMap::new();
    let mut dimensionless = Vec::new();
    for (field, value) in values {
        let mut leaf = |graph: &mut Graph, op| substitution.leaf(graph, op);
        let mut scaled = graph.substitute(*value, &mut leaf, &mut memo);
        if let Some(symbol) = substitution.field_reference(*field) {
            let reference = graph.parameter(symbol);
            scaled = graph.sub(scaled, reference);
        }
        // The offset cancels where terms with equal expressions are summed.
        let nets = Expander::new(graph, &substitution.table).net(scaled);
        let scale = scales.fields[usize::from(*field)].scale;
        let mut sum = graph.constant(0.0);
        for net in nets {
            let mut value = net.value / scale;
            if (value.abs() - 1.0).abs() < ROUNDING {
                value = value.signum();
            }
            if !value.is_finite() {
                let name = declared.fields[usize::from(*field)].name.clone();
                return Err(NondimensionalError::NotFinite { name, value });
            }
            let coefficient = graph.constant(value);
            let term = graph.mul(coefficient, net.expression);
            sum = graph.add(sum, term);
        }
        dimensionless.push(sum);
    }
    Ok(dimensionless)
}

/// Points in dimensionless coordinates.
fn dimensionless(points: &[Vec<f64>], scales: &Scales) -> Vec<Vec<f64>> {
    let columns = points.iter().zip(&scales.coordinates);
    let columns = columns.map(|(column, affine)| {
        let column = column.iter();
        column.map(|si| affine.to_dimensionless(*si)).collect()
    });
    columns.collect()
}

/// Largest of sizes; NaN if any is NaN.
fn largest(sizes: impl Iterator<Item = f64>) -> f64 {
    sizes.fold(0.0, |largest: f64, size| {
        if largest.is_nan() || size.is_nan() {
            f64::NAN
        } else {
            largest.max(size)
        }
    })
}

/// The size of the largest term among the components of one vector, and that term.
fn elect<'a>(
    number: usize,
    equations: &[RawEquation],
    all_terms: &'a [(Vec<Term>, f64)],
    declared: &Declared,
) -> (f64, Option<&'a Term>) {
    let this = &equations[number];
    let vector = |equation: &RawEquation| {
        let (stem, last) = equation.name.rsplit_once(' ')?;
        declared.coordinate(last).map(|_| stem.to_string())
    };
    let components: Vec<&(Vec<Term>, f64)> = match vector(this) {
        Some(stem) => (equations.iter().zip(all_terms))
            .filter(|(other, _)| {
                other.dimensions == this.dimensions && vector(other).as_ref() == Some(&stem)
            })
            .map(|(_, terms)| terms)
            .collect(),
        None => vec![&all_terms[number]],
    };
    let size = largest(components.iter().map(|(_, size)| *size));
    // The first that is as large up to rounding, so that rounding does not choose between equal terms.
    let mut terms = components.iter().flat_map(|(terms, _)| terms);
    let first = terms.find(|term| term.size() >= size * (1.0 - ROUNDING));
    (size, first)
}

fn check(declared: &Declared, scales: &Scales) -> Result<(), NondimensionalError> {
    if !scales.fits(declared) {
        return Err(NondimensionalError::WrongCount {
            expected: declared.coordinates.len()
                + declared.fields.len()
                + declared.parameters.len(),
            found: scales.coordinates.len() + scales.fields.len() + scales.parameters.len(),
        });
    }
    let affines = scales.coordinates.iter().chain(&scales.fields);
    for (info, affine) in declared
        .coordinates
        .iter()
        .chain(&declared.fields)
        .zip(affines)
    {
        for (what, value, nonzero) in [
            ("scale of", affine.scale, true),
            ("reference of", affine.reference, false),
        ] {
            if !value.is_finite() || (nonzero && value == 0.0) {
                return Err(NondimensionalError::BadScale {
                    what,
                    name: info.name.clone(),
                    value,
                    nonzero,
                });
            }
        }
    }
    for (info, value) in declared.parameters.iter().zip(&scales.parameters) {
        if !value.is_finite() {
            return Err(NondimensionalError::BadScale {
                what: "value of",
                name: info.name.clone(),
                value: *value,
                nonzero: false,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
