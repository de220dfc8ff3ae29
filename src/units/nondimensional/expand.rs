//! Residuals as sums of (monomial in scales and parameters) × (dimensionless expression).
//!
//! Iterative, with one result per node, so that neither the depth of an expression nor shared parts cost more
//! than their number.

use super::largest;
use super::monomial::{Monomial, SymbolTable};
use pinn_expr::{Expr, Function, Graph, Op};
use std::collections::HashMap;
use std::rc::Rc;

/// A product or sum of more terms is kept in one piece, divided by its largest term.
const MAX_TERMS: usize = 256;

/// Net coefficients this much smaller than their summands are rounding: offsets that cancel.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

type Terms = Rc<[(Monomial, Expr)]>;

/// The coefficient of one dimensionless expression.
#[derive(Clone, Debug)]
pub(super) struct Net {
    pub expression: Expr,
    /// Value of the sum of the monomials.
    pub value: f64,
    /// No two with the same powers.
    pub monomials: Vec<Monomial>,
}

pub(super) struct Expander<'a> {
    pub graph: &'a mut Graph,
    table: &'a SymbolTable,
    known: HashMap<Expr, Terms>,
}

impl<'a> Expander<'a> {
    pub fn new(graph: &'a mut Graph, table: &'a SymbolTable) -> Self {
        Expander {
            graph,
            table,
            known: HashMap::new(),
        }
    }

    /// Net coefficients of all distinct expressions of a residual; sums are taken before sizes are judged,
    /// so that offsets cancel: `T − T_ref` is not as large as `T_ref`.
    pub fn net(&mut self, residual: Expr) -> Vec<Net> {
        let mut terms = Vec::new();
        for (summand, weight) in self.summands(residual) {
            let expanded = self.expand(summand);
            let weighted = expanded.iter();
            terms.extend(weighted.map(|(m, e)| (m.clone().scaled(weight), *e)));
        }
        self.merge(&terms)
    }

    /// A residual as Σ weight · summand, however often it shares summands. Any number of them is fine.
    fn summands(&self, residual: Expr) -> Vec<(Expr, f64)> {
        let mut weights: HashMap<Expr, f64> = HashMap::from([(residual, 1.0)]);
        let mut summands = Vec::new();
        // Parents before children.
        for e in self.graph.postorder(residual).into_iter().rev() {
            let Some(&weight) = weights.get(&e) else {
                continue;
            };
            let mut give = |child: Expr, share: f64| *weights.entry(child).or_default() += share;
            match self.graph.op(e) {
                Op::Add(a, b) => {
                    give(a, weight);
                    give(b, weight);
                }
                Op::Sub(a, b) => {
                    give(a, weight);
                    give(b, -weight);
                }
                Op::Neg(a) => give(a, -weight),
                _ => summands.push((e, weight)),
            }
        }
        summands.reverse();
        summands.retain(|(_, weight)| *weight != 0.0);
        summands
    }

    fn expand(&mut self, e: Expr) -> Terms {
        let mut stack = vec![(e, false)];
        while let Some((node, ready)) = stack.pop() {
            if self.known.contains_key(&node) {
                continue;
            }
            if ready {
                let terms = self.expand_node(node);
                self.known.insert(node, terms.into());
            } else {
                stack.push((node, true));
                stack.extend(self.graph.op(node).operands().map(|child| (child, false)));
            }
        }
        self.known[&e].clone()
    }

    /// Expands one node whose operands are known.
    fn expand_node(&mut self, e: Expr) -> Vec<(Monomial, Expr)> {
        let one = self.graph.constant(1.0);
        match self.graph.op(e) {
            Op::Constant(bits) => vec![(Monomial::constant(f64::from_bits(bits)), one)],
            Op::Parameter(p) => vec![(Monomial::symbol(p), one)],
            Op::Field { .. } | Op::Coordinate { .. } | Op::Seed(_) => {
                vec![(Monomial::constant(1.0), e)]
            }
            Op::Add(a, b) => self.sum(a, b, 1.0),
            Op::Sub(a, b) => self.sum(a, b, -1.0),
            Op::Neg(a) => scaled(&self.known[&a], -1.0).collect(),
            Op::Mul(a, b) => {
                let (mut left, mut right) = (self.known[&a].clone(), self.known[&b].clone());
                if left.len() * right.len() > MAX_TERMS {
                    left = [self.factored(&left)].into();
                    right = [self.factored(&right)].into();
                }
                let mut terms = Vec::with_capacity(left.len() * right.len());
                for (m, p) in left.iter() {
                    for (n, q) in right.iter() {
                        let product = self.graph.mul(*p, *q);
                        terms.push(self.without_constant(m.times(n, 1), product));
                    }
                }
                terms
            }
            Op::Div(a, b) => {
                let (left, right) = (self.known[&a].clone(), self.known[&b].clone());
                let (n, q) = self.factored(&right);
                let quotients = left.iter().map(|(m, p)| {
                    let quotient = self.graph.div(*p, q);
                    self.without_constant(m.times(&n, -1), quotient)
                });
                quotients.collect()
            }
            Op::Powi(a, n) => {
                let base = self.known[&a].clone();
                let (m, p) = self.factored(&base);
                let power = self.graph.powi(p, n);
                vec![self.without_constant(Monomial::constant(1.0).times(&m, n), power)]
            }
            Op::Apply(function, a) => {
                let argument = self.known[&a].clone();
                vec![self.apply(function, &argument)]
            }
            Op::Atan2(y, x) => {
                // An angle does not change when both are divided by the factor of the larger.
                let nets = [y, x].map(|side| self.merge(&self.known[&side]));
                let size = nets.iter().map(|nets| magnitude(nets)).fold(0.0, f64::max);
                let divisor = if size > 0.0 && size.is_finite() {
                    size
                } else {
                    1.0
                };
                let [y, x] = nets.map(|nets| self.numeric(&nets, divisor));
                let angle = self.graph.atan2(y, x);
                vec![self.without_constant(Monomial::constant(1.0), angle)]
            }
        }
    }

    fn apply(&mut self, function: Function, argument: &[(Monomial, Expr)]) -> (Monomial, Expr) {
        let (monomial, mut inner) = match function {
            Function::Sqrt | Function::Abs => self.factored(argument),
            _ => {
                // A dimensionless argument: its own value counts, not that of a multiple.
                let nets = self.merge(argument);
                (Monomial::constant(1.0), self.numeric(&nets, 1.0))
            }
        };
        let outer = match function {
            Function::Sqrt => {
                if monomial.value(self.table) < 0.0 {
                    inner = self.graph.neg(inner);
                }
                monomial.root(self.table)
            }
            Function::Abs => monomial.absolute(self.table),
            _ => monomial,
        };
        let value = self.graph.apply(function, inner);
        self.without_constant(outer, value)
    }

    fn sum(&mut self, a: Expr, b: Expr, sign: f64) -> Vec<(Monomial, Expr)> {
        let mut terms = self.known[&a].to_vec();
        terms.extend(scaled(&self.known[&b], sign));
        if terms.len() > MAX_TERMS {
            return vec![self.factored(&terms)];
        }
        terms
    }

    /// The sum as one term: its largest coefficient × an expression of order one.
    fn factored(&mut self, terms: &[(Monomial, Expr)]) -> (Monomial, Expr) {
        if let [term] = terms {
            return term.clone();
        }
        let mut nets = self.merge(terms);
        if let [only] = nets.as_mut_slice()
            && let [_] = only.monomials.as_slice()
        {
            return (only.monomials.remove(0), only.expression);
        }
        let largest = magnitude(&nets);
        if !largest.is_finite() || largest == 0.0 {
            return (Monomial::constant(1.0), self.numeric(&nets, 1.0));
        }
        let symbolic = nets.iter().find(|net| net.value.abs() == largest);
        let monomial = match symbolic.map(|net| net.monomials.as_slice()) {
            Some([monomial]) => monomial.clone().absolute(self.table),
            _ => Monomial::constant(largest),
        };
        let divisor = monomial.value(self.table);
        (monomial, self.numeric(&nets, divisor))
    }

    /// Σ value/divisor · expression
    fn numeric(&mut self, nets: &[Net], divisor: f64) -> Expr {
        let mut sum = self.graph.constant(0.0);
        for net in nets {
            let coefficient = self.graph.constant(net.value / divisor);
            let term = self.graph.mul(coefficient, net.expression);
            sum = self.graph.add(sum, term);
        }
        sum
    }

    /// Moves a constant expression into the monomial, so that it is one with others that multiply 1.
    fn without_constant(&mut self, monomial: Monomial, e: Expr) -> (Monomial, Expr) {
        match self.graph.constant_value(e) {
            Some(value) if value != 1.0 => (monomial.scaled(value), self.graph.constant(1.0)),
            _ => (monomial, e),
        }
    }

    /// Sums the coefficients of each expression; those that cancel are dropped.
    fn merge(&self, terms: &[(Monomial, Expr)]) -> Vec<Net> {
        let mut numbers: HashMap<Expr, usize> = HashMap::new();
        let mut nets: Vec<Net> = Vec::new();
        for (monomial, expression) in terms {
            let number = *numbers.entry(*expression).or_insert_with(|| {
                nets.push(Net {
                    expression: *expression,
                    value: 0.0,
                    monomials: Vec::new(),
                });
                nets.len() - 1
            });
            let monomials = &mut nets[number].monomials;
            match monomials.iter_mut().find(|m| m.powers == monomial.powers) {
                Some(same) => same.factor += monomial.factor,
                None => monomials.push(monomial.clone()),
            }
        }
        for net in &mut nets {
            net.monomials.retain(|m| m.factor != 0.0);
            let values = net.monomials.iter().map(|m| m.value(self.table));
            let (sum, size) = values.fold((0.0, 0.0), |(sum, size), v| (sum + v, size + v.abs()));
            let cancels = size.is_finite() && f64::abs(sum) <= ROUNDING * size;
            net.value = if cancels { 0.0 } else { sum };
        }
        nets.retain(|net| net.value != 0.0);
        nets
    }
}

/// Magnitude of the largest coefficient; NaN if any is NaN.
fn magnitude(nets: &[Net]) -> f64 {
    largest(nets.iter().map(|net| net.value.abs()))
}

fn scaled(terms: &Terms, factor: f64) -> impl Iterator<Item = (Monomial, Expr)> + '_ {
    terms
        .iter()
        .map(move |(m, e)| (m.clone().scaled(factor), *e))
}
