//! Plans of Taylor series along directions only.
//!
//! A pure derivative ∂ᵏ/∂xᵏ is the k-th derivative along x. A mixed derivative of order k is a combination of
//! k-th derivatives along several directions (polarization; Griewank, Utke & Walther, *Evaluating higher
//! derivative tensors by forward propagation of univariate Taylor series*, Math. Comp. 69, 2000). The
//! directions are the lattice points j with |j| = k over the coordinates involved; the coefficients solve
//! Σ_j c_j (j·ξ)ᵏ = ξ^α for all ξ.

use super::polynomial::{Vector, total};
use super::{JetError, JetPlan, Planned, Recipe, polynomials};
use nalgebra::{DMatrix, DVector};
use pinn_expr::{MAX_COORDINATES, MultiIndex};
use pinn_units::Symbol;
use std::collections::BTreeMap;

impl JetPlan {
    /// Plans series along directions that give all of `symbols` (as from [`pinn_units::Kernel::symbols`]),
    /// and a recipe for each symbol that is present.
    ///
    /// The plan depends on the symbols only, not on fields or sites.
    ///
    /// # Errors
    /// [`JetError::OrderTooHigh`].
    pub fn series(symbols: &[Option<Symbol>]) -> Result<Planned, JetError> {
        let symbols = polynomials(symbols)?;
        let mut plan = JetPlan::default();
        let mut combinations = Vec::with_capacity(symbols.len());
        for symbol in &symbols {
            combinations.push(symbol.as_ref().map(|symbol| {
                let mut combination: BTreeMap<(usize, usize), f64> = BTreeMap::new();
                for (order, factor) in &symbol.0 {
                    for (vector, coefficient) in polarize(order) {
                        let direction = plan.carry(vector, total(order));
                        *combination.entry((direction, total(order))).or_default() +=
                            factor * coefficient;
                    }
                    if total(order) == 0 {
                        combination.insert((0, 0), *factor);
                    }
                }
                combination
            }));
        }
        let recipes = combinations.into_iter().map(|combination| {
            combination.map(|terms| Recipe {
                terms: terms
                    .into_iter()
                    .map(|((direction, order), c)| (plan.stream(direction, order), c))
                    .collect(),
            })
        });
        let recipes = recipes.collect();
        Ok((plan, recipes))
    }
}

/// Directions d and coefficients with Σ c (d·ξ)^|α| = ξ^α; none for α = 0.
pub(super) fn polarize(order: &MultiIndex) -> Vec<(Vector, f64)> {
    let involved: Vec<usize> = (0..MAX_COORDINATES).filter(|k| order[*k] > 0).collect();
    let exponents: Vec<usize> = involved.iter().map(|k| order[*k] as usize).collect();
    let points = lattice_coefficients(&exponents).into_iter();
    points
        .map(|(lattice, coefficient)| {
            // Parallel lattice points (2,0) and (1,0) are one direction with another length.
            let divisor = lattice.iter().fold(0, |a, b| gcd(a, *b)).max(1);
            let mut vector = [0.0; MAX_COORDINATES];
            for (k, j) in involved.iter().zip(&lattice) {
                vector[*k] = (j / divisor) as f64;
            }
            let length = (divisor as f64).powi(total(order) as i32);
            (vector, coefficient * length)
        })
        .collect()
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Lattice points j with |j| = |α| and coefficients c_j with Σ_j c_j (j·ξ)^|α| = ξ^α, without zeros.
fn lattice_coefficients(exponents: &[usize]) -> Vec<(Vec<usize>, f64)> {
    let total: usize = exponents.iter().sum();
    match exponents.len() {
        0 => return Vec::new(),
        1 => return vec![(vec![1], 1.0)],
        _ => {}
    }
    let lattice = compositions(total, exponents.len());
    let factorial = |n: usize| (1..=n).product::<usize>() as f64;
    // Row β: coefficient of ξ^β in Σ_j c_j (j·ξ)^k is Σ_j c_j · (k!/β!) · j^β.
    let matrix = DMatrix::from_fn(lattice.len(), lattice.len(), |row, column| {
        let beta = &lattice[row];
        let multinomial = factorial(total) / beta.iter().map(|b| factorial(*b)).product::<f64>();
        let powers = lattice[column].iter().zip(beta);
        multinomial
            * powers
                .map(|(j, b)| (*j as f64).powi(*b as i32))
                .product::<f64>()
    });
    let target = DVector::from_fn(lattice.len(), |row, _| {
        if lattice[row] == exponents { 1.0 } else { 0.0 }
    });
    let solution = matrix
        .lu()
        .solve(&target)
        .unwrap_or_else(|| unreachable!("the principal lattice is unisolvent for its degree"));
    lattice
        .into_iter()
        .zip(solution.iter().copied())
        .filter(|(_, c)| c.abs() > 1e-12)
        .collect()
}

/// All vectors of `parts` non-negative integers with the given sum.
fn compositions(sum: usize, parts: usize) -> Vec<Vec<usize>> {
    if parts == 1 {
        return vec![vec![sum]];
    }
    (0..=sum)
        .rev()
        .flat_map(|first| {
            compositions(sum - first, parts - 1)
                .into_iter()
                .map(move |mut rest| {
                    rest.insert(0, first);
                    rest
                })
        })
        .collect()
}
