//! Fields and derivatives that residuals read.

use super::mistake::{Checked, Fault, Mistake};
use super::suggest::list;
use pinn_expr::{Expr, Graph, Op};
use pinn_units::{Declared, DimensionalResiduals};
use std::ops::Range;

/// A residual without any field cannot be made zero.
pub(super) fn reads_field(
    graph: &Graph,
    residual: Expr,
    declared: &Declared,
    span: Range<usize>,
) -> Checked<()> {
    let field = |e| matches!(graph.op(e), Op::Field { .. });
    if graph.inputs(&[residual]).into_iter().any(field) {
        return Ok(());
    }
    let fields: Vec<&str> = declared.fields.iter().map(|f| f.name.as_str()).collect();
    let message = "no field remains in this residual".to_string();
    Err(Mistake::new(Fault::Expression { message }, span)
        .label(format!("expected an expression of {}", list(&fields))))
}

/// Highest derivative of a field along a coordinate.
pub(super) fn highest_order(
    residuals: &DimensionalResiduals,
    field: usize,
    coordinate: usize,
) -> usize {
    let outputs: Vec<Expr> = residuals.equations().iter().map(|e| e.residual).collect();
    let graph = residuals.graph();
    let orders = graph
        .inputs(&outputs)
        .into_iter()
        .map(|e| match graph.op(e) {
            Op::Field {
                field: f, order, ..
            } if f as usize == field => order[coordinate] as usize,
            _ => 0,
        });
    orders.max().unwrap_or(0)
}
