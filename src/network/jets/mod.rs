//! Jets: the derivatives that pass through a network together, and the recipes that combine them into the
//! inputs of residuals.
//!
//! Every input of a kernel is a linear differential operator with constant coefficients, given by its symbol.
//! A [`JetPlan`] lists *streams*: the value, truncated univariate Taylor series along directions, and whole
//! operators. A [`Recipe`] gives an operator as a combination of streams. There are two kinds of plans:
//!
//! - [`JetPlan::series`] has only directions. It is longer and simpler.
//! - [`JetPlan::collapsed`] carries operators as one stream each, and only the directions that these need.

mod binary;
mod collapsed;
mod directions;
mod polynomial;
mod series;
mod span;
#[cfg(test)]
mod tests;

use pinn_expr::MAX_COORDINATES;
use pinn_units::Symbol;
use polynomial::Polynomial;

/// Highest total order of a derivative.
pub const MAX_ORDER: usize = 4;

/// Direction in coordinate space, with the number of derivatives carried along it.
#[derive(Clone, PartialEq, Debug)]
pub struct Direction {
    /// Vector, not zero; small integers where possible.
    pub vector: [f64; MAX_COORDINATES],
    /// Number of derivatives carried, in 1..=[`MAX_ORDER`].
    pub order: usize,
}

/// A linear differential operator with constant coefficients that is carried as one stream: with z the jets of
/// the inner function and s_k the derivatives of σ,
///
/// L(σ∘z) = s₁·Lz + Σ c·s₂·zᵢ′zⱼ′ over `second` + Σ c·(3s₂·z′z″ + s₃·z′³) over `third`
///        + Σ c·(s₂·(4z′z‴ + 3z″²) + 6s₃·z′²z″ + s₄·z′⁴) over `fourth`
///
/// where z′, z″, z‴ are streams of directions. (By Faà di Bruno's formula; for mixed second derivatives by the
/// product rule.) The forward Laplacian (Li et al. 2024, *A computational
/// framework for neural network-based variational Monte Carlo with forward Laplacian*) is the case of `second` =
/// {(i, i, 1)}; for any order see Dangel et al. 2025, *Collapsing Taylor mode automatic differentiation*.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Operator {
    /// First-order part, which determines its value on linear functions: L(a·x) = a·slope.
    pub slope: [f64; MAX_COORDINATES],
    /// Triples (i, j, coefficient) with i ≤ j: first-order streams of directions i and j.
    pub second: Vec<(usize, usize, f64)>,
    /// Pairs (direction carried to at least order 2, coefficient).
    pub third: Vec<(usize, f64)>,
    /// Pairs (direction carried to at least order 3, coefficient).
    pub fourth: Vec<(usize, f64)>,
}

/// Streams that pass through a network together: the value first, then for each direction its derivatives of
/// order 1, 2, … in the derivative convention (no factorials), then the operators.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct JetPlan {
    /// Directions, with their orders.
    pub directions: Vec<Direction>,
    /// Operators that are streams of their own.
    pub operators: Vec<Operator>,
}

/// Combination of streams that gives an input of a kernel; it is zero without terms.
#[derive(Clone, PartialEq, Debug)]
pub struct Recipe {
    /// Pairs (stream, coefficient).
    pub terms: Vec<(usize, f64)>,
}

/// Plan of [`JetPlan::series`] or [`JetPlan::collapsed`]: the streams, and a recipe for each symbol that is
/// present.
pub type Planned = (JetPlan, Vec<Option<Recipe>>);

/// Reason why a set of derivatives cannot be delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JetError {
    /// A derivative is of too high an order.
    #[error(
        "expected derivatives of at most order {MAX_ORDER}, found one of order {found}; introduce a further field for a lower derivative"
    )]
    OrderTooHigh {
        /// Order of the derivative.
        found: usize,
    },
}

impl JetPlan {
    /// Number of streams: 1 + Σ order + operators.
    pub fn streams(&self) -> usize {
        self.first_operator() + self.operators.len()
    }

    /// Number of the first operator's stream, also if there is none.
    pub fn first_operator(&self) -> usize {
        1 + self.directions.iter().map(|d| d.order).sum::<usize>()
    }

    /// Highest order carried, by directions and by operators; 0 if only values are needed. Engines read
    /// derivatives of the activation up to this order.
    pub fn order(&self) -> usize {
        let directions = self.directions.iter().map(|d| d.order);
        let operators = self.operators.iter().map(Operator::order);
        directions.chain(operators).max().unwrap_or(0)
    }

    /// Number of the stream with the given order (≥ 1) along a direction; order 0 is the value stream.
    pub fn stream(&self, direction: usize, order: usize) -> usize {
        if order == 0 {
            return 0;
        }
        let before: usize = self.directions[..direction].iter().map(|d| d.order).sum();
        before + order
    }

    /// Adds a direction or raises the order along it; returns its number.
    fn carry(&mut self, vector: [f64; MAX_COORDINATES], order: usize) -> usize {
        match self.directions.iter().position(|d| d.vector == vector) {
            Some(i) => {
                self.directions[i].order = self.directions[i].order.max(order);
                i
            }
            None => {
                self.directions.push(Direction { vector, order });
                self.directions.len() - 1
            }
        }
    }
}

impl Operator {
    /// Order of the highest part: 4, 3 or 2 if there is one, otherwise 1.
    pub fn order(&self) -> usize {
        match (self.fourth.len(), self.third.len(), self.second.len()) {
            (1.., _, _) => 4,
            (_, 1.., _) => 3,
            (_, _, 1..) => 2,
            _ => 1,
        }
    }
}

/// Converts symbols to polynomials with distinct orders.
///
/// # Errors
/// [`JetError::OrderTooHigh`].
fn polynomials(symbols: &[Option<Symbol>]) -> Result<Vec<Option<Polynomial>>, JetError> {
    let polynomials: Vec<_> = symbols
        .iter()
        .map(|symbol| symbol.as_deref().map(Polynomial::from_symbol))
        .collect();
    let degrees = polynomials.iter().flatten().map(Polynomial::degree);
    match degrees.max() {
        Some(found) if found > MAX_ORDER => Err(JetError::OrderTooHigh { found }),
        _ => Ok(polynomials),
    }
}
