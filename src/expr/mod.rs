//! The expression graph: build, differentiate, take adjoints, lower to block programs, print.
//!
//! Nothing here knows of units; [`crate::units`] puts dimensions on top.

mod adjoint;
mod differentiate;
mod graph;
mod interpret;
mod lower;
mod print;
mod real;
mod substitute;

pub use graph::{Expr, Function, Graph, MAX_COORDINATES, MultiIndex, Op};
pub use interpret::{Columns, ColumnsMut, Scratch};
pub use lower::{Instruction, Program, Slot};
pub use print::{Names, show_number};
pub use real::Real;
