//! Trees to graphs, with a dimension at every node.

use super::MAX_OPERATIONS;
use super::definitions::Definitions;
use super::functions::is_function;
use super::parser::{Node, Tree, parse};
use super::temperature::{Temperature, point_mistake, sum_mistake, temperature_of_sum};
use super::vector::{Shaped, VECTOR_FUNCTIONS};
use crate::mistake::{Checked, Fault, Mistake};
use crate::suggest::remedy;
use pinn_expr::{Expr, Graph, Op};
use pinn_units::{Declared, Dimensions, Kind, QuantityInfo};
use std::collections::HashMap;
use std::ops::Range;

/// Names that an expression may refer to.
#[derive(Copy, Clone)]
pub(crate) struct Scope<'a> {
    pub declared: &'a Declared,
    /// On a part of the boundary the components of its normal.
    pub normal: &'a [Component],
    pub definitions: &'a Definitions,
    pub coordinates: bool,
    pub fields: bool,
}

/// A component of the outward unit normal.
pub(crate) struct Component {
    /// `n_x`
    pub name: String,
    pub value: ComponentValue,
}

/// Value of a component of the normal.
#[derive(Copy, Clone)]
pub(crate) enum ComponentValue {
    /// Everywhere the same.
    Constant(f64),
    /// A coordinate that every row carries.
    Coordinate(u8),
}

impl<'a> Scope<'a> {
    /// Parameters, coordinates and fields.
    pub fn all(declared: &'a Declared, definitions: &'a Definitions) -> Self {
        Scope {
            declared,
            normal: &[],
            definitions,
            coordinates: true,
            fields: true,
        }
    }

    /// Parameters and coordinates.
    pub fn points(declared: &'a Declared, definitions: &'a Definitions) -> Self {
        Scope {
            fields: false,
            ..Self::all(declared, definitions)
        }
    }

    /// Parameters alone.
    pub fn constants(declared: &'a Declared, definitions: &'a Definitions) -> Self {
        Scope {
            coordinates: false,
            ..Self::points(declared, definitions)
        }
    }

    /// True if the problem has a name that is spelt like this.
    pub(super) fn names(self, word: &str) -> bool {
        let d = self.declared;
        d.coordinate(word).is_some()
            || d.field(word).is_some()
            || d.parameter(word).is_some()
            || self.definitions.has(word)
            || self.normal.iter().any(|component| component.name == word)
    }
}

/// An expression in a graph.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Value {
    pub expr: Expr,
    pub dimensions: Dimensions,
    pub temperature: Temperature,
}

/// Reads an expression into `graph`.
pub(crate) fn elaborate(text: &str, scope: Scope, graph: &mut Graph) -> Checked<Value> {
    let tree = parse(text, scope)?;
    let value = Elaboration::new(scope, graph).value(&tree)?;
    sound(graph, value.expr, 0..text.len())?;
    Ok(value)
}

/// Reads an expression that may be a vector.
pub(super) fn elaborate_shaped(text: &str, scope: Scope, graph: &mut Graph) -> Checked<Shaped> {
    let tree = parse(text, scope)?;
    let shaped = Elaboration::new(scope, graph).shaped(&tree)?;
    for component in shaped.components() {
        sound(graph, component.expr, 0..text.len())?;
    }
    Ok(shaped)
}

/// Refuses expressions that are too large or contain a number that is not finite.
fn sound(graph: &Graph, e: Expr, span: Range<usize>) -> Checked<()> {
    bounded(graph, e, span.clone())?;
    for node in graph.reachable(&[e]) {
        if graph.constant_value(node).is_some_and(|c| !c.is_finite()) {
            let what = "the value of a part of this expression".to_string();
            let mistake = Mistake::new(Fault::NotFinite { what }, span);
            return Err(
                mistake.label("divides by zero, or leaves the range of a function or number")
            );
        }
    }
    Ok(())
}

/// Refuses expressions that take too long to expand or differentiate.
pub(crate) fn bounded(graph: &Graph, e: Expr, span: Range<usize>) -> Checked<()> {
    if operations(graph, e) <= MAX_OPERATIONS {
        return Ok(());
    }
    let fault = Fault::ExpressionSize {
        what: "too large",
        limit: MAX_OPERATIONS as usize,
        unit: "operations when its powers and derivatives are written out",
    };
    Err(Mistake::new(fault, span).label("this expression"))
}

/// Operations of the expression written out as a tree.
fn operations(graph: &Graph, root: Expr) -> u64 {
    let nodes = graph.reachable(&[root]);
    let mut counts: std::collections::HashMap<Expr, u64> = Default::default();
    for e in nodes {
        let below = graph.op(e).operands().map(|x| counts[&x]);
        let count = below.fold(1u64, u64::saturating_add);
        counts.insert(e, count);
    }
    counts[&root]
}

pub(super) struct Elaboration<'a, 'g> {
    pub scope: Scope<'a>,
    pub graph: &'g mut Graph,
    /// Definitions that were read already: each is read once, however often it is named.
    read: HashMap<&'a str, Shaped>,
}

impl<'a, 'g> Elaboration<'a, 'g> {
    fn new(scope: Scope<'a>, graph: &'g mut Graph) -> Self {
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

    fn constant(&mut self, value: f64, dimensions: Dimensions) -> Value {
        plain(self.graph.constant(value), dimensions)
    }

    /// What may be scaled.
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

    fn sum(&mut self, terms: &[(bool, Tree)]) -> Checked<Shaped> {
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

    fn name(&mut self, name: &str, span: Range<usize>) -> Checked<Shaped> {
        let definitions = self.scope.definitions;
        let Some((known, shaped)) = definitions.get(name) else {
            return self.symbol(name, span).map(Shaped::Scalar);
        };
        if let Some(shaped) = self.read.get(known) {
            return Ok(shaped.clone());
        }
        let graph = definitions.graph();
        let outputs: Vec<Expr> = shaped.components().iter().map(|v| v.expr).collect();
        for input in graph.inputs(&outputs) {
            let (what, info) = match graph.op(input) {
                Op::Field { field, .. } if !self.scope.fields => {
                    ("field", &self.scope.declared.fields[usize::from(field)])
                }
                Op::Coordinate { coordinate, .. } if !self.scope.coordinates => {
                    let coordinates = &self.scope.declared.coordinates;
                    ("coordinate", &coordinates[usize::from(coordinate)])
                }
                _ => continue,
            };
            let message = format!(
                "`{name}` depends on the {what} `{}`, which cannot be used here",
                info.name
            );
            return Err(Mistake::new(Fault::Expression { message }, span)
                .label("its value is not known in this place"));
        }
        let shaped = shaped.clone().map(|value| Value {
            expr: self.graph.import(graph, value.expr),
            ..value
        });
        self.read.insert(known, shaped.clone());
        Ok(shaped)
    }

    fn symbol(&mut self, name: &str, span: Range<usize>) -> Checked<Value> {
        let Scope {
            declared,
            normal,
            definitions,
            coordinates,
            fields,
        } = self.scope;
        if let Some(i) = declared.parameter(name) {
            let expr = self.graph.parameter(i as u16);
            return Ok(symbol(expr, &declared.parameters[i]));
        }
        if let Some(i) = declared.coordinate(name) {
            if coordinates {
                let expr = self.graph.coordinate(i as u8);
                return Ok(symbol(expr, &declared.coordinates[i]));
            }
            return Err(not_here(name, "a coordinate", span));
        }
        if let Some(i) = declared.field(name) {
            if fields {
                let expr = self.graph.field(i as u16);
                return Ok(symbol(expr, &declared.fields[i]));
            }
            return Err(not_here(name, "a field", span));
        }
        if let Some(component) = normal.iter().find(|component| component.name == name) {
            let expr = match component.value {
                ComponentValue::Constant(value) => self.graph.constant(value),
                ComponentValue::Coordinate(number) => self.graph.coordinate(number),
            };
            return Ok(plain(expr, Dimensions::NONE));
        }
        if name == "pi" {
            return Ok(self.constant(std::f64::consts::PI, Dimensions::NONE));
        }
        let mistake = Mistake::new(
            Fault::UnknownName {
                what: "name",
                name: name.to_string(),
            },
            span,
        );
        if is_function(name) {
            return Err(mistake
                .label("a function needs its argument")
                .help(format!("write `{name}(…)`")));
        }
        let mut known: Vec<&str> = vec!["pi"];
        known.extend(declared.parameters.iter().map(|q| q.name.as_str()));
        known.extend(definitions.names());
        known.extend(normal.iter().map(|component| component.name.as_str()));
        if coordinates {
            known.extend(declared.coordinates.iter().map(|q| q.name.as_str()));
        }
        if fields {
            known.extend(declared.fields.iter().map(|q| q.name.as_str()));
        }
        Err(mistake
            .label("neither a coordinate nor a parameter")
            .help(remedy(name, "name", &known)))
    }
}

pub(super) fn plain(expr: Expr, dimensions: Dimensions) -> Value {
    Value {
        expr,
        dimensions,
        temperature: Temperature::Amount,
    }
}

fn symbol(expr: Expr, info: &QuantityInfo) -> Value {
    Value {
        expr,
        dimensions: info.dimensions,
        temperature: match info.kind {
            Kind::AbsoluteTemperature => Temperature::Point,
            Kind::Plain => Temperature::Amount,
        },
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

/// What would have to be multiplied.
fn difference(expected: Dimensions, found: Dimensions) -> String {
    match expected.times(found, -1) {
        Some(missing) if !missing.is_none() => format!(
            "every term of a sum must have the same dimension; the second lacks a factor in {}",
            missing.unit_text()
        ),
        _ => "every term of a sum must have the same dimension".to_string(),
    }
}

fn not_here(name: &str, what: &str, span: Range<usize>) -> Box<Mistake> {
    let message = format!("`{name}` is {what}, which cannot be used here");
    Mistake::new(Fault::Expression { message }, span).label("its value is not known in this place")
}

pub(super) fn out_of_range(span: Range<usize>) -> Box<Mistake> {
    let message = "the exponent of a dimension is too large".to_string();
    Mistake::new(Fault::Expression { message }, span)
}
