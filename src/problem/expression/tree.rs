//! Trees of expressions.

use pinn_units::Unit;
use std::ops::Range;

#[derive(Clone, PartialEq, Debug)]
pub(super) struct Tree {
    pub node: Node,
    pub span: Range<usize>,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Node {
    Number(f64, Option<Unit>),
    Name(String),
    Call(String, Vec<Tree>),
    Negative(Box<Tree>),
    /// Terms; `true` is subtracted.
    Sum(Vec<(bool, Tree)>),
    /// Factors; `true` divides.
    Product(Vec<(bool, Tree)>),
    Power(Box<Tree>, i32),
}
