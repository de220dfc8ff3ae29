//! Reduction of rows to a triangle by Householder reflections.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use rayon::ThreadPool;
use rayon::prelude::*;

/// Columns that are reduced before the others follow in products of matrices.
const PANEL: usize = 24;
/// Columns that one thread updates at once. Fixed, so that results do not depend on the number of threads.
const STRIP: usize = 48;

/// Computes the upper triangle R of the QR factorisation of `columns`, each of `height` numbers. R has at most as many rows as
/// columns.
///
/// Uses blocked Householder reflections with compact WY products (Golub & Van Loan, *Matrix Computations*, 4th ed., §5.2.3;
/// Schreiber & Van Loan 1989). No column counts as dependent on others: each column has a backward error of the size of its own
/// rounding, even if the matrix is close to singular. The factorisation of the crate faer (0.24) drops columns whose rest is
/// below 16 m ε of their length, and random features lose their last digits with them.
pub(super) fn triangle(columns: Vec<f64>, height: usize, pool: &ThreadPool) -> Mat<f64> {
    let (mut flat, m) = (columns, height);
    let n = flat.len() / m.max(1);
    let steps = m.min(n);
    let mut first = 0;
    while first < steps {
        let (width, height) = (PANEL.min(steps - first), m - first);
        let (done, others) = flat.split_at_mut((first + width) * m);
        let panel = done[first * m..].chunks_exact(m);
        let mut panel: Vec<f64> = panel.flat_map(|column| &column[first..]).copied().collect();
        let weights = reduce_panel(&mut panel, height);
        for (j, (from, to)) in panel
            .chunks_exact_mut(height)
            .zip(done[first * m..].chunks_exact_mut(m))
            .enumerate()
        {
            to[first..=first + j].copy_from_slice(&from[..=j]);
            from[..j].fill(0.0);
            from[j] = 1.0;
        }
        let vectors = MatRef::from_column_major_slice(&panel, height, width);
        let product = product_factor(vectors, &weights);
        let update = |strip: &mut [f64]| {
            let columns = strip.len() / m;
            let strip = MatMut::from_column_major_slice_mut(strip, m, columns);
            reflect(vectors, product.as_ref(), strip.subrows_mut(first, height));
        };
        match others.len() > STRIP * m {
            true => pool.install(|| others.par_chunks_mut(STRIP * m).for_each(update)),
            // Waking the threads takes longer.
            false => others.chunks_mut(STRIP * m).for_each(update),
        }
        first += width;
    }
    Mat::from_fn(steps, n, |i, j| if i <= j { flat[j * m + i] } else { 0.0 })
}

/// Reduces a few columns of `height` numbers one by one. Below the diagonal they hold the reflections' vectors v, whose first
/// entry is 1; returns the weights τ of the reflections 1 − τ v vᵀ.
fn reduce_panel(panel: &mut [f64], height: usize) -> Vec<f64> {
    let mut weights = Vec::new();
    for k in 0..panel.len() / height {
        let (before, others) = panel.split_at_mut((k + 1) * height);
        let Some((head, tail)) = before[k * height + k..].split_first_mut() else {
            break;
        };
        let norm = tail.iter().map(|x| x * x).sum::<f64>().sqrt();
        if norm == 0.0 {
            weights.push(0.0);
            continue;
        }
        let length = -head.hypot(norm).copysign(*head);
        let weight = (length - *head) / length;
        let divisor = *head - length;
        tail.iter_mut().for_each(|x| *x /= divisor);
        *head = length;
        for other in others.chunks_exact_mut(height) {
            let Some((first, rest)) = other[k..].split_first_mut() else {
                break;
            };
            let along = weight * (*first + dot(tail, rest));
            *first -= along;
            for (x, v) in rest.iter_mut().zip(&*tail) {
                *x -= along * v;
            }
        }
        weights.push(weight);
    }
    weights
}

/// Sum of products in a fixed order, eight partial sums at a time.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest = a.remainder().iter().zip(b.remainder());
    let rest: f64 = rest.map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// The triangle T with 1 − V T Vᵀ the product of the reflections.
fn product_factor(vectors: MatRef<'_, f64>, weights: &[f64]) -> Mat<f64> {
    let width = weights.len();
    let mut gram = Mat::zeros(width, width);
    let transposed = vectors.transpose();
    matmul(
        &mut gram,
        Accum::Replace,
        transposed,
        vectors,
        1.0,
        Par::Seq,
    );
    let mut factor = Mat::zeros(width, width);
    for (j, weight) in weights.iter().enumerate() {
        for i in 0..j {
            let products = (i..j).map(|l| factor[(i, l)] * gram[(l, j)]);
            factor[(i, j)] = -weight * products.sum::<f64>();
        }
        factor[(j, j)] = *weight;
    }
    factor
}

/// C − V Tᵀ Vᵀ C.
fn reflect(vectors: MatRef<'_, f64>, factor: MatRef<'_, f64>, mut strip: MatMut<'_, f64>) {
    let (width, columns) = (factor.nrows(), strip.ncols());
    let mut along = Mat::zeros(width, columns);
    let mut turned = Mat::zeros(width, columns);
    let transposed = vectors.transpose();
    matmul(
        &mut along,
        Accum::Replace,
        transposed,
        strip.as_ref(),
        1.0,
        Par::Seq,
    );
    matmul(
        &mut turned,
        Accum::Replace,
        factor.transpose(),
        &along,
        1.0,
        Par::Seq,
    );
    matmul(strip.as_mut(), Accum::Add, vectors, &turned, -1.0, Par::Seq);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threads(number: usize) -> ThreadPool {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(number);
        pool.build().unwrap()
    }

    /// Triangle of the columns of a matrix.
    fn reduced(rows: &Mat<f64>, pool: &ThreadPool) -> Mat<f64> {
        let columns = (0..rows.ncols()).flat_map(|j| rows.col(j).iter().copied());
        triangle(columns.collect(), rows.nrows(), pool)
    }

    /// A matrix with singular values far apart, by a recurrence that knows no structure.
    fn rows(m: usize, n: usize) -> Mat<f64> {
        let mut state = 0.37_f64;
        Mat::from_fn(m, n, |_, j| {
            state = (state * 997.0 + 0.1234).fract();
            (state - 0.5) * 10f64.powi(-(j as i32 % 9))
        })
    }

    #[test]
    fn the_triangle_has_the_products_of_the_columns() {
        for (m, n) in [(5, 3), (60, 60), (200, 70), (20, 30)] {
            let before = rows(m, n);
            let triangle = reduced(&before, &threads(1));
            assert_eq!(triangle.nrows(), m.min(n));
            for (a, b) in (0..n).flat_map(|a| (0..n).map(move |b| (a, b))) {
                let product = before.col(a).transpose() * before.col(b);
                let reduced = triangle.col(a).transpose() * triangle.col(b);
                let size = before.col(a).norm_l2() * before.col(b).norm_l2();
                assert!(
                    (product - reduced).abs() <= 1e-13 * size,
                    "{m} x {n}: {a}, {b}"
                );
            }
        }
    }

    #[test]
    fn dependent_columns_keep_what_rounding_leaves_of_them() {
        let mut rows = rows(100, 40);
        for i in 0..100 {
            rows[(i, 39)] = rows[(i, 0)] + 1e-14 * rows[(i, 38)] * 1e2;
        }
        let last = reduced(&rows, &threads(1))[(39, 39)].abs();
        assert!(last > 0.0 && last < 1e-13, "{last:e}");
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        let rows = rows(300, 150);
        let (alone, shared) = (reduced(&rows, &threads(1)), reduced(&rows, &threads(3)));
        for j in 0..150 {
            for i in 0..=j {
                assert_eq!(alone[(i, j)].to_bits(), shared[(i, j)].to_bits());
            }
        }
    }
}
