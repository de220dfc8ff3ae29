//! Substitution of leaves.

use super::graph::{Expr, Graph, Op};
use std::collections::HashMap;

impl Graph {
    /// Rebuilds `e` bottom-up. `leaf` returns the replacement of a field, coordinate, parameter or seed, or
    /// `None` to keep it.
    ///
    /// `memo` holds the nodes that are already rebuilt; pass it again with the same `leaf` only.
    pub fn substitute(
        &mut self,
        e: Expr,
        leaf: &mut dyn FnMut(&mut Graph, Op) -> Option<Expr>,
        memo: &mut HashMap<Expr, Expr>,
    ) -> Expr {
        for node in self.postorder(e) {
            if memo.contains_key(&node) {
                continue;
            }
            let op = self.op(node);
            // Children precede parents in `postorder`, so they are in the memo already.
            let new = match op {
                Op::Constant(_) => node,
                Op::Field { .. } | Op::Coordinate { .. } | Op::Parameter(_) | Op::Seed(_) => {
                    leaf(self, op).unwrap_or(node)
                }
                Op::Add(a, b) => self.add(memo[&a], memo[&b]),
                Op::Sub(a, b) => self.sub(memo[&a], memo[&b]),
                Op::Mul(a, b) => self.mul(memo[&a], memo[&b]),
                Op::Div(a, b) => self.div(memo[&a], memo[&b]),
                Op::Neg(a) => self.neg(memo[&a]),
                Op::Powi(a, n) => self.powi(memo[&a], n),
                Op::Apply(f, a) => self.apply(f, memo[&a]),
                Op::Atan2(y, x) => self.atan2(memo[&y], memo[&x]),
            };
            memo.insert(node, new);
        }
        memo[&e]
    }

    /// Rebuilds an expression of another graph in this one.
    pub fn import(&mut self, other: &Graph, e: Expr) -> Expr {
        let mut rebuilt: HashMap<Expr, Expr> = HashMap::new();
        for node in other.postorder(e) {
            let new = match other.op(node) {
                leaf @ (Op::Constant(_)
                | Op::Field { .. }
                | Op::Coordinate { .. }
                | Op::Parameter(_)
                | Op::Seed(_)) => self.intern(leaf),
                Op::Add(a, b) => self.add(rebuilt[&a], rebuilt[&b]),
                Op::Sub(a, b) => self.sub(rebuilt[&a], rebuilt[&b]),
                Op::Mul(a, b) => self.mul(rebuilt[&a], rebuilt[&b]),
                Op::Div(a, b) => self.div(rebuilt[&a], rebuilt[&b]),
                Op::Neg(a) => self.neg(rebuilt[&a]),
                Op::Powi(a, n) => self.powi(rebuilt[&a], n),
                Op::Apply(f, a) => self.apply(f, rebuilt[&a]),
                Op::Atan2(y, x) => self.atan2(rebuilt[&y], rebuilt[&x]),
            };
            rebuilt.insert(node, new);
        }
        rebuilt[&e]
    }

    /// Rebuilds the expression at the partner point of a periodic condition (site 1).
    pub fn at_partner(&mut self, e: Expr) -> Expr {
        let mut leaf = |graph: &mut Graph, op| match op {
            Op::Field { field, order, .. } => Some(graph.intern(Op::Field {
                field,
                site: 1,
                order,
            })),
            Op::Coordinate { coordinate, .. } => Some(graph.intern(Op::Coordinate {
                coordinate,
                site: 1,
            })),
            _ => None,
        };
        self.substitute(e, &mut leaf, &mut HashMap::new())
    }
}
