//! Vectors over the coordinates of space: `grad`, `div`, `laplacian`, `dot`, `vector`.

use super::elaborate::{Elaboration, Value};
use super::parser::Tree;
use crate::mistake::{Checked, Fault, Mistake};
use pinn_units::Dimensions;
use std::ops::Range;

/// Functions that take or give vectors.
pub(super) const VECTOR_FUNCTIONS: [&str; 5] = ["grad", "div", "laplacian", "dot", "vector"];

/// A number, or one number per coordinate of space.
#[derive(Clone, Debug)]
pub(super) enum Shaped {
    Scalar(Value),
    Vector(Vec<Value>),
}

impl Shaped {
    pub fn components(&self) -> &[Value] {
        match self {
            Shaped::Scalar(value) => std::slice::from_ref(value),
            Shaped::Vector(values) => values,
        }
    }

    /// The number that it is; `span` is its place.
    pub fn number(self, span: Range<usize>) -> Checked<Value> {
        match self {
            Shaped::Scalar(value) => Ok(value),
            Shaped::Vector(_) => {
                let message = "expected a number, found a vector".to_string();
                Err(Mistake::new(Fault::Expression { message }, span)
                    .label("this is a vector")
                    .help("`div(a)` and `dot(a, b)` make numbers of vectors"))
            }
        }
    }

    pub fn map(self, mut f: impl FnMut(Value) -> Value) -> Shaped {
        match self {
            Shaped::Scalar(value) => Shaped::Scalar(f(value)),
            Shaped::Vector(values) => Shaped::Vector(values.into_iter().map(f).collect()),
        }
    }

    /// Combines component by component; `span` is the place of `other`.
    pub fn zip(
        self,
        other: Shaped,
        span: Range<usize>,
        mut f: impl FnMut(Value, Value) -> Checked<Value>,
    ) -> Checked<Shaped> {
        match (self, other) {
            (Shaped::Scalar(a), Shaped::Scalar(b)) => Ok(Shaped::Scalar(f(a, b)?)),
            (Shaped::Vector(a), Shaped::Vector(b)) if a.len() == b.len() => {
                let pairs = a.into_iter().zip(b).map(|(a, b)| f(a, b));
                Ok(Shaped::Vector(pairs.collect::<Checked<_>>()?))
            }
            (a, b) => {
                let message = format!("{} and {} cannot be added", a.shown(), b.shown());
                let mistake = Mistake::new(Fault::Expression { message }, span);
                Err(mistake.label(format!("this is {}", b.shown())))
            }
        }
    }

    /// A product or quotient in which at most one factor is a vector; `span` is the place of `factor`.
    pub fn scale(
        self,
        factor: Shaped,
        divides: bool,
        span: Range<usize>,
        mut f: impl FnMut(Value, Value) -> Checked<Value>,
    ) -> Checked<Shaped> {
        match (self, factor) {
            (Shaped::Scalar(a), Shaped::Scalar(b)) => Ok(Shaped::Scalar(f(a, b)?)),
            (Shaped::Vector(a), Shaped::Scalar(b)) => {
                let scaled = a.into_iter().map(|a| f(a, b));
                Ok(Shaped::Vector(scaled.collect::<Checked<_>>()?))
            }
            (Shaped::Scalar(a), Shaped::Vector(b)) if !divides => {
                let scaled = b.into_iter().map(|b| f(a, b));
                Ok(Shaped::Vector(scaled.collect::<Checked<_>>()?))
            }
            (_, Shaped::Vector(_)) => {
                let message = match divides {
                    true => "nothing can be divided by a vector",
                    false => "`*` does not multiply two vectors",
                };
                let message = message.to_string();
                let mistake = Mistake::new(Fault::Expression { message }, span);
                Err(mistake
                    .label("this is a vector")
                    .help("the scalar product is written `dot(a, b)`"))
            }
        }
    }

    fn shown(&self) -> String {
        match self {
            Shaped::Scalar(_) => "a number".to_string(),
            Shaped::Vector(values) => format!("a vector of {}", values.len()),
        }
    }
}

impl Elaboration<'_, '_> {
    pub fn vector_function(
        &mut self,
        name: &str,
        arguments: &[Tree],
        span: Range<usize>,
    ) -> Checked<Shaped> {
        match (name, arguments) {
            ("grad", [of]) => {
                let value = self.value(of)?;
                self.gradient(value, span).map(Shaped::Vector)
            }
            ("div", [of]) => {
                let vector = self.vector(of)?;
                self.divergence(vector, of, span).map(Shaped::Scalar)
            }
            ("laplacian", [of]) => {
                let of_one = |this: &mut Self, value| {
                    let gradient = this.gradient(value, span.clone())?;
                    this.divergence(gradient, of, span.clone())
                };
                match self.shaped(of)? {
                    Shaped::Scalar(value) => of_one(self, value).map(Shaped::Scalar),
                    Shaped::Vector(values) => {
                        let all = values.into_iter().map(|value| of_one(self, value));
                        Ok(Shaped::Vector(all.collect::<Checked<_>>()?))
                    }
                }
            }
            ("dot", [a, b]) => {
                let (left, right) = (self.vector(a)?, self.vector(b)?);
                if left.len() != right.len() {
                    let message = format!(
                        "a vector of {} and one of {} have no scalar product",
                        left.len(),
                        right.len()
                    );
                    return Err(Mistake::new(Fault::Expression { message }, span));
                }
                let pairs = left.into_iter().zip(right);
                let products = pairs.map(|(x, y)| self.multiply(x, y, false, span.clone()));
                let products = products.collect::<Checked<Vec<_>>>()?;
                self.total(products, span).map(Shaped::Scalar)
            }
            ("vector", parts) => {
                let parts = parts.iter().map(|part| self.value(part));
                Ok(Shaped::Vector(parts.collect::<Checked<_>>()?))
            }
            _ => {
                let usage = match name {
                    "dot" => "`dot` takes two vectors".to_string(),
                    _ => format!("`{name}` takes one argument"),
                };
                let message = format!("{usage}, found {} arguments", arguments.len());
                Err(Mistake::new(Fault::Expression { message }, span))
            }
        }
    }

    /// Numbers of the coordinates that are not time.
    fn space(&self) -> Vec<usize> {
        let coordinates = self.scope.declared.coordinates.iter().enumerate();
        let space = coordinates.filter(|(_, c)| c.dimensions != Dimensions::TIME);
        space.map(|(number, _)| number).collect()
    }

    fn gradient(&mut self, value: Value, span: Range<usize>) -> Checked<Vec<Value>> {
        let space = self.space().into_iter();
        let slopes = space.map(|coordinate| self.slope(value, coordinate, span.clone()));
        slopes.collect()
    }

    fn divergence(&mut self, vector: Vec<Value>, of: &Tree, span: Range<usize>) -> Checked<Value> {
        let space = self.space();
        if vector.len() != space.len() {
            let message = format!(
                "a divergence takes as many components as space has coordinates: expected {}, found {}",
                space.len(),
                vector.len()
            );
            return Err(Mistake::new(Fault::Expression { message }, of.span.clone()));
        }
        let pairs = vector.into_iter().zip(space);
        let slopes = pairs.map(|(value, coordinate)| self.slope(value, coordinate, span.clone()));
        let slopes = slopes.collect::<Checked<Vec<_>>>()?;
        self.total(slopes, span)
    }

    fn vector(&mut self, tree: &Tree) -> Checked<Vec<Value>> {
        match self.amount(tree, "part of a product")? {
            Shaped::Vector(values) => Ok(values),
            Shaped::Scalar(_) => {
                let message = "expected a vector, found a number".to_string();
                let mistake = Mistake::new(Fault::Expression { message }, tree.span.clone());
                Err(mistake
                    .label("this is a number")
                    .help("`grad(f)` and `vector(u, v)` are vectors"))
            }
        }
    }

    fn total(&mut self, values: Vec<Value>, span: Range<usize>) -> Checked<Value> {
        let mut total: Option<Value> = None;
        for value in values {
            let Some(sum) = total else {
                total = Some(value);
                continue;
            };
            if value.dimensions != sum.dimensions {
                let fault = Fault::Dimension {
                    what: "a component".to_string(),
                    expected: sum.dimensions,
                    found: value.dimensions,
                };
                return Err(Mistake::new(fault, span).label("its components have no sum"));
            }
            let expr = self.graph.add(sum.expr, value.expr);
            total = Some(Value { expr, ..sum });
        }
        total.ok_or_else(|| {
            let message = "there is no coordinate of space".to_string();
            Mistake::new(Fault::Expression { message }, span)
        })
    }
}
