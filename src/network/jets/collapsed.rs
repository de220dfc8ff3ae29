//! Plans with operator streams.
//!
//! A linear operator of order k passes through a network as one stream if there are the derivatives of orders 1..j − 1
//! that the rules of its parts of order j ≥ 2 read (see [`Operator`]): of order 2 first derivatives alone, of orders 3
//! and 4 those along the directions into whose powers the part is decomposed.

use super::directions::choose;
use super::polynomial::{Polynomial, Vector};
use super::span::express;
use super::{JetError, JetPlan, Operator, Planned, Recipe, polynomials};
use pinn_expr::MAX_COORDINATES;
use pinn_units::Symbol;

impl JetPlan {
    /// Plans streams that give all of `symbols` (as from [`pinn_units::Kernel::symbols`]), and a recipe for
    /// each symbol that is present.
    ///
    /// The plan has as few streams as can be found, and never more than [`JetPlan::series`]. It depends on
    /// the symbols only, not on fields or sites. A symbol becomes a stream of its own if it is not a
    /// combination of the streams before it, to 1e-12 of each of its coefficients.
    ///
    /// # Errors
    /// [`JetError::OrderTooHigh`].
    pub fn collapsed(symbols: &[Option<Symbol>]) -> Result<Planned, JetError> {
        let series = JetPlan::series(symbols)?;
        let collapsed = plan(&polynomials(symbols)?);
        // Series are used if a decomposition is not exact to the last digits.
        Ok(match collapsed {
            Some(collapsed) if collapsed.0.streams() < series.0.streams() => collapsed,
            _ => series,
        })
    }
}

/// Plans with operators; `None` if a decomposition is not exact to the last digits.
fn plan(symbols: &[Option<Polynomial>]) -> Option<Planned> {
    let mut plan = JetPlan::default();
    let given: Vec<&Polynomial> = symbols.iter().flatten().collect();
    for degree in [4, 3] {
        let vectors: Vec<Vector> = plan.directions.iter().map(|d| d.vector).collect();
        for vector in choose(&parts(&given, degree), degree, &vectors) {
            plan.carry(vector, degree - 1);
        }
    }
    for row in gradients(&parts(&given, 2)) {
        if express(&plan.powers(1, 1), &Polynomial::power(&row, 1)).is_none() {
            plan.carry(row, 1);
        }
    }
    let mut operators = Vec::new();
    for symbol in &given {
        if express(&[plan.series_symbols(), operators.clone()].concat(), symbol).is_none() {
            operators.extend(plan.add(symbol)?);
        }
    }
    let streams = [plan.series_symbols(), operators].concat();
    let recipes = symbols.iter().map(|symbol| match symbol {
        Some(symbol) => express(&streams, symbol).map(|terms| Some(Recipe { terms })),
        None => Some(None),
    });
    let recipes = recipes.collect::<Option<_>>()?;
    Some((plan, recipes))
}

/// Nonzero parts of one order.
fn parts(symbols: &[&Polynomial], degree: usize) -> Vec<Polynomial> {
    let parts = symbols.iter().map(|symbol| symbol.part(degree));
    parts.filter(|part| !part.is_zero()).collect()
}

/// Basis of the vectors that quadratic forms read: the rows of their matrices, in reduced echelon form. Unit
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
        // Rows are scaled to 1. Numbers that count as zero are checked later, coefficient by coefficient.
        let Some(row) = largest.filter(|row| rows[*row][column].abs() > 1e-13) else {
            continue;
        };
        rows.swap(basis, row);
        // Adding zero leaves no −0.
        let pivot = rows[basis].map(|x| x / rows[basis][column] + 0.0);
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
    /// Symbols of the value and of the series.
    fn series_symbols(&self) -> Vec<Polynomial> {
        let series = self
            .directions
            .iter()
            .flat_map(|d| (1..=d.order).map(|order| Polynomial::power(&d.vector, order)));
        std::iter::once(Polynomial::one()).chain(series).collect()
    }

    /// Powers of the directions that are carried to at least `order`; zero for the others.
    fn powers(&self, degree: usize, order: usize) -> Vec<Polynomial> {
        let directions = self.directions.iter();
        directions
            .map(|d| match d.order >= order {
                true => Polynomial::power(&d.vector, degree),
                false => Polynomial::default(),
            })
            .collect()
    }

    /// Adds a stream for the part of the symbol that the series do not give: an operator, whose symbol is returned, or a
    /// direction if there are only first derivatives. `None` if the streams lack inputs of the operator's rule.
    fn add(&mut self, symbol: &Polynomial) -> Option<Option<Polynomial>> {
        let slope = symbol.slope();
        let missing = |degree: usize| {
            let part = symbol.part(degree);
            match express(&self.powers(degree, degree), &part) {
                Some(_) => Polynomial::default(),
                None => part,
            }
        };
        let parts = [2, 3, 4].map(missing);
        if parts.iter().all(Polynomial::is_zero) {
            if slope == [0.0; MAX_COORDINATES] {
                return None;
            }
            self.carry(slope, 1);
            return Some(None);
        }
        let count = self.directions.len();
        let squares = (0..count).map(|i| (i, i));
        let mixed = (0..count).flat_map(|i| (i + 1..count).map(move |j| (i, j)));
        let pairs: Vec<(usize, usize)> = squares.chain(mixed).collect();
        let products: Vec<Polynomial> = pairs
            .iter()
            .map(|(i, j)| {
                Polynomial::power(&self.directions[*i].vector, 1).times(&self.directions[*j].vector)
            })
            .collect();
        let second = express(&products, &parts[0])?.into_iter();
        self.operators.push(Operator {
            slope,
            second: second.map(|(p, c)| (pairs[p].0, pairs[p].1, c)).collect(),
            third: express(&self.powers(3, 2), &parts[1])?,
            fourth: express(&self.powers(4, 3), &parts[2])?,
        });
        let mut sum = symbol.part(1);
        for part in &parts {
            sum.add(1.0, part);
        }
        Some(Some(sum))
    }
}
