//! Gauss–Hermite quadrature.

use nalgebra::{DMatrix, SymmetricEigen};
use std::f64::consts::PI;

/// Nodes xᵢ and natural logarithms of weights wᵢ with ∫ exp(−x²) f(x) dx ≈ Σ wᵢ f(xᵢ); logarithms, because
/// the outer weights leave the range of numbers while f may make up for them.
///
/// Nodes start from the eigenvalues of the Jacobi matrix (Golub & Welsch, *Math. Comp.* 23, 1969) and are
/// polished by Newton's method on the orthonormal Hermite functions ψ, whose values also give the weights:
/// wᵢ = exp(−xᵢ²) / (n ψₙ₋₁(xᵢ)²) (Abramowitz & Stegun 25.4.46, in orthonormal form).
pub(super) fn gauss_hermite(n: usize) -> Vec<(f64, f64)> {
    let jacobi = DMatrix::from_fn(n, n, |i, j| {
        if i.abs_diff(j) == 1 {
            (0.5 * i.max(j) as f64).sqrt()
        } else {
            0.0
        }
    });
    let nodes = SymmetricEigen::new(jacobi).eigenvalues;
    let rule = nodes.iter().map(|start| {
        let mut x = *start;
        for _ in 0..3 {
            let (last, before) = hermite_functions(n, x);
            // ψₙ' = √(2n) ψₙ₋₁ − x ψₙ, and ψₙ vanishes at the node.
            x -= last / ((2.0 * n as f64).sqrt() * before - x * last);
        }
        let before = hermite_functions(n, x).1;
        (x, -x * x - (n as f64).ln() - 2.0 * before.abs().ln())
    });
    rule.collect()
}

/// ψₙ(x) and ψₙ₋₁(x) by their recurrence (DLMF 18.9.1 for orthonormal functions).
fn hermite_functions(n: usize, x: f64) -> (f64, f64) {
    let mut before = 0.0;
    let mut last = PI.powf(-0.25) * (-0.5 * x * x).exp();
    for k in 0..n {
        let k = k as f64;
        let next = (2.0 / (k + 1.0)).sqrt() * x * last - (k / (k + 1.0)).sqrt() * before;
        (before, last) = (last, next);
    }
    (last, before)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ∫ exp(−x²) x²ᵏ dx = Γ(k + ½); exact for degrees below 2n.
    #[test]
    fn moments_are_exact() {
        for n in [4, 40, 160] {
            let rule = gauss_hermite(n);
            let mut exact = PI.sqrt();
            for k in 0..n.min(40) {
                let found: f64 = rule
                    .iter()
                    .map(|(x, w)| w.exp() * x.powi(2 * k as i32))
                    .sum();
                assert!(
                    (found / exact - 1.0).abs() < 1e-11,
                    "{n} {k}: {found:e} {exact:e}"
                );
                exact *= k as f64 + 0.5;
            }
        }
    }
}
