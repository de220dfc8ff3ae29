//! Numbers and vectors.

use super::value::Value;
use crate::mistake::{Checked, Fault, Mistake};
use std::ops::Range;

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
                    .help("`div(a)` and `dot(a, b)` turn vectors into numbers"))
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
