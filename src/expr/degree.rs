//! Degree of expressions in the fields.

use super::graph::{Expr, Graph, Op};
use std::collections::HashMap;

/// Dependence of an expression on the fields and their derivatives.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Degree {
    /// Independent of all fields.
    Constant,
    /// Linear plus a constant, with coefficients that no field enters.
    Affine,
    /// Anything else, as far as the structure of the expression shows.
    Nonlinear,
}

impl Graph {
    /// Largest degree of some expressions in the fields.
    ///
    /// Expressions are not multiplied out, so that the degree is an upper bound.
    pub fn degree(&self, outputs: &[Expr]) -> Degree {
        let mut known: HashMap<Expr, Degree> = HashMap::new();
        for output in outputs {
            for node in self.postorder(*output) {
                let of = |e: Expr| known.get(&e).copied().unwrap_or(Degree::Nonlinear);
                let constant_or = |degree: Degree, operand: Expr| match of(operand) {
                    Degree::Constant => Degree::Constant,
                    _ => degree,
                };
                let degree = match self.op(node) {
                    Op::Constant(_) | Op::Coordinate { .. } | Op::Parameter(_) | Op::Seed(_) => {
                        Degree::Constant
                    }
                    Op::Field { .. } => Degree::Affine,
                    Op::Add(a, b) | Op::Sub(a, b) => of(a).max(of(b)),
                    Op::Neg(a) | Op::Powi(a, 1) => of(a),
                    Op::Mul(a, b) => match (of(a), of(b)) {
                        (Degree::Constant, other) | (other, Degree::Constant) => other,
                        _ => Degree::Nonlinear,
                    },
                    Op::Div(a, b) => match of(b) {
                        Degree::Constant => of(a),
                        _ => Degree::Nonlinear,
                    },
                    Op::Powi(a, _) | Op::Apply(_, a) => constant_or(Degree::Nonlinear, a),
                    Op::Atan2(a, b) => {
                        constant_or(Degree::Nonlinear, a).max(constant_or(Degree::Nonlinear, b))
                    }
                };
                known.insert(node, degree);
            }
        }
        let degrees = outputs.iter().filter_map(|e| known.get(e));
        degrees.copied().max().unwrap_or(Degree::Constant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Function;

    #[test]
    fn products_of_fields_are_nonlinear_and_coefficients_are_not() {
        let mut g = Graph::new();
        let (u, v, x) = (g.field(0), g.field(1), g.coordinate(0));
        let u_x = g.intern(Op::Field {
            field: 0,
            site: 0,
            order: [1, 0, 0, 0, 0, 0],
        });
        let sine = g.apply(Function::Sin, x);
        let linear = g.mul(sine, u_x);
        let affine = g.sub(linear, x);
        let quotient = g.div(affine, x);
        assert_eq!(g.degree(&[x, sine]), Degree::Constant);
        assert_eq!(g.degree(&[quotient, v]), Degree::Affine);
        for nonlinear in [
            g.mul(u, v),
            g.powi(u, 2),
            g.div(x, u),
            g.apply(Function::Exp, u),
            g.atan2(x, u),
            g.atan2(u, x),
        ] {
            let sum = g.add(nonlinear, x);
            assert_eq!(g.degree(&[affine, sum]), Degree::Nonlinear);
        }
        assert_eq!(g.degree(&[]), Degree::Constant);
    }
}
