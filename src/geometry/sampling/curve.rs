//! Order of points in which neighbours in the list are neighbours in the domain.

use crate::points::Points;
use pinn_expr::Real;

/// Numbers of the rows along Morton's curve through the points of their first site (Morton, *A computer
/// oriented geodetic data base*, IBM, 1966): bits of the coordinates, interleaved.
pub fn along_curve<T: Real>(points: &Points<T>) -> Vec<usize> {
    let coordinates = points.coordinates().max(1);
    let bits = (u64::BITS as usize / coordinates).min(21);
    let cells = (1u64 << bits) as f64;
    let mut keys = vec![0u64; points.rows()];
    for c in 0..points.coordinates() {
        let column = points.column(0, c);
        let values = || column.iter().map(|x| x.to_f64());
        let lower = values().fold(f64::INFINITY, f64::min);
        let upper = values().fold(f64::NEG_INFINITY, f64::max);
        let width = if upper > lower { upper - lower } else { 1.0 };
        for (key, x) in keys.iter_mut().zip(values()) {
            let cell = ((x - lower) / width * cells).min(cells - 1.0) as u64;
            for bit in 0..bits {
                *key |= (cell >> bit & 1) << (bit * coordinates + c);
            }
        }
    }
    let mut rows: Vec<usize> = (0..keys.len()).collect();
    rows.sort_by_key(|row| (keys[*row], *row));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::{Sampler, Sobol};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_row_is_met_once_and_quarters_of_a_square_one_after_the_other(seed: u64) {
            let mut unit = vec![0.0; 512];
            Sobol.fill(seed, 2, 256, &mut unit);
            let mut points = Points::<f64>::new(1, 2, 256);
            for (c, column) in unit.chunks(256).enumerate() {
                points.column_mut(0, c).copy_from_slice(column);
            }
            let rows = along_curve(&points);
            let mut sorted = rows.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..256).collect::<Vec<_>>());
            // The curve crosses from one quarter into another three times; the ends of the cells lie at the outermost points.
            let quarter = |row: usize| {
                let half = |c: usize| {
                    let column = points.column(0, c);
                    let lower = column.iter().copied().fold(1.0, f64::min);
                    let upper = column.iter().copied().fold(0.0, f64::max);
                    (column[row] - lower) / (upper - lower) >= 0.5
                };
                (half(0), half(1))
            };
            let changes = rows.windows(2).filter(|w| quarter(w[0]) != quarter(w[1])).count();
            prop_assert_eq!(changes, 3);
        }
    }
}
