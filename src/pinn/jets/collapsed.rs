//! Plans with operator streams.
//!
//! A linear operator of order k passes through a network as one stream, if its parts of order j ≥ 2 find the
//! derivatives of orders 1..j − 1 that their rules read (see [`Operator`]): of order 2 first derivatives alone,
//! of orders 3 and 4 those along the directions into whose powers the part is decomposed.

use super::directions::choose;
use super::polynomial::{Polynomial, Vector};
use super::span::express;
use super::{JetError, JetPlan, Operator, Recipe, polynomials};
use crate::expr::MAX_COORDINATES;
use crate::units::Symbol;

impl JetPlan {
    /// Streams that give all of `symbols` (as from [`crate::units::Kernel::symbols`]), as few as can be found
    /// and never more than [`JetPlan::series`], and a recipe for each symbol that is there. The plan depends on
    /// the symbols only, never on fields or sites.
    ///
    /// A symbol becomes a stream of its own if it is not a combination of the streams before it, to 1e-12 of
    /// each of its coefficients.
    ///
    /// # Errors
    /// [`JetError::OrderTooHigh`].
    pub fn collapsed(
        symbols: &[Option<Symbol>],
    ) -> Result<(JetPlan, Vec<Option<Recipe>>), JetError> {
        let series = JetPlan::series(symbols)?;
        let collapsed = plan(&polynomials(symbols)?);
        // Should a decomposition not hold to the last digits, series are right without it.
        Ok(match collapsed {
            Some(collapsed) if collapsed.0.streams() < series.0.streams() => collapsed,
            _ => series,
        })
    }
}

fn plan(symbols: &[Option<Polynomial>]) -> Option<(JetPlan, Vec<Option<Recipe>>)> {
    let mut plan = JetPlan::default();
    let given: Vec<&Polynomial> = symbols.iter().flatten().collect();
    for degree in [4, 3] {
        let forms = parts(&given, degree);
        for vector in choose(&forms, degree, &vectors(&plan)) {
            plan.carry(vector, degree - 1);
        }
    }
    for row in gradients(&parts(&given, 2)) {
        let columns: Vec<Polynomial> = linear(&plan);
        if express(&columns, &Polynomial::power(&row, 1)).is_none() {
            plan.carry(row, 1);
        }
    }
    for symbol in &given {
        if express(&plan.polynomials(), symbol).is_none() {
            plan.add(symbol)?;
        }
    }
    let streams = plan.polynomials();
    let mut recipes = Vec::with_capacity(symbols.len());
    for symbol in symbols {
        recipes.push(match symbol {
            Some(symbol) => Some(Recipe {
                terms: express(&streams, symbol)?,
            }),
            None => None,
        });
    }
    Some((plan, recipes))
}

/// Those parts of one order that are not zero.
fn parts(symbols: &[&Polynomial], degree: usize) -> Vec<Polynomial> {
    let parts = symbols.iter().map(|symbol| symbol.part(degree));
    parts.filter(|part| !part.is_zero()).collect()
}

fn vectors(plan: &JetPlan) -> Vec<Vector> {
    plan.directions.iter().map(|d| d.vector).collect()
}

/// First derivatives along all directions.
fn linear(plan: &JetPlan) -> Vec<Polynomial> {
    powers(plan, 1, 1)
}

/// Powers of the directions that are carried to at least `order`; zero for the others.
fn powers(plan: &JetPlan, degree: usize, order: usize) -> Vec<Polynomial> {
    let directions = plan.directions.iter();
    directions
        .map(|d| match d.order >= order {
            true => Polynomial::power(&d.vector, degree),
            false => Polynomial::default(),
        })
        .collect()
}

/// A basis of the vectors that quadratic forms read: the rows of their matrices, in reduced echelon form. Unit
/// vectors, unless the forms are degenerate.
fn gradients(forms: &[Polynomial]) -> Vec<Vector> {
    let mut rows: Vec<Vector> = Vec::new();
    for form in forms {
        for k in 0..MAX_COORDINATES {
            let mut row = [0.0; MAX_COORDINATES];
            for (order, coefficient) in form.0.iter().filter(|(order, _)| order[k] > 0) {
                let mut other = *order;
                other[k] -= 1;
                if let Some(l) = other.iter().position(|n| *n == 1) {
                    row[l] = if l == k {
                        2.0 * coefficient
                    } else {
                        *coefficient
                    };
                }
            }
            let size = row.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
            if size > 0.0 {
                rows.push(row.map(|x| x / size));
            }
        }
    }
    let mut basis = 0;
    for column in 0..MAX_COORDINATES {
        let largest = (basis..rows.len())
            .max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()));
        // Rows are scaled to 1. What is taken for zero is found out later, coefficient by coefficient.
        let Some(row) = largest.filter(|row| rows[*row][column].abs() > 1e-13) else {
            continue;
        };
        rows.swap(basis, row);
        let pivot = rows[basis].map(|x| x / rows[basis][column]);
        rows[basis] = pivot;
        for (number, row) in rows.iter_mut().enumerate() {
            let factor = row[column];
            if number != basis && factor != 0.0 {
                *row = std::array::from_fn(|k| row[k] - factor * pivot[k]);
                row[column] = 0.0;
            }
        }
        basis += 1;
    }
    rows.truncate(basis);
    rows
}

impl JetPlan {
    /// A stream for what of the symbol the series along directions do not give. `None` if they lack what its
    /// rule reads.
    fn add(&mut self, symbol: &Polynomial) -> Option<()> {
        let mut operator = Operator {
            slope: symbol.slope(),
            ..Operator::default()
        };
        let missing = |degree: usize| {
            let part = symbol.part(degree);
            match express(&powers(self, degree, degree), &part) {
                Some(_) => Polynomial::default(),
                None => part,
            }
        };
        let count = self.directions.len();
        let squares = (0..count).map(|i| (i, i));
        let mixed = (0..count).flat_map(|i| (i + 1..count).map(move |j| (i, j)));
        let pairs: Vec<(usize, usize)> = squares.chain(mixed).collect();
        let first = linear(self);
        let products: Vec<Polynomial> = pairs
            .iter()
            .map(|(i, j)| first[*i].times(&self.directions[*j].vector))
            .collect();
        let second = express(&products, &missing(2))?.into_iter();
        operator.second = second.map(|(p, c)| (pairs[p].0, pairs[p].1, c)).collect();
        operator.third = express(&powers(self, 3, 2), &missing(3))?;
        operator.fourth = express(&powers(self, 4, 3), &missing(4))?;
        match operator.order() {
            1 if operator.slope == [0.0; MAX_COORDINATES] => return None,
            1 => {
                self.carry(operator.slope, 1);
            }
            _ => self.operators.push(operator),
        }
        Some(())
    }
}
