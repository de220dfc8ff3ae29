//! Truncated univariate Taylor series ("jets") along directions: which ones a residual needs, and how its
//! derivatives are put together from them.
//!
//! A pure derivative ∂ᵏ/∂xᵏ is the k-th derivative along x. A mixed derivative of order k is a combination of
//! k-th derivatives along several directions (polarization; Griewank, Utke & Walther, *Evaluating higher
//! derivative tensors by forward propagation of univariate Taylor series*, Math. Comp. 69, 2000). The
//! directions are the lattice points j with |j| = k over the coordinates involved; the coefficients solve
//! Σ_j c_j (j·ξ)ᵏ = ξ^α for all ξ.

use crate::expr::{MAX_COORDINATES, MultiIndex};
use crate::units::Input;
use nalgebra::{DMatrix, DVector};

/// Highest total order of a derivative.
pub const MAX_ORDER: usize = 4;

/// A direction in coordinate space, and how many derivatives along it are carried.
#[derive(Clone, PartialEq, Debug)]
pub struct Direction {
    /// Small integers.
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
}

impl JetPlan {
    /// Streams that all the derivatives in `inputs` need, and a recipe for each field input (`None` for
    /// coordinates). The plan depends on the orders only, never on the field or site.
    pub fn new(inputs: &[Input]) -> Result<(JetPlan, Vec<Option<Recipe>>), JetError> {
        let mut plan = JetPlan::default();
        let mut combinations = Vec::new();
        for input in inputs {
            combinations.push(match input {
                Input::Field { order, .. } => Some(plan.demand(order)?),
                Input::Coordinate { .. } => None,
            });
        }
        let recipes = combinations
            .into_iter()
            .map(|combination| {
                combination.map(|(terms, order)| Recipe {
                    terms: terms
                        .into_iter()
                        .map(|(direction, c)| (plan.stream(direction, order), c))
                        .collect(),
                })
            })
            .collect();
        Ok((plan, recipes))
    }

    /// 1 + Σ order + operators.
    pub fn streams(&self) -> usize {
        let series: usize = self.directions.iter().map(|d| d.order).sum();
        1 + series + self.operators.len()
    }

    /// Highest order carried; 0 if values alone are needed.
    pub fn order(&self) -> usize {
        self.directions.iter().map(|d| d.order).max().unwrap_or(0)
    }

    /// Number of the stream with the given order (≥ 1) along a direction; order 0 is the value stream.
    pub fn stream(&self, direction: usize, order: usize) -> usize {
        if order == 0 {
            return 0;
        }
        let before: usize = self.directions[..direction].iter().map(|d| d.order).sum();
        before + order
    }

    /// Adds what a derivative needs; returns (direction, coefficient) pairs and the order.
    #[allow(clippy::type_complexity)]
    fn demand(&mut self, order: &MultiIndex) -> Result<(Vec<(usize, f64)>, usize), JetError> {
        let total: usize = order.iter().map(|n| *n as usize).sum();
        if total > MAX_ORDER {
            return Err(JetError::OrderTooHigh { found: total });
        }
        if total == 0 {
            return Ok((vec![(0, 1.0)], 0));
        }
        let involved: Vec<usize> = (0..MAX_COORDINATES).filter(|k| order[*k] > 0).collect();
        let exponents: Vec<usize> = involved.iter().map(|k| order[*k] as usize).collect();
        let combination = polarize(&exponents)
            .into_iter()
            .map(|(lattice, coefficient)| {
                // Parallel lattice points (2,0) and (1,0) are one direction with another length.
                let divisor = lattice.iter().fold(0, |a, b| gcd(a, *b)).max(1);
                let mut vector = [0.0; MAX_COORDINATES];
                for (k, j) in involved.iter().zip(&lattice) {
                    vector[*k] = (j / divisor) as f64;
                }
                let length = (divisor as f64).powi(total as i32);
                (self.direction(vector, total), coefficient * length)
            })
            .collect();
        Ok((combination, total))
    }

    fn direction(&mut self, vector: [f64; MAX_COORDINATES], order: usize) -> usize {
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

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Lattice points j with |j| = |α| and coefficients c_j with Σ_j c_j (j·ξ)^|α| = ξ^α; zero ones left out.
fn polarize(exponents: &[usize]) -> Vec<(Vec<usize>, f64)> {
    let total: usize = exponents.iter().sum();
    if exponents.len() == 1 {
        return vec![(vec![1], 1.0)];
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn field(order: MultiIndex) -> Input {
        Input::Field {
            field: 0,
            site: 0,
            order,
        }
    }

    /// The derivative of exp(a·x) at 0 is Π aᵢ^nᵢ; its streams are the powers (a·direction)^k.
    fn recipe_applied_to_exponential(plan: &JetPlan, recipe: &Recipe, a: &[f64]) -> f64 {
        let mut streams = vec![1.0];
        for direction in &plan.directions {
            let slope: f64 = direction.vector.iter().zip(a).map(|(v, a)| v * a).sum();
            streams.extend((1..=direction.order).map(|k| slope.powi(k as i32)));
        }
        recipe.terms.iter().map(|(s, c)| c * streams[*s]).sum()
    }

    /// All orders of four coordinates up to the highest total.
    fn all_orders() -> Vec<MultiIndex> {
        let range = 0..=MAX_ORDER as u8;
        let mut orders = Vec::new();
        for a in range.clone() {
            for b in range.clone() {
                for c in range.clone() {
                    for d in range.clone() {
                        if (a + b + c + d) as usize <= MAX_ORDER {
                            orders.push([a, b, c, 0, d, 0]);
                        }
                    }
                }
            }
        }
        orders
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn recipes_give_every_derivative_of_exponentials(
            a in prop::collection::vec(-2.0..2.0f64, MAX_COORDINATES),
        ) {
            let orders = all_orders();
            let inputs: Vec<Input> = orders.iter().copied().map(field).collect();
            let (plan, recipes) = JetPlan::new(&inputs).unwrap();
            for (order, recipe) in orders.iter().zip(&recipes) {
                let exact: f64 = order.iter().zip(&a).map(|(n, a)| a.powi(*n as i32)).product();
                let found = recipe_applied_to_exponential(&plan, recipe.as_ref().unwrap(), &a);
                prop_assert!((found - exact).abs() < 1e-10 * 16.0, "{order:?}: {found} {exact}");
            }
        }
    }

    #[test]
    fn streams_are_the_value_and_the_orders_along_each_direction() {
        let inputs = [
            field([1, 0, 0, 0, 0, 0]),
            Input::Coordinate {
                coordinate: 1,
                site: 0,
            },
            field([0, 2, 0, 0, 0, 0]),
            field([0, 1, 0, 0, 0, 0]),
        ];
        let (plan, recipes) = JetPlan::new(&inputs).unwrap();
        assert_eq!(plan.streams(), 4);
        assert_eq!(plan.order(), 2);
        let terms = |n: usize| recipes[n].as_ref().map(|recipe| recipe.terms.clone());
        assert_eq!(terms(0), Some(vec![(1, 1.0)]));
        assert_eq!(terms(1), None);
        assert_eq!(terms(2), Some(vec![(3, 1.0)]));
        assert_eq!(terms(3), Some(vec![(2, 1.0)]));
    }

    #[test]
    fn mixed_derivatives_share_directions_with_pure_ones() {
        let inputs = [
            field([2, 0, 0, 0, 0, 0]),
            field([1, 1, 0, 0, 0, 0]),
            field([0, 2, 0, 0, 0, 0]),
        ];
        let (plan, recipes) = JetPlan::new(&inputs).unwrap();
        // x, y and x + y, two orders each.
        assert_eq!(plan.streams(), 7);
        assert_eq!(plan.directions.len(), 3);
        assert_eq!(
            recipes[1].as_ref().map(|recipe| recipe.terms.len()),
            Some(3)
        );
    }

    #[test]
    fn values_alone_need_one_stream() {
        let (plan, recipes) = JetPlan::new(&[field([0; MAX_COORDINATES])]).unwrap();
        assert_eq!(plan.streams(), 1);
        assert_eq!(plan.order(), 0);
        assert_eq!(
            recipes[0].as_ref().map(|recipe| recipe.terms.clone()),
            Some(vec![(0, 1.0)])
        );
    }

    #[test]
    fn orders_beyond_the_highest_are_refused() {
        let result = JetPlan::new(&[field([3, 2, 0, 0, 0, 0])]);
        assert_eq!(result, Err(JetError::OrderTooHigh { found: 5 }));
    }
}
