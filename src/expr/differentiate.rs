//! Total derivatives along coordinates.

use super::graph::{Expr, Function, Graph, Op};

impl Graph {
    /// Total derivative of `e` along coordinate `along`; a field's derivative is the field with a
    /// higher multi-index.
    pub fn differentiate(&mut self, e: Expr, along: u8) -> Expr {
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
                order[along as usize] += 1;
                self.intern(Op::Field { field, site, order })
            }
            Op::Add(a, b) => {
                let (a, b) = (self.differentiate(a, along), self.differentiate(b, along));
                self.add(a, b)
            }
            Op::Sub(a, b) => {
                let (a, b) = (self.differentiate(a, along), self.differentiate(b, along));
                self.sub(a, b)
            }
            Op::Neg(a) => {
                let a = self.differentiate(a, along);
                self.neg(a)
            }
            Op::Mul(a, b) => {
                let (da, db) = (self.differentiate(a, along), self.differentiate(b, along));
                let (p, q) = (self.mul(da, b), self.mul(a, db));
                self.add(p, q)
            }
            Op::Div(a, b) => {
                let (da, db) = (self.differentiate(a, along), self.differentiate(b, along));
                let q = self.mul(e, db);
                let n = self.sub(da, q);
                self.div(n, b)
            }
            Op::Powi(..) | Op::Apply(..) => {
                let (a, slope) = self.unary_partial(e);
                let da = self.differentiate(a, along);
                self.mul(slope, da)
            }
        }
    }

    /// Argument of a unary node and the derivative of the node by it.
    ///
    /// # Panics
    /// If `e` is not `Powi` or `Apply`; callers match on the node first.
    pub(super) fn unary_partial(&mut self, e: Expr) -> (Expr, Expr) {
        match self.op(e) {
            Op::Powi(a, n) => {
                let p = self.powi(a, n - 1);
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
