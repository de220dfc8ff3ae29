//! Reverse-mode derivatives as further nodes of the same graph.

use super::graph::{Expr, Graph, Op};
use std::collections::HashMap;

impl Graph {
    /// Adds, for each input, the expression Σ_r seed_r · ∂output_r/∂input.
    ///
    /// This is the reverse mode of Griewank & Walther, *Evaluating Derivatives*, 2008, section 3.2, applied
    /// to symbols instead of numbers.
    pub fn adjoint(&mut self, outputs: &[Expr], inputs: &[Expr]) -> Vec<Expr> {
        let order = self.reachable(outputs);
        let mut bar: HashMap<Expr, Expr> = HashMap::new();
        for (r, output) in outputs.iter().enumerate() {
            let seed = self.intern(Op::Seed(r as u16));
            self.accumulate(&mut bar, *output, seed);
        }
        for e in order.into_iter().rev() {
            let Some(&b) = bar.get(&e) else { continue };
            match self.op(e) {
                Op::Add(x, y) => {
                    self.accumulate(&mut bar, x, b);
                    self.accumulate(&mut bar, y, b);
                }
                Op::Sub(x, y) => {
                    self.accumulate(&mut bar, x, b);
                    let n = self.neg(b);
                    self.accumulate(&mut bar, y, n);
                }
                Op::Mul(x, y) => {
                    let (p, q) = (self.mul(b, y), self.mul(b, x));
                    self.accumulate(&mut bar, x, p);
                    self.accumulate(&mut bar, y, q);
                }
                Op::Div(x, y) => {
                    let p = self.div(b, y);
                    let q = self.mul(p, e);
                    let q = self.neg(q);
                    self.accumulate(&mut bar, x, p);
                    self.accumulate(&mut bar, y, q);
                }
                Op::Neg(x) => {
                    let n = self.neg(b);
                    self.accumulate(&mut bar, x, n);
                }
                Op::Powi(..) | Op::Apply(..) => {
                    let (a, slope) = self.unary_partial(e);
                    let p = self.mul(b, slope);
                    self.accumulate(&mut bar, a, p);
                }
                Op::Atan2(y, x) => {
                    let (by_y, by_x) = self.atan2_partials(y, x);
                    let p = self.mul(b, by_y);
                    let q = self.mul(b, by_x);
                    let q = self.neg(q);
                    self.accumulate(&mut bar, y, p);
                    self.accumulate(&mut bar, x, q);
                }
                Op::Constant(_)
                | Op::Field { .. }
                | Op::Coordinate { .. }
                | Op::Parameter(_)
                | Op::Seed(_) => {}
            }
        }
        inputs
            .iter()
            .map(|i| bar.get(i).copied().unwrap_or_else(|| self.constant(0.0)))
            .collect()
    }

    fn accumulate(&mut self, bar: &mut HashMap<Expr, Expr>, at: Expr, value: Expr) {
        if self.constant_value(at).is_some() {
            return;
        }
        let sum = match bar.get(&at) {
            Some(&old) => self.add(old, value),
            None => value,
        };
        bar.insert(at, sum);
    }
}
