//! Linear dependence of polynomials.

use super::polynomial::Polynomial;
use pinn_expr::MultiIndex;
use std::collections::BTreeSet;

/// A column depends on those before it if less than this part of it remains after elimination.
const DEPENDENT: f64 = 1e-10;

/// A combination gives a polynomial if every coefficient is exact to this, relative to the sum of the absolute values
/// of its terms: cancellation loses a few of the 16 digits, but a small coefficient is never mistaken for rounding of a
/// large one.
const EXACT: f64 = 1e-12;

/// Finds nonzero coefficients with Σ coefficient · column = target; `None` if there are none. The first ones of dependent
/// columns are used.
///
/// The method is Gauss–Jordan elimination with rows of equal magnitude and the largest pivot of each column.
pub(super) fn express(columns: &[Polynomial], target: &Polynomial) -> Option<Vec<(usize, f64)>> {
    let known: BTreeSet<&MultiIndex> = columns.iter().flat_map(|c| c.0.keys()).collect();
    if target.0.keys().any(|order| !known.contains(order)) {
        return None;
    }
    let width = columns.len();
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(known.len());
    for order in known {
        let of = |polynomial: &Polynomial| polynomial.0.get(order).copied().unwrap_or(0.0);
        let row: Vec<f64> = columns.iter().chain([target]).map(of).collect();
        let scale = row[..width].iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        if scale > 0.0 {
            rows.push(row.into_iter().map(|x| x / scale).collect());
        }
    }
    let size = |column: usize| {
        rows.iter()
            .fold(0.0, |m: f64, row| m.max(row[column].abs()))
    };
    let sizes: Vec<f64> = (0..width).map(size).collect();
    let mut pivots = Vec::new();
    for column in 0..width {
        let largest = (pivots.len()..rows.len())
            .max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()));
        let Some(row) = largest else { break };
        if rows[row][column].abs() <= DEPENDENT * sizes[column] {
            continue;
        }
        let place = pivots.len();
        rows.swap(place, row);
        let pivot = rows[place][column];
        for x in &mut rows[place] {
            *x /= pivot;
        }
        let pivot_row = rows[place].clone();
        for (number, row) in rows.iter_mut().enumerate() {
            let factor = row[column];
            if number != place && factor != 0.0 {
                for (x, p) in row.iter_mut().zip(&pivot_row) {
                    *x -= factor * p;
                }
            }
        }
        pivots.push(column);
    }
    let solution: Vec<(usize, f64)> = pivots
        .iter()
        .zip(&rows)
        .map(|(column, row)| (*column, row[width]))
        .filter(|(_, c)| *c != 0.0)
        .collect();
    // Small remainders of elimination are dropped if they make no difference.
    let largest = solution.iter().fold(0.0, |m: f64, (_, c)| m.max(c.abs()));
    let mut short = solution.clone();
    short.retain(|(_, c)| c.abs() > 1e-14 * largest);
    [short, solution]
        .into_iter()
        .find(|solution| gives(columns, solution, target))
}

/// Returns true if Σ coefficient · column is the target, coefficient by coefficient.
fn gives(columns: &[Polynomial], solution: &[(usize, f64)], target: &Polynomial) -> bool {
    let mut difference = target.clone();
    let mut magnitude = target.clone();
    for c in magnitude.0.values_mut() {
        *c = c.abs();
    }
    for (column, coefficient) in solution {
        difference.add(-coefficient, &columns[*column]);
        for (order, c) in &columns[*column].0 {
            *magnitude.0.entry(*order).or_default() += (c * coefficient).abs();
        }
    }
    difference
        .0
        .iter()
        .all(|(order, d)| d.abs() <= EXACT * magnitude.0[order])
}
