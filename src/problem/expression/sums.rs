//! Sums, whose terms must have one dimension.

use super::elaborate::Elaboration;
use super::shaped::Shaped;
use super::temperature::{sum_mistake, temperature_of_sum};
use super::tree::{Node, Tree};
use super::value::Value;
use crate::mistake::{Checked, Fault, Mistake};
use pinn_units::Dimensions;

impl Elaboration<'_, '_> {
    pub fn sum(&mut self, terms: &[(bool, Tree)]) -> Checked<Shaped> {
        let [(_, first), rest @ ..] = terms else {
            unreachable!("a sum has a first term")
        };
        let mut total = self.shaped(first)?;
        for (subtracted, tree) in rest {
            let term = self.shaped(tree)?;
            total = total.zip(term, tree.span.clone(), |sum, term| {
                self.add(sum, term, *subtracted, first, tree)
            })?;
        }
        Ok(total)
    }

    fn add(
        &mut self,
        sum: Value,
        term: Value,
        subtracted: bool,
        first: &Tree,
        tree: &Tree,
    ) -> Checked<Value> {
        if term.dimensions != sum.dimensions {
            return Err(unequal_terms(sum.dimensions, term.dimensions, first, tree));
        }
        let temperature = temperature_of_sum(sum.temperature, term.temperature, subtracted)
            .ok_or_else(|| sum_mistake(subtracted, tree.span.clone()))?;
        let expr = match subtracted {
            true => self.graph.sub(sum.expr, term.expr),
            false => self.graph.add(sum.expr, term.expr),
        };
        Ok(Value {
            expr,
            dimensions: sum.dimensions,
            temperature,
        })
    }
}

/// Both terms are marked, each with its unit.
fn unequal_terms(
    expected: Dimensions,
    found: Dimensions,
    first: &Tree,
    tree: &Tree,
) -> Box<Mistake> {
    let what = "a term of a sum".to_string();
    let fault = Fault::Dimension {
        what,
        expected,
        found,
    };
    let shown = |d: Dimensions| match d.is_none() {
        true => "has no unit".to_string(),
        false => format!("is in {}", d.unit_text()),
    };
    let mistake = Mistake::new(fault, tree.span.clone())
        .label(format!("this {}", shown(found)))
        .also(first.span.clone(), format!("this {}", shown(expected)));
    match tree.node {
        Node::Number(_, None) => mistake.help("give the number its unit"),
        _ => mistake.help(difference(expected, found)),
    }
}

/// Remedy with the missing factor.
fn difference(expected: Dimensions, found: Dimensions) -> String {
    match expected.times(found, -1) {
        Some(missing) if !missing.is_none() => format!(
            "every term of a sum must have the same dimension; the second lacks a factor in {}",
            missing.unit_text()
        ),
        _ => "every term of a sum must have the same dimension".to_string(),
    }
}
