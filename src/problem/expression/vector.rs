//! Vectors over the coordinates of space: `grad`, `div`, `laplacian`, `dot`, `vector`.

use super::elaborate::Elaboration;
use super::shaped::Shaped;
use super::tree::Tree;
use super::value::Value;
use crate::mistake::{Checked, Fault, Mistake};
use pinn_units::Dimensions;
use std::ops::Range;

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
                return Err(Mistake::new(fault, span).label("its components cannot be added"));
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
