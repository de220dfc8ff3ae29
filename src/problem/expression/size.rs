//! Limits of what an expression may become.

use super::MAX_OPERATIONS;
use crate::mistake::{Checked, Fault, Mistake};
use pinn_expr::{Expr, Graph};
use std::collections::HashMap;
use std::ops::Range;

/// Refuses expressions that are too large or contain a number that is not finite.
pub(super) fn sound(graph: &Graph, e: Expr, span: Range<usize>) -> Checked<()> {
    bounded(graph, e, span.clone())?;
    for node in graph.reachable(&[e]) {
        if graph.constant_value(node).is_some_and(|c| !c.is_finite()) {
            let what = "the value of a part of this expression".to_string();
            let mistake = Mistake::new(Fault::NotFinite { what }, span);
            return Err(
                mistake.label("it divides by zero, overflows, or leaves the domain of a function")
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
    let mut counts: HashMap<Expr, u64> = HashMap::new();
    for e in nodes {
        let below = graph.op(e).operands().map(|x| counts[&x]);
        let count = below.fold(1u64, u64::saturating_add);
        counts.insert(e, count);
    }
    counts[&root]
}
