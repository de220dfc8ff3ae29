//! Polynomials on the unit square, at points of a quadrature.

use crate::chebyshev::Points;
use faer::Mat;
use nalgebra::{DMatrix, SymmetricEigen};

/// Nodes and weights with ∫₀¹ f ≈ Σ wᵢ f(xᵢ), exact up to degree 2n − 1: eigenvalues of Legendre's Jacobi matrix, and
/// weights from the first components of its eigenvectors (Golub & Welsch, *Math. Comp.* 23, 1969).
pub(super) fn gauss_legendre(n: usize) -> Vec<(f64, f64)> {
    let jacobi = DMatrix::from_fn(n, n, |i, j| {
        let k = i.max(j) as f64;
        match i.abs_diff(j) {
            1 => k / (4.0 * k * k - 1.0).sqrt(),
            _ => 0.0,
        }
    });
    let eigen = SymmetricEigen::new(jacobi);
    let nodes = eigen.eigenvalues.iter().enumerate();
    nodes
        .map(|(i, x)| (0.5 * (1.0 + x), eigen.eigenvectors[(0, i)].powi(2)))
        .collect()
}

/// Products of Lagrange's polynomials along both sides, one column each in the order of
/// [`Mesh::number`](super::mesh::Mesh::number), at the points of a quadrature, one row each.
pub(super) struct Basis {
    pub points: Points,
    pub value: Mat<f64>,
    /// Derivatives along both sides.
    pub along: [Mat<f64>; 2],
}

impl Basis {
    pub fn new(degree: usize, rule: &[(f64, f64)]) -> Self {
        let points = Points::new(degree);
        let side = degree + 1;
        let value: Vec<Vec<f64>> = rule.iter().map(|(x, _)| points.interpolation(*x)).collect();
        let derivative = &points.derivatives[0];
        let slope = |row: &Vec<f64>, j: usize| -> f64 {
            let terms = row.iter().enumerate();
            terms.map(|(k, factor)| factor * derivative[(k, j)]).sum()
        };
        let slopes = |row: &Vec<f64>| (0..side).map(|j| slope(row, j)).collect();
        let slope: Vec<Vec<f64>> = value.iter().map(slopes).collect();
        let product = |s: &[Vec<f64>], t: &[Vec<f64>]| {
            let n = rule.len();
            Mat::from_fn(n * n, side * side, |q, b| {
                s[q / n][b / side] * t[q % n][b % side]
            })
        };
        Basis {
            value: product(&value, &value),
            along: [product(&slope, &value), product(&value, &slope)],
            points,
        }
    }

    /// Factors of the values at an element's nodes in the value at a place.
    pub fn interpolation(&self, place: [f64; 2]) -> Vec<f64> {
        let [s, t] = place.map(|c| self.points.interpolation(c));
        s.iter()
            .flat_map(|a| t.iter().map(move |b| a * b))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_integrated_exactly() {
        let rule = gauss_legendre(12);
        for k in 0..24 {
            let found: f64 = rule.iter().map(|(x, w)| w * x.powi(k)).sum();
            assert!((found * f64::from(k + 1) - 1.0).abs() < 1e-13, "{k}");
        }
    }

    #[test]
    fn polynomials_and_their_slopes_are_exact() {
        let rule = gauss_legendre(4);
        let basis = Basis::new(5, &rule);
        let nodes = &basis.points.nodes;
        let f = |s: f64, t: f64| s.powi(5) * t.powi(2);
        let values: Vec<f64> = nodes
            .iter()
            .flat_map(|s| nodes.iter().map(move |t| f(*s, *t)))
            .collect();
        for (q, (s, t)) in rule
            .iter()
            .flat_map(|(s, _)| rule.iter().map(move |(t, _)| (*s, *t)))
            .enumerate()
        {
            let sum = |m: &Mat<f64>| -> f64 {
                let terms = values.iter().enumerate();
                terms.map(|(b, v)| m[(q, b)] * v).sum()
            };
            let slopes = [5.0 * s.powi(4) * t * t, 2.0 * s.powi(5) * t];
            assert!((sum(&basis.value) - f(s, t)).abs() < 1e-13);
            for (found, exact) in basis.along.iter().map(sum).zip(slopes) {
                assert!((found - exact).abs() < 1e-12, "{found} {exact}");
            }
        }
    }
}
