//! Names in expressions: definitions, and quantities of the problem.

use super::elaborate::Elaboration;
use super::reserved::is_function;
use super::scope::{ComponentValue, Scope};
use super::shaped::Shaped;
use super::value::{Value, plain, symbol};
use crate::mistake::{Checked, Fault, Mistake};
use crate::suggest::remedy;
use pinn_expr::{Expr, Op};
use pinn_units::Dimensions;
use std::ops::Range;

impl Elaboration<'_, '_> {
    pub fn name(&mut self, name: &str, span: Range<usize>) -> Checked<Shaped> {
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
                .label("its value is not known here"));
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
                .label("a function needs an argument")
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

fn not_here(name: &str, what: &str, span: Range<usize>) -> Box<Mistake> {
    let message = format!("`{name}` is {what}, which cannot be used here");
    Mistake::new(Fault::Expression { message }, span).label("its value is not known here")
}
