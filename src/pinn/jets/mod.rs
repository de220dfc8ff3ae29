//! Jets: the derivatives that pass through a network together, and how what a residual reads is put together
//! from them.
//!
//! Every input of a kernel is a linear differential operator with constant coefficients, given by its symbol. A
//! [`JetPlan`] lists *streams*: the value, truncated univariate Taylor series along directions, and whole
//! operators; a [`Recipe`] gives an operator as a combination of streams. Two plans can be made:
//!
//! - [`JetPlan::series`] knows directions only. It is longer and plainly right.
//! - [`JetPlan::collapsed`] carries operators as one stream each, and along directions only what those need.

mod collapsed;
mod directions;
mod polynomial;
mod series;
mod span;
#[cfg(test)]
mod tests;

use crate::expr::MAX_COORDINATES;
use crate::units::{Input, Symbol};
use polynomial::Polynomial;

/// Highest total order of a derivative.
pub const MAX_ORDER: usize = 4;

/// A direction in coordinate space, and how many derivatives along it are carried.
#[derive(Clone, PartialEq, Debug)]
pub struct Direction {
    /// Not zero; in most plans small integers.
    pub vector: [f64; MAX_COORDINATES],
    /// 1..=[`MAX_ORDER`].
    pub order: usize,
}

/// A linear differential operator with constant coefficients that is carried as one stream: with z the jets of
/// the inner function and s_k the derivatives of σ,
///
/// L(σ∘z) = s₁·Lz + Σ c·s₂·zᵢ′zⱼ′ over `second` + Σ c·(3s₂·z′z″ + s₃·z′³) over `third`
///        + Σ c·(s₂·(4z′z‴ + 3z″²) + 6s₃·z′²z″ + s₄·z′⁴) over `fourth`
///
/// where z′, z″, z‴ are streams of directions. The forward Laplacian (Li et al. 2024, *A computational
/// framework for neural network-based variational Monte Carlo with forward Laplacian*) is the case of `second` =
/// {(i, i, 1)}; for any order see Dangel et al. 2025, *Collapsing Taylor mode automatic differentiation*.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Operator {
    /// Its first-order part, the whole of what it makes of a linear function: L(a·x) = a·slope.
    pub slope: [f64; MAX_COORDINATES],
    /// (i, j, coefficient) with i ≤ j: first-order streams of directions i and j.
    pub second: Vec<(usize, usize, f64)>,
    /// (direction carried to at least order 2, coefficient)
    pub third: Vec<(usize, f64)>,
    /// (direction carried to at least order 3, coefficient)
    pub fourth: Vec<(usize, f64)>,
}

/// The streams that pass through a network together: the value first, then for each direction its
/// derivatives of order 1, 2, … in the derivative convention (no factorials), then the operators.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct JetPlan {
    pub directions: Vec<Direction>,
    pub operators: Vec<Operator>,
}

/// One derivative as a combination of streams.
#[derive(Clone, PartialEq, Debug)]
pub struct Recipe {
    /// (stream, coefficient)
    pub terms: Vec<(usize, f64)>,
}

/// Why a set of derivatives cannot be delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JetError {
    #[error(
        "a derivative of order {found} was asked for; jets carry at most order {MAX_ORDER}. Introduce a further field for a lower derivative"
    )]
    OrderTooHigh { found: usize },
    #[error(
        "expected the symbol of every operator, found an operator without one: plan from `Kernel::symbols`, not from its inputs"
    )]
    NoSymbol,
}

impl JetPlan {
    /// [`JetPlan::series`] for inputs none of which is an operator.
    ///
    /// # Errors
    /// As there, and [`JetError::NoSymbol`] for operators.
    pub fn new(inputs: &[Input]) -> Result<(JetPlan, Vec<Option<Recipe>>), JetError> {
        let symbols = inputs.iter().map(|input| match *input {
            Input::Field { order, .. } => Ok(Some(vec![(order, 1.0)])),
            Input::Coordinate { .. } => Ok(None),
            Input::Operator { .. } => Err(JetError::NoSymbol),
        });
        JetPlan::series(&symbols.collect::<Result<Vec<_>, _>>()?)
    }

    /// 1 + Σ order + operators.
    pub fn streams(&self) -> usize {
        self.first_operator() + self.operators.len()
    }

    /// Number of the first operator's stream, whether there is one or not.
    pub fn first_operator(&self) -> usize {
        1 + self.directions.iter().map(|d| d.order).sum::<usize>()
    }

    /// Highest order carried, by directions and by operators; 0 if values alone are needed. So many derivatives
    /// of an activation are read.
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

    /// Symbols of all streams, in order.
    fn polynomials(&self) -> Vec<Polynomial> {
        let series = self
            .directions
            .iter()
            .flat_map(|d| (1..=d.order).map(|order| Polynomial::power(&d.vector, order)));
        let operators = self
            .operators
            .iter()
            .map(|o| o.polynomial(&self.directions));
        std::iter::once(Polynomial::one())
            .chain(series)
            .chain(operators)
            .collect()
    }
}

impl Operator {
    /// Order of its highest part: 4, 3 or 2 where there is one, else 1.
    pub fn order(&self) -> usize {
        match (self.fourth.len(), self.third.len(), self.second.len()) {
            (1.., _, _) => 4,
            (_, 1.., _) => 3,
            (_, _, 1..) => 2,
            _ => 1,
        }
    }

    /// Its symbol. The directions are those of its plan.
    fn polynomial(&self, directions: &[Direction]) -> Polynomial {
        let mut sum = Polynomial::power(&self.slope, 1);
        for (i, j, c) in &self.second {
            let product = Polynomial::power(&directions[*i].vector, 1);
            sum.add(*c, &product.times(&directions[*j].vector));
        }
        for (parts, order) in [(&self.third, 3), (&self.fourth, 4)] {
            for (d, c) in parts {
                sum.add(*c, &Polynomial::power(&directions[*d].vector, order));
            }
        }
        sum
    }
}

/// Symbols as polynomials, each order once.
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
