//! Cholesky's factor and JᵀJ in faer and in nalgebra: why the second-order methods use the one and not the other.
//!
//! `cargo bench --bench linear_algebra` prints medians of five runs in turns, on one thread.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par, Side};
use nalgebra::DMatrix;
use std::hint::black_box;
use std::time::Instant;

const RUNS: usize = 5;
/// Rows of J beside the columns.
const ROWS: usize = 2048;

fn seconds(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn row(name: &str, n: usize, mut faer: impl FnMut(), mut nalgebra: impl FnMut()) {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        a.push(seconds(&mut faer));
        b.push(seconds(&mut nalgebra));
    }
    let (a, b) = (median(a), median(b));
    println!(
        "{name:<10} {n:>6} {:>10.4} s {:>10.4} s {:>7.1}",
        a,
        b,
        b / a
    );
}

fn main() {
    println!(
        "{:<10} {:>6} {:>12} {:>12} {:>7}",
        "what", "order", "faer", "nalgebra", "ratio"
    );
    for n in [257, 921, 2000] {
        // Smooth, without structure.
        let entry = |i: usize, j: usize| ((i * 31 + j * 17) as f64).sin();
        let (f, d) = (
            Mat::from_fn(ROWS, n, entry),
            DMatrix::from_fn(ROWS, n, entry),
        );
        let mut product = Mat::zeros(n, n);
        row(
            "gram",
            n,
            || {
                matmul(
                    &mut product,
                    Accum::Replace,
                    f.transpose(),
                    &f,
                    1.0,
                    Par::Seq,
                )
            },
            || drop(black_box(d.tr_mul(&d))),
        );
        let positive = |i: usize, j: usize| {
            if i == j {
                n as f64
            } else {
                entry(i.max(j), i.min(j))
            }
        };
        let (f, d) = (
            Mat::from_fn(n, n, positive),
            DMatrix::from_fn(n, n, positive),
        );
        row(
            "cholesky",
            n,
            || drop(black_box(f.llt(Side::Lower))),
            || drop(black_box(d.clone().cholesky())),
        );
    }
}
