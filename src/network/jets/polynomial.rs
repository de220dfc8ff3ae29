//! Symbols of operators as polynomials in the coordinates' duals.

use pinn_expr::{MAX_COORDINATES, MultiIndex};
use std::collections::BTreeMap;

/// Vector of coordinate space.
pub(super) type Vector = [f64; MAX_COORDINATES];

/// Σ coefficient · ξ^order
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Polynomial(pub BTreeMap<MultiIndex, f64>);

/// |α|
pub(super) fn total(order: &MultiIndex) -> usize {
    order.iter().map(|n| *n as usize).sum()
}

impl Polynomial {
    pub fn one() -> Self {
        Polynomial(BTreeMap::from([([0; MAX_COORDINATES], 1.0)]))
    }

    /// Sums equal orders and removes zeros.
    pub fn from_symbol(symbol: &[(MultiIndex, f64)]) -> Self {
        let mut sum = Polynomial::default();
        for (order, coefficient) in symbol {
            *sum.0.entry(*order).or_default() += coefficient;
        }
        sum.0.retain(|_, c| *c != 0.0);
        sum
    }

    /// (vector·ξ)^order
    pub fn power(vector: &Vector, order: usize) -> Self {
        (0..order).fold(Polynomial::one(), |power, _| power.times(vector))
    }

    /// The product with vector·ξ. Orders stay below 256: factors are multiplied to at most the highest order
    /// of a jet.
    pub fn times(&self, vector: &Vector) -> Self {
        let mut product = Polynomial::default();
        for (order, coefficient) in &self.0 {
            for (k, component) in vector.iter().enumerate().filter(|(_, v)| **v != 0.0) {
                let mut order = *order;
                order[k] += 1;
                *product.0.entry(order).or_default() += coefficient * component;
            }
        }
        product
    }

    /// Adds `factor` · `other`.
    pub fn add(&mut self, factor: f64, other: &Polynomial) {
        for (order, coefficient) in &other.0 {
            *self.0.entry(*order).or_default() += factor * coefficient;
        }
    }

    /// Highest order; 0 for the zero polynomial.
    pub fn degree(&self) -> usize {
        self.0.keys().map(total).max().unwrap_or(0)
    }

    /// The terms of one order.
    pub fn part(&self, degree: usize) -> Self {
        let terms = self.0.iter().filter(|(order, _)| total(order) == degree);
        Polynomial(terms.map(|(order, c)| (*order, *c)).collect())
    }

    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// Coefficients of the terms of order 1.
    pub fn slope(&self) -> Vector {
        std::array::from_fn(|k| {
            let mut order = [0; MAX_COORDINATES];
            order[k] = 1;
            self.0.get(&order).copied().unwrap_or(0.0)
        })
    }
}
