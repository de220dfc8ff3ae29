//! Expression graph: build, differentiate, take adjoints, lower to block programs, print.
//!
//! [`Graph`] is an arena in which equal expressions are one node ([`Expr`], a handle).
//! [`Graph::differentiate`] and [`Graph::adjoint`] add the nodes of derivatives to it. [`Graph::substitute`]
//! rebuilds an expression with other leaves. [`Program`] is straight-line code over columns of points, and
//! [`Graph::show`] prints. All of them are iterative: the depth of an expression is bounded by memory, not by
//! the stack.
//!
//! Expressions have no units; `pinn_units` adds dimensions.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod adjoint;
mod degree;
mod differentiate;
mod graph;
mod interpret;
mod linear;
mod lower;
mod point_function;
mod print;
mod real;
mod substitute;

pub use degree::Degree;
pub use graph::{Expr, Function, Graph, MAX_COORDINATES, MultiIndex, Op};
pub use interpret::{Columns, ColumnsMut, Scratch};
pub use linear::Summand;
pub use lower::{Instruction, Program, Slot};
pub use point_function::PointFunction;
pub use print::{Names, show_number};
pub use real::Real;

#[cfg(test)]
mod tests;
