//! Hash-consed arena of expressions.

use super::real::Real;
use std::collections::{HashMap, HashSet};

/// Maximum number of coordinates of one problem, time and space together.
pub const MAX_COORDINATES: usize = 6;

/// Order of differentiation along each coordinate; all zeros denote the field itself.
pub type MultiIndex = [u8; MAX_COORDINATES];

/// Handle of a node in a [`Graph`]. Children always have smaller handles than their parents.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct Expr(pub(crate) u32);

impl Expr {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Elementary functions of one argument.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
pub enum Function {
    /// √x.
    Sqrt,
    /// eˣ.
    Exp,
    /// Natural logarithm.
    Ln,
    /// Sine of an angle in radians.
    Sin,
    /// Cosine of an angle in radians.
    Cos,
    /// Hyperbolic tangent.
    Tanh,
    /// Absolute value.
    Abs,
}

impl Function {
    /// All functions.
    pub const ALL: [Function; 7] = [
        Function::Sqrt,
        Function::Exp,
        Function::Ln,
        Function::Sin,
        Function::Cos,
        Function::Tanh,
        Function::Abs,
    ];

    /// Name in problem files and in printed expressions.
    pub fn name(self) -> &'static str {
        match self {
            Function::Sqrt => "sqrt",
            Function::Exp => "exp",
            Function::Ln => "ln",
            Function::Sin => "sin",
            Function::Cos => "cos",
            Function::Tanh => "tanh",
            Function::Abs => "abs",
        }
    }

    /// Value at `x`.
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Function::Sqrt => x.sqrt(),
            Function::Exp => x.exp(),
            Function::Ln => x.ln(),
            Function::Sin => x.sin(),
            Function::Cos => x.cos(),
            Function::Tanh => x.tanh(),
            Function::Abs => x.abs(),
        }
    }
}

/// One node. A *site* numbers the points that one residual row couples: 0 is the point itself, 1 its
/// partner on the opposite face of a periodic condition.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
pub enum Op {
    /// Bits of an `f64`.
    Constant(u64),
    /// A field or one of its partial derivatives.
    Field {
        /// Number of the field.
        field: u16,
        /// Site at which the field is taken.
        site: u8,
        /// Order of differentiation along each coordinate.
        order: MultiIndex,
    },
    /// A coordinate of a site.
    Coordinate {
        /// Number of the coordinate.
        coordinate: u8,
        /// Site whose coordinate is taken.
        site: u8,
    },
    /// Parameter with this number.
    Parameter(u16),
    /// Adjoint seed of the residual with this number; appears only in adjoint programs.
    Seed(u16),
    /// Sum.
    Add(Expr, Expr),
    /// Difference.
    Sub(Expr, Expr),
    /// Product.
    Mul(Expr, Expr),
    /// Quotient.
    Div(Expr, Expr),
    /// Negative.
    Neg(Expr),
    /// Integer power.
    Powi(Expr, i32),
    /// Function of one argument.
    Apply(Function, Expr),
    /// Polar angle of the point (second, first), in (−π, π].
    Atan2(Expr, Expr),
}

impl Op {
    /// Operands, in order.
    pub fn operands(self) -> impl Iterator<Item = Expr> {
        let (a, b) = match self {
            Op::Add(a, b) | Op::Sub(a, b) | Op::Mul(a, b) | Op::Div(a, b) | Op::Atan2(a, b) => {
                (Some(a), Some(b))
            }
            Op::Neg(a) | Op::Powi(a, _) | Op::Apply(_, a) => (Some(a), None),
            _ => (None, None),
        };
        a.into_iter().chain(b)
    }
}

/// Arena in which equal expressions share one node. The builders simplify constants, signs and neutral
/// elements, so that a graph never holds `0 * x` or `--x`.
#[derive(Default, Clone, Debug)]
pub struct Graph {
    ops: Vec<Op>,
    known: HashMap<Op, Expr>,
}

impl Graph {
    /// Creates an empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// Returns true if the graph has no nodes.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// Returns the node behind a handle of this graph.
    ///
    /// # Panics
    /// If the handle belongs to a larger graph.
    pub fn op(&self, e: Expr) -> Op {
        self.ops[e.index()]
    }

    /// Interns a node unchanged, without simplification.
    pub fn intern(&mut self, op: Op) -> Expr {
        if let Some(e) = self.known.get(&op) {
            return *e;
        }
        let e = Expr(self.ops.len() as u32);
        self.ops.push(op);
        self.known.insert(op, e);
        e
    }

    /// Adds a number.
    pub fn constant(&mut self, value: f64) -> Expr {
        self.intern(Op::Constant(value.to_bits()))
    }

    /// Returns the value of a constant node, `None` for any other node.
    pub fn constant_value(&self, e: Expr) -> Option<f64> {
        match self.op(e) {
            Op::Constant(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    /// Adds a field at the row's own point.
    pub fn field(&mut self, field: u16) -> Expr {
        self.intern(Op::Field {
            field,
            site: 0,
            order: [0; MAX_COORDINATES],
        })
    }

    /// Adds a coordinate of the row's own point.
    pub fn coordinate(&mut self, coordinate: u8) -> Expr {
        self.intern(Op::Coordinate {
            coordinate,
            site: 0,
        })
    }

    /// Adds a parameter.
    pub fn parameter(&mut self, parameter: u16) -> Expr {
        self.intern(Op::Parameter(parameter))
    }

    /// Adds a + b.
    pub fn add(&mut self, a: Expr, b: Expr) -> Expr {
        match (self.constant_value(a), self.constant_value(b)) {
            (Some(x), Some(y)) => return self.constant(x + y),
            (Some(0.0), _) => return b,
            (_, Some(0.0)) => return a,
            _ => {}
        }
        if let Op::Neg(b) = self.op(b) {
            return self.sub(a, b);
        }
        if let Op::Neg(a) = self.op(a) {
            return self.sub(b, a);
        }
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        self.intern(Op::Add(a, b))
    }

    /// Adds a − b.
    pub fn sub(&mut self, a: Expr, b: Expr) -> Expr {
        match (self.constant_value(a), self.constant_value(b)) {
            (Some(x), Some(y)) => return self.constant(x - y),
            (_, Some(0.0)) => return a,
            (Some(0.0), _) => return self.neg(b),
            _ => {}
        }
        if a == b {
            return self.constant(0.0);
        }
        if let Op::Neg(b) = self.op(b) {
            return self.add(a, b);
        }
        if let Op::Neg(a) = self.op(a) {
            let sum = self.add(a, b);
            return self.neg(sum);
        }
        self.intern(Op::Sub(a, b))
    }

    /// Adds −a.
    pub fn neg(&mut self, a: Expr) -> Expr {
        if let Some(x) = self.constant_value(a) {
            return self.constant(-x);
        }
        match self.op(a) {
            Op::Neg(b) => b,
            Op::Sub(x, y) => self.sub(y, x),
            Op::Mul(x, y) => match self.constant_value(x) {
                Some(c) => {
                    let c = self.constant(-c);
                    self.mul(c, y)
                }
                None => self.intern(Op::Neg(a)),
            },
            _ => self.intern(Op::Neg(a)),
        }
    }

    /// Adds a · b.
    pub fn mul(&mut self, a: Expr, b: Expr) -> Expr {
        // Constants stand on the left of a product and are pulled to its front.
        let (a, b) = match (self.constant_value(a), self.constant_value(b)) {
            (Some(x), Some(y)) => return self.constant(x * y),
            (None, Some(_)) => (b, a),
            _ => (a, b),
        };
        if let Some(x) = self.constant_value(a) {
            if x == 0.0 {
                return a;
            } else if x == 1.0 {
                return b;
            } else if x == -1.0 {
                return self.neg(b);
            }
            return match self.op(b) {
                Op::Mul(p, q) if self.constant_value(p).is_some() => {
                    let c = self.mul(a, p);
                    self.mul(c, q)
                }
                Op::Neg(q) => {
                    let c = self.constant(-x);
                    self.mul(c, q)
                }
                _ => self.intern(Op::Mul(a, b)),
            };
        }
        if let Op::Mul(p, q) = self.op(b)
            && self.constant_value(p).is_some()
        {
            let rest = self.mul(a, q);
            return self.mul(p, rest);
        }
        if let Op::Mul(p, q) = self.op(a)
            && self.constant_value(p).is_some()
        {
            let rest = self.mul(q, b);
            return self.mul(p, rest);
        }
        if let Op::Neg(x) = self.op(a) {
            let product = self.mul(x, b);
            return self.neg(product);
        }
        if let Op::Neg(x) = self.op(b) {
            let product = self.mul(a, x);
            return self.neg(product);
        }
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        self.intern(Op::Mul(a, b))
    }

    /// Adds a / b.
    pub fn div(&mut self, a: Expr, b: Expr) -> Expr {
        if let Some(y) = self.constant_value(b) {
            if let Some(x) = self.constant_value(a) {
                return self.constant(x / y);
            }
            let c = self.constant(1.0 / y);
            return self.mul(c, a);
        }
        if self.constant_value(a) == Some(0.0) {
            return a;
        }
        if a == b {
            return self.constant(1.0);
        }
        self.intern(Op::Div(a, b))
    }

    /// Adds an integer power of a.
    pub fn powi(&mut self, a: Expr, exponent: i32) -> Expr {
        match exponent {
            0 => self.constant(1.0),
            1 => a,
            2 => self.mul(a, a),
            n => match self.constant_value(a) {
                Some(x) => self.constant(x.powi(n)),
                None => self.intern(Op::Powi(a, n)),
            },
        }
    }

    /// Adds function(a).
    pub fn apply(&mut self, function: Function, a: Expr) -> Expr {
        match self.constant_value(a) {
            Some(x) => self.constant(function.apply(x)),
            None => self.intern(Op::Apply(function, a)),
        }
    }

    /// Adds atan2(y, x).
    pub fn atan2(&mut self, y: Expr, x: Expr) -> Expr {
        match (self.constant_value(y), self.constant_value(x)) {
            (Some(y), Some(x)) => self.constant(Real::atan2(y, x)),
            _ => self.intern(Op::Atan2(y, x)),
        }
    }

    /// Nodes that `outputs` depend on, children before parents. Takes time proportional to the size of the
    /// graph.
    pub fn reachable(&self, outputs: &[Expr]) -> Vec<Expr> {
        let mut live = vec![false; self.ops.len()];
        for e in outputs {
            live[e.index()] = true;
        }
        for i in (0..self.ops.len()).rev() {
            if live[i] {
                for child in self.ops[i].operands() {
                    live[child.index()] = true;
                }
            }
        }
        (0..self.ops.len())
            .filter(|i| live[*i])
            .map(|i| Expr(i as u32))
            .collect()
    }

    /// Nodes that `e` depends on, children before parents. Takes time proportional to their number, however
    /// large the graph is.
    pub fn postorder(&self, e: Expr) -> Vec<Expr> {
        let mut order = Vec::new();
        let mut seen = HashSet::from([e]);
        let mut stack = vec![e];
        while let Some(node) = stack.pop() {
            order.push(node);
            stack.extend(self.op(node).operands().filter(|child| seen.insert(*child)));
        }
        // Children have smaller handles than their parents.
        order.sort_unstable();
        order
    }

    /// Returns true if `e` depends on a function, whose size its operands do not tell.
    pub fn has_function(&self, e: Expr) -> bool {
        let mut nodes = self.postorder(e).into_iter();
        nodes.any(|node| matches!(self.op(node), Op::Apply(..) | Op::Atan2(..)))
    }

    /// Field derivatives and coordinates that `outputs` read, in a fixed order.
    pub fn inputs(&self, outputs: &[Expr]) -> Vec<Expr> {
        let mut inputs = self.reachable(outputs);
        inputs.retain(|e| matches!(self.op(*e), Op::Field { .. } | Op::Coordinate { .. }));
        inputs
    }
}
