//! Code of every layer: forward and adjoint for a tile of points.
//!
//! A value is a block of rows, row `stream · points + point`, a row holding the units of its layer. Linear layers treat
//! all rows alike; other layers combine the streams of one unit of one point, in the registers of one thread.
//! Norms share a point's units among the lanes of a warp. Gradients by parameters are summed over *sets* of points: set
//! k of n holds points k, k + n, …; one set for the gradient of a loss, one per row for the Jacobian.

mod elementwise;
mod linear;
mod norm;
mod streams;

use super::function::Function;
use super::layout::{Layout, Own};
use super::memory::{Memory, Pass};
use super::products::Products;
use crate::structure::Structure;
use pinn_network::{InputMap, Operation, Statistics, Value};
use std::cell::RefCell;
use std::fmt::Write;
use streams::{Parameter, Streams};

/// Writes the code of one task.
pub struct Layers<'a> {
    /// Suffix of the names of functions.
    pub name: &'a str,
    pub layout: &'a Layout,
    pub memory: &'a Memory,
    pub structure: &'a Structure<f64>,
    pub maps: &'a [InputMap],
    /// Start of every function: the place of `values`, if it is known at compile time.
    pub values: &'a str,
    /// Number of points of a tile, of all sites together.
    pub points: usize,
    pub sites: usize,
    pub threads: usize,
    pub products: Products,
    /// Functions that layers share: parameters and body, without their names.
    pub functions: RefCell<Vec<String>>,
}

/// Destination of a gradient.
type Target = Option<(Streams, Pass)>;

impl Layers<'_> {
    fn streams(&self) -> usize {
        self.structure.streams
    }

    fn rows(&self) -> usize {
        self.streams() * self.points
    }

    fn block(&self, place: usize, value: Value) -> Streams {
        Streams {
            place,
            stride: self.memory.strides[value.0],
            points: self.points,
        }
    }

    fn value(&self, value: Value) -> Streams {
        self.block(self.memory.values[value.0], value)
    }

    /// Value as the adjoint reads it.
    fn kept(&self, value: Value) -> Streams {
        let again = self.memory.again[value.0].map(|again| again.place);
        self.block(again.unwrap_or(self.memory.values[value.0]), value)
    }

    fn gradient(&self, value: Value) -> Option<Streams> {
        self.memory.gradients[value.0].map(|place| self.block(place, value))
    }

    fn width(&self, value: Value) -> usize {
        self.layout.nodes[value.0].width
    }

    /// Call of a function with this body; equal bodies are written once.
    fn call(&self, parameters: &[Parameter], body: &str) -> String {
        let values = Parameter::new("T *values", "values");
        let parameters = || std::iter::once(&values).chain(parameters);
        let declared: Vec<&str> = parameters().map(|p| &p.declared[..]).collect();
        let given: Vec<&str> = parameters().map(|p| &p.given[..]).collect();
        let definition = format!("({}) {{\n{}{body}}}\n\n", declared.join(", "), self.values);
        let mut functions = self.functions.borrow_mut();
        let known = functions.iter().position(|known| *known == definition);
        let number = known.unwrap_or_else(|| {
            functions.push(definition);
            functions.len() - 1
        });
        format!("layer{number}_{}({});\n", self.name, given.join(", "))
    }

    /// Functions that [`Layers::forward`] and [`Layers::backward`] have called.
    pub fn definitions(&self) -> String {
        let functions = self.functions.borrow();
        let numbered = functions.iter().enumerate();
        numbered
            .map(|(number, body)| format!("FUNCTION void layer{number}_{}{body}", self.name))
            .collect()
    }

    /// Code for the forward pass through all nodes and heads.
    pub fn forward(&self) -> String {
        let mut text = String::new();
        for n in 0..self.layout.nodes.len() {
            text += &self.compute(Value(n), self.value(Value(n)), &|v| self.value(v));
            text += "BARRIER();\n";
        }
        text
    }

    /// Code for the gradients by all parameters from those by the heads' values.
    pub fn backward(&self) -> String {
        let mut text = String::new();
        for n in (0..self.layout.nodes.len()).rev() {
            let Some(own) = self.gradient(Value(n)) else {
                continue;
            };
            let mut recomputed = false;
            for input in self.layout.nodes[n].operation.inputs() {
                let again = self.memory.again[input.0];
                if let Some(again) = again.filter(|again| again.reader == Value(n)) {
                    let to = self.block(again.place, input);
                    text += &self.compute(input, to, &|v| self.kept(v));
                    recomputed = true;
                }
            }
            if recomputed {
                text += "BARRIER();\n";
            }
            text += &self.adjoint(Value(n), own);
            text += "BARRIER();\n";
        }
        text
    }

    fn compute(&self, value: Value, to: Streams, from: &dyn Fn(Value) -> Streams) -> String {
        let width = self.width(value);
        let (node, own) = (&self.layout.nodes[value.0], &self.layout.own[value.0]);
        match (&node.operation, own) {
            (Operation::Coordinates, _) => self.coordinates(to),
            (Operation::Linear { input, .. }, Own::Matrix(matrix)) => {
                self.multiply(matrix, from(*input), to)
            }
            (Operation::Activation { input, activation }, _) => {
                let element = self.activation(*activation, from(*input));
                self.elementwise(width, &element, to)
            }
            (Operation::Gate { gate, upper, lower }, _) => {
                let element = self.gate([*gate, *upper, *lower].map(from));
                self.elementwise(width, &element, to)
            }
            (Operation::Blend { new, old, share }, _) => {
                let element = self.blend([*new, *old].map(from), *share);
                self.elementwise(width, &element, to)
            }
            (Operation::Concatenate { first, second }, _) => {
                let parts = [*first, *second].map(|v| (from(v), self.width(v)));
                self.concatenate(parts, to)
            }
            (Operation::Norm { input, norm }, Own::Scales(scales)) => match &norm.statistics {
                Statistics::Frozen(_) => {
                    let element = self.frozen_norm(norm, scales, width, from(*input));
                    self.elementwise(width, &element, to)
                }
                Statistics::OfFeatures { .. } => {
                    self.feature_norm(value, norm).forward(from(*input), to)
                }
            },
            (operation, own) => unreachable!("{operation:?} has {own:?}"),
        }
    }

    fn adjoint(&self, value: Value, own: Streams) -> String {
        let width = self.width(value);
        let passes = &self.memory.passes[value.0];
        let target = |k: usize, input: Value| match passes[k] {
            Pass::Nothing => None,
            pass => self.gradient(input).map(|to| (to, pass)),
        };
        let (node, of_node) = (&self.layout.nodes[value.0], &self.layout.own[value.0]);
        match (&node.operation, of_node) {
            (Operation::Coordinates, _) => String::new(),
            (Operation::Linear { input, .. }, Own::Matrix(matrix)) => {
                self.multiply_adjoint(matrix, self.kept(*input), own, target(0, *input))
            }
            (Operation::Activation { input, activation }, _) => {
                let element = self.activation(*activation, self.kept(*input));
                self.elementwise_adjoint(width, &element, own, &[target(0, *input)])
            }
            (Operation::Gate { gate, upper, lower }, _) => {
                let inputs = [*gate, *upper, *lower];
                let element = self.gate(inputs.map(|v| self.kept(v)));
                let targets = [0, 1, 2].map(|k| target(k, inputs[k]));
                self.elementwise_adjoint(width, &element, own, &targets)
            }
            (Operation::Blend { new, old, share }, Own::Share { gradient }) => {
                let kept = [*new, *old].map(|v| self.kept(v));
                let element = self.blend(kept, *share);
                let targets = [target(0, *new), target(1, *old)];
                self.share_adjoint(kept, own, *gradient, width)
                    + &self.elementwise_adjoint(width, &element, own, &targets)
            }
            (Operation::Concatenate { first, second }, _) => {
                let inputs = [*first, *second];
                let targets = [0, 1].map(|k| (target(k, inputs[k]), self.width(inputs[k])));
                self.split(own, targets)
            }
            (Operation::Norm { input, norm }, Own::Scales(scales)) => {
                let (kept, to) = (self.kept(*input), target(0, *input));
                match &norm.statistics {
                    Statistics::Frozen(_) => {
                        let element = self.frozen_norm(norm, scales, width, kept);
                        let gains = self.streams() + 2;
                        // The second writes where the first reads.
                        self.scale_adjoint(scales, width, &element, gains, own, "")
                            + "BARRIER();\n"
                            + &self.elementwise_adjoint(width, &element, own, &[to])
                    }
                    Statistics::OfFeatures { .. } => {
                        let norm = self.feature_norm(value, norm);
                        norm.adjoint(scales, kept, own, to)
                    }
                }
            }
            (operation, own) => unreachable!("{operation:?} has {own:?}"),
        }
    }

    /// Code for the mapped coordinates and their slopes along the streams.
    fn coordinates(&self, to: Streams) -> String {
        let to = to.named("y");
        let per_site = self.points / self.sites;
        let mut body = format!(
            "for (int q = THREAD; q < {}; q += THREADS) {{\n\
             long row = first + q % {per_site};\nif (row >= rows) row = rows - 1;\n\
             const T *column = points + (long)(q / {per_site} * coordinates) * rows + row;\n",
            self.points
        );
        for (c, map) in self.maps.iter().enumerate() {
            let unit = c.to_string();
            let _ = writeln!(
                body,
                "{} = FMA({}, column[{c} * rows], {});",
                to.unit(0, &unit),
                number(map.scale),
                number(map.shift),
            );
            for s in 1..self.streams() {
                let mut slopes = self.structure.slopes.iter();
                let slope = slopes.find(|(stream, _)| *stream == s);
                let slope = slope.map_or(0.0, |(_, slope)| map.scale * slope[c]);
                let _ = writeln!(body, "{} = {};", to.unit(s, &unit), number(slope));
            }
        }
        let parameters = [
            to.parameter(),
            Parameter::new("const T *points", "points"),
            Parameter::new("int coordinates", "coordinates"),
            Parameter::new("long rows", "rows"),
            Parameter::new("long first", "first"),
        ];
        self.call(&parameters, &(body + "}\n"))
    }
}

fn number(value: f64) -> String {
    super::statements::literal(value)
}

fn no_seed(_: usize) -> String {
    unreachable!("forward programs read no seeds")
}

fn assign(pass: Pass) -> &'static str {
    match pass {
        Pass::Add => "+=",
        Pass::Set | Pass::Nothing => "=",
    }
}

/// Function of the streams of one unit of one point, with its arguments.
struct Element {
    function: Function,
    /// Names of the inputs.
    inputs: Vec<String>,
    /// Arguments behind these names.
    parameters: Vec<Parameter>,
}
