//! Total derivatives along coordinates.

use super::graph::{Expr, Function, Graph, MAX_COORDINATES, Op};
use std::collections::HashMap;

impl Graph {
    /// Total derivative of `e` along coordinate `along`; a field's derivative is the field with a
    /// higher multi-index.
    ///
    /// # Panics
    /// If `along` is not below [`MAX_COORDINATES`].
    pub fn differentiate(&mut self, e: Expr, along: u8) -> Expr {
        assert!(usize::from(along) < MAX_COORDINATES, "no such coordinate");
        let mut derivatives: HashMap<Expr, Expr> = HashMap::new();
        for node in self.postorder(e) {
            let derivative = self.derivative(node, along, &derivatives);
            derivatives.insert(node, derivative);
        }
        derivatives[&e]
    }

    /// Derivative of a node whose operands' derivatives are `known`.
    fn derivative(&mut self, e: Expr, along: u8, known: &HashMap<Expr, Expr>) -> Expr {
        match self.op(e) {
            Op::Constant(_) | Op::Parameter(_) | Op::Seed(_) => self.constant(0.0),
            Op::Coordinate { coordinate, .. } => {
                self.constant(if coordinate == along { 1.0 } else { 0.0 })
            }
            Op::Field {
                field,
                site,
                mut order,
            } => {
                let order_along = &mut order[usize::from(along)];
                *order_along = order_along.saturating_add(1);
                self.intern(Op::Field { field, site, order })
            }
            Op::Add(a, b) => self.add(known[&a], known[&b]),
            Op::Sub(a, b) => self.sub(known[&a], known[&b]),
            Op::Neg(a) => self.neg(known[&a]),
            Op::Mul(a, b) => {
                let (p, q) = (self.mul(known[&a], b), self.mul(a, known[&b]));
                self.add(p, q)
            }
            Op::Div(a, b) => {
                let q = self.mul(e, known[&b]);
                let n = self.sub(known[&a], q);
                self.div(n, b)
            }
            Op::Atan2(y, x) => {
                let (by_y, by_x) = self.atan2_partials(y, x);
                let (p, q) = (self.mul(by_y, known[&y]), self.mul(by_x, known[&x]));
                self.sub(p, q)
            }
            Op::Powi(a, _) | Op::Apply(_, a) => {
                let inner = known[&a];
                if self.constant_value(inner) == Some(0.0) {
                    return inner;
                }
                let (_, slope) = self.unary_partial(e);
                self.mul(slope, inner)
            }
        }
    }

    /// Derivative of atan2(y, x) by y, and the negative of that by x.
    pub(super) fn atan2_partials(&mut self, y: Expr, x: Expr) -> (Expr, Expr) {
        let (a, b) = (self.mul(y, y), self.mul(x, x));
        let square = self.add(a, b);
        (self.div(x, square), self.div(y, square))
    }

    /// Argument of a unary node and the derivative of the node by it.
    ///
    /// # Panics
    /// If `e` is not `Powi` or `Apply`; callers match on the node first.
    pub(super) fn unary_partial(&mut self, e: Expr) -> (Expr, Expr) {
        match self.op(e) {
            Op::Powi(a, n) => {
                let p = self.powi(a, n.saturating_sub(1));
                let c = self.constant(n as f64);
                (a, self.mul(c, p))
            }
            Op::Apply(function, a) => {
                let slope = match function {
                    Function::Sqrt => {
                        let half = self.constant(0.5);
                        self.div(half, e)
                    }
                    Function::Exp => e,
                    Function::Ln => {
                        let one = self.constant(1.0);
                        self.div(one, a)
                    }
                    Function::Sin => self.apply(Function::Cos, a),
                    Function::Cos => {
                        let s = self.apply(Function::Sin, a);
                        self.neg(s)
                    }
                    Function::Tanh => {
                        let square = self.mul(e, e);
                        let one = self.constant(1.0);
                        self.sub(one, square)
                    }
                    // Sign of the argument; undefined at zero like the derivative itself.
                    Function::Abs => self.div(a, e),
                };
                (a, slope)
            }
            other => unreachable!("{other:?} is not unary"),
        }
    }
}
