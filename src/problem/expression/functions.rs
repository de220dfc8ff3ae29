//! Functions and derivatives in expressions.

use super::elaborate::{Elaboration, out_of_range};
use super::reserved::{ANGLE, VECTOR_FUNCTIONS};
use super::size::bounded;
use super::tree::{Node, Tree};
use super::value::{Value, plain};
use crate::mistake::{Checked, Fault, Mistake};
use crate::suggest::remedy;
use pinn_expr::{Expr, Function, Op};
use pinn_network::jets::MAX_ORDER;
use pinn_units::Dimensions;
use std::ops::Range;

impl Elaboration<'_, '_> {
    pub fn call(&mut self, name: &str, arguments: &[Tree], span: Range<usize>) -> Checked<Value> {
        if name == "d" {
            return self.derivative(arguments, span);
        }
        if name == ANGLE {
            return self.angle(arguments, span);
        }
        let Some(function) = Function::ALL.into_iter().find(|f| f.name() == name) else {
            let mut known: Vec<&str> = Function::ALL.iter().map(|f| f.name()).collect();
            known.extend(["d", ANGLE]);
            known.extend(VECTOR_FUNCTIONS);
            let fault = Fault::UnknownName {
                what: "function",
                name: name.to_string(),
            };
            let start = span.start;
            return Err(Mistake::new(fault, start..start + name.len())
                .label("no function has this name")
                .help(remedy(name, "function", &known)));
        };
        let [argument] = arguments else {
            let message = format!("`{name}` takes one argument, found {}", arguments.len());
            return Err(Mistake::new(Fault::Expression { message }, span));
        };
        let value = self.scalar_amount(argument, "the argument of a function")?;
        let dimensions = match function {
            Function::Abs => value.dimensions,
            Function::Sqrt => value.dimensions.sqrt().ok_or_else(|| {
                let message = format!("the square root of [{}] has no dimension", value.dimensions);
                Mistake::new(Fault::Expression { message }, argument.span.clone())
                    .label("every exponent must be even")
            })?,
            _ if value.dimensions.is_none() => Dimensions::NONE,
            _ => {
                let fault = Fault::Dimension {
                    what: format!("the argument of `{name}`"),
                    expected: Dimensions::NONE,
                    found: value.dimensions,
                };
                return Err(Mistake::new(fault, argument.span.clone())
                    .label(format!("this has dimension [{}]", value.dimensions))
                    .help("divide by a characteristic value first, as in `sin(pi * x / 20 mm)`"));
            }
        };
        Ok(plain(self.graph.apply(function, value.expr), dimensions))
    }

    /// `atan2(y, x)`
    fn angle(&mut self, arguments: &[Tree], span: Range<usize>) -> Checked<Value> {
        let [first, second] = arguments else {
            let found = arguments.len();
            let message = format!("`{ANGLE}` takes two arguments, found {found}");
            return Err(Mistake::new(Fault::Expression { message }, span)
                .label("the angle of the point (x, y) is `atan2(y, x)`"));
        };
        let y = self.scalar_amount(first, "the argument of a function")?;
        let x = self.scalar_amount(second, "the argument of a function")?;
        if x.dimensions != y.dimensions {
            let fault = Fault::Dimension {
                what: format!("the second argument of `{ANGLE}`"),
                expected: y.dimensions,
                found: x.dimensions,
            };
            return Err(Mistake::new(fault, second.span.clone())
                .label(format!("this has dimension [{}]", x.dimensions))
                .also(
                    first.span.clone(),
                    format!("this has dimension [{}]", y.dimensions),
                ));
        }
        Ok(plain(self.graph.atan2(y.expr, x.expr), Dimensions::NONE))
    }

    /// Networks deliver derivatives of fields up to a fixed order.
    fn bounded_order(&self, e: Expr, span: Range<usize>) -> Checked<()> {
        let too_high =
            self.graph
                .inputs(&[e])
                .into_iter()
                .any(|input| match self.graph.op(input) {
                    Op::Field { order, .. } => {
                        order.iter().map(|n| usize::from(*n)).sum::<usize>() > MAX_ORDER
                    }
                    _ => false,
                });
        if !too_high {
            return Ok(());
        }
        let message = format!("a derivative of a field has an order above {MAX_ORDER}");
        Err(Mistake::new(Fault::Expression { message }, span))
    }

    /// `d(T, x)`, `d(T, x, x)`
    fn derivative(&mut self, arguments: &[Tree], span: Range<usize>) -> Checked<Value> {
        let [of, along @ ..] = arguments else {
            unreachable!("a call has an argument")
        };
        if along.is_empty() || along.len() > MAX_ORDER {
            let message = "a derivative is written `d(T, x)` or `d(T, x, x)`".to_string();
            return Err(Mistake::new(Fault::Expression { message }, span)
                .label("expected a term and one to four coordinates"));
        }
        let mut value = self.value(of)?;
        for tree in along {
            let declared = self.scope.declared;
            let coordinate = match &tree.node {
                Node::Name(name) => declared.coordinate(name),
                _ => None,
            };
            let Some(coordinate) = coordinate else {
                let message = "a derivative is taken along a coordinate".to_string();
                return Err(
                    Mistake::new(Fault::Expression { message }, tree.span.clone())
                        .label("expected the name of a coordinate"),
                );
            };
            value = self.slope(value, coordinate, span.clone())?;
        }
        Ok(value)
    }

    /// The derivative along a coordinate.
    pub fn slope(&mut self, value: Value, coordinate: usize, span: Range<usize>) -> Checked<Value> {
        let by = self.scope.declared.coordinates[coordinate].dimensions;
        let dimensions = value.dimensions.times(by, -1);
        let dimensions = dimensions.ok_or_else(|| out_of_range(span.clone()))?;
        let expr = self.graph.differentiate(value.expr, coordinate as u8);
        bounded(self.graph, expr, span.clone())?;
        self.bounded_order(expr, span)?;
        Ok(plain(expr, dimensions))
    }
}
