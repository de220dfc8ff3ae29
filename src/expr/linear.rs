//! Decomposition of expressions into summands.

use super::graph::{Expr, Graph, Op};
use std::collections::HashMap;

/// A net coefficient below this part of the sum of its parts' absolute values is the rounding of zero.
const ROUNDING: f64 = 1e-14;

/// One summand of an expression: coefficient · term.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Summand {
    /// Expression that is no sum, no difference, no negative, and no product or quotient with a constant.
    pub term: Expr,
    /// Sum of the coefficients over all occurrences of the term.
    pub coefficient: f64,
    /// Sum of the absolute values of these coefficients.
    pub magnitude: f64,
}

impl Summand {
    /// Returns true if the coefficients of all occurrences cancel, exactly or to rounding.
    pub fn vanishes(&self) -> bool {
        self.coefficient.abs() <= ROUNDING * self.magnitude
    }
}

impl Graph {
    /// Summands of `e`, each term once, in the order of the arena, such that `e` is Σ coefficient · term.
    ///
    /// They are found through sums, differences, signs, and products and quotients with constants. Each node
    /// is visited once, however often it is shared.
    pub fn summands(&self, e: Expr) -> Vec<Summand> {
        let mut weights: HashMap<Expr, (f64, f64)> = HashMap::from([(e, (1.0, 1.0))]);
        let mut summands = Vec::new();
        // Parents before children: all places where a node stands are known when it is visited.
        for node in self.postorder(e).into_iter().rev() {
            let Some((coefficient, magnitude)) = weights.remove(&node) else {
                continue;
            };
            let mut pass_on = |to: Expr, factor: f64| {
                let (sum, absolute) = weights.entry(to).or_default();
                *sum += factor * coefficient;
                *absolute += factor.abs() * magnitude;
            };
            match self.op(node) {
                Op::Add(a, b) => {
                    pass_on(a, 1.0);
                    pass_on(b, 1.0);
                }
                Op::Sub(a, b) => {
                    pass_on(a, 1.0);
                    pass_on(b, -1.0);
                }
                Op::Neg(a) => pass_on(a, -1.0),
                op => match self.constant_factor(op) {
                    Some((factor, rest)) => pass_on(rest, factor),
                    None => summands.push(Summand {
                        term: node,
                        coefficient,
                        magnitude,
                    }),
                },
            }
        }
        summands.reverse();
        summands
    }

    /// A product or quotient with a constant, taken apart.
    fn constant_factor(&self, op: Op) -> Option<(f64, Expr)> {
        match op {
            Op::Mul(a, b) => match (self.constant_value(a), self.constant_value(b)) {
                (Some(factor), _) => Some((factor, b)),
                (None, Some(factor)) => Some((factor, a)),
                (None, None) => None,
            },
            Op::Div(a, b) => Some((1.0 / self.constant_value(b)?, a)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_taken_apart_through_signs_and_constant_factors() {
        let mut g = Graph::new();
        let (u, v, w) = (g.field(0), g.field(1), g.field(2));
        let product = g.mul(u, v);
        let three = g.constant(3.0);
        // 3·(u·v − (w − u)/3) + w, with a quotient that the builders would have turned into a product
        let difference = g.sub(w, u);
        let quotient = g.intern(Op::Div(difference, three));
        let inner = g.sub(product, quotient);
        let scaled = g.mul(three, inner);
        let e = g.add(scaled, w);
        let found: Vec<_> = g.summands(e);
        let of = |term| found.iter().find(|s| s.term == term).copied();
        assert_eq!(found.len(), 3);
        assert_eq!(of(u).map(|s| s.coefficient), Some(1.0));
        assert_eq!(of(product).map(|s| s.coefficient), Some(3.0));
        assert!(of(w).is_some_and(|s| s.vanishes() && s.magnitude == 2.0));
    }

    #[test]
    fn coefficients_that_cancel_to_rounding_vanish_and_small_ones_do_not() {
        let mut g = Graph::new();
        let u = g.field(0);
        let mut e = g.constant(0.0);
        for c in [0.3, -0.1, -0.2] {
            let c = g.constant(c);
            let term = g.mul(c, u);
            e = g.add(e, term);
        }
        assert!(g.summands(e)[0].coefficient != 0.0);
        assert!(g.summands(e)[0].vanishes());
        let tiny = g.constant(1e-300);
        let e = g.mul(tiny, u);
        assert!(!g.summands(e)[0].vanishes());
    }

    #[test]
    fn shared_sums_cost_no_more_than_their_nodes() {
        let mut g = Graph::new();
        let mut e = g.field(0);
        for n in 1..200 {
            let other = g.field(n);
            let sum = g.add(e, other);
            // Without simplification, so that paths double with every level.
            e = g.intern(Op::Add(sum, sum));
        }
        assert_eq!(g.summands(e).len(), 200);
    }
}
