//! Trees to graphs, with a dimension at every node.

use super::reserved::VECTOR_FUNCTIONS;
use super::scope::Scope;
use super::shaped::Shaped;
use super::temperature::{Temperature, point_mistake};
use super::tree::{Node, Tree};
use super::value::{Value, plain};
use crate::mistake::{Checked, Fault, Mistake};
use pinn_expr::Graph;
use pinn_units::{Dimensions, Kind};
use std::collections::HashMap;
use std::ops::Range;

/// Builds the graph of a tree.
pub(super) struct Elaboration<'a, 'g> {
    pub scope: Scope<'a>,
    pub graph: &'g mut Graph,
    /// Definitions imported so far: each is imported once.
    pub read: HashMap<&'a str, Shaped>,
}

impl<'a, 'g> Elaboration<'a, 'g> {
    pub fn new(scope: Scope<'a>, graph: &'g mut Graph) -> Self {
        Elaboration {
            scope,
            graph,
            read: HashMap::new(),
        }
    }

    /// A number.
    pub fn value(&mut self, tree: &Tree) -> Checked<Value> {
        let shaped = self.shaped(tree)?;
        shaped.number(tree.span.clone())
    }

    /// A number or a vector.
    pub fn shaped(&mut self, tree: &Tree) -> Checked<Shaped> {
        match &tree.node {
            Node::Name(name) => self.name(name, tree.span.clone()),
            Node::Call(name, arguments) if VECTOR_FUNCTIONS.contains(&name.as_str()) => {
                self.vector_function(name, arguments, tree.span.clone())
            }
            Node::Negative(inner) => {
                let value = self.amount(inner, "negated")?;
                Ok(value.map(|value| Value {
                    expr: self.graph.neg(value.expr),
                    ..value
                }))
            }
            Node::Sum(terms) => self.sum(terms),
            Node::Product(factors) => self.product(factors),
            _ => self.scalar(tree).map(Shaped::Scalar),
        }
    }

    fn scalar(&mut self, tree: &Tree) -> Checked<Value> {
        match &tree.node {
            Node::Number(number, None) => Ok(self.constant(*number, Dimensions::NONE)),
            Node::Number(number, Some(unit)) => {
                let si = unit.to_si(*number, Kind::AbsoluteTemperature);
                let mut value = self.constant(si, unit.dimensions);
                if unit.offset != 0.0 {
                    value.temperature = Temperature::Offset;
                    if si < 0.0 {
                        let message = "this temperature is below absolute zero".to_string();
                        let span = tree.span.clone();
                        return Err(Mistake::new(Fault::Quantity { message }, span));
                    }
                }
                Ok(value)
            }
            Node::Call(name, arguments) => self.call(name, arguments, tree.span.clone()),
            Node::Power(base, exponent) => {
                let value = self.scalar_amount(base, "raised to a power")?;
                let dimensions = Dimensions::NONE.times(value.dimensions, *exponent);
                let dimensions = dimensions.ok_or_else(|| out_of_range(tree.span.clone()))?;
                let expr = self.graph.powi(value.expr, *exponent);
                Ok(plain(expr, dimensions))
            }
            Node::Name(_) | Node::Negative(_) | Node::Sum(_) | Node::Product(_) => self.value(tree),
        }
    }

    pub fn constant(&mut self, value: f64, dimensions: Dimensions) -> Value {
        plain(self.graph.constant(value), dimensions)
    }

    /// A number or a vector that may be scaled.
    pub fn amount(&mut self, tree: &Tree, operation: &'static str) -> Checked<Shaped> {
        let shaped = self.shaped(tree)?;
        for value in shaped.components() {
            if value.temperature == Temperature::Offset {
                return Err(point_mistake(operation, tree.span.clone()));
            }
        }
        Ok(shaped.map(|value| Value {
            temperature: Temperature::Amount,
            ..value
        }))
    }

    /// A number that may be scaled.
    pub fn scalar_amount(&mut self, tree: &Tree, operation: &'static str) -> Checked<Value> {
        let shaped = self.amount(tree, operation)?;
        shaped.number(tree.span.clone())
    }

    fn product(&mut self, factors: &[(bool, Tree)]) -> Checked<Shaped> {
        let mut product = Shaped::Scalar(self.constant(1.0, Dimensions::NONE));
        for (divides, tree) in factors {
            let factor = self.amount(tree, if *divides { "a divisor" } else { "multiplied" })?;
            product = product.scale(factor, *divides, tree.span.clone(), |a, b| {
                self.multiply(a, b, *divides, tree.span.clone())
            })?;
        }
        Ok(product)
    }

    pub fn multiply(
        &mut self,
        a: Value,
        b: Value,
        divides: bool,
        span: Range<usize>,
    ) -> Checked<Value> {
        let power = if divides { -1 } else { 1 };
        let dimensions = a.dimensions.times(b.dimensions, power);
        let dimensions = dimensions.ok_or_else(|| out_of_range(span))?;
        let expr = match divides {
            true => self.graph.div(a.expr, b.expr),
            false => self.graph.mul(a.expr, b.expr),
        };
        Ok(plain(expr, dimensions))
    }
}

pub(super) fn out_of_range(span: Range<usize>) -> Box<Mistake> {
    let message = "the exponent of a dimension is too large".to_string();
    Mistake::new(Fault::Expression { message }, span)
}
