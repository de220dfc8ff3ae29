//! Polynomials by their values at Chebyshev's points of the unit interval.

use faer::Mat;
use std::f64::consts::PI;

/// The n + 1 points (1 − cos πj/n) / 2, and derivatives of the polynomial through values there.
pub(super) struct Points {
    pub nodes: Vec<f64>,
    /// Barycentric weights (Berrut & Trefethen, *SIAM Review* 46, 2004, eq. 5.4).
    weights: Vec<f64>,
    /// Matrices of the first four derivatives.
    pub derivatives: [Mat<f64>; 4],
}

impl Points {
    pub fn new(n: usize) -> Self {
        let nodes: Vec<f64> = (0..=n)
            .map(|j| (0.5 * PI * j as f64 / n as f64).sin().powi(2))
            .collect();
        let weight = |j: usize| {
            let end = if j == 0 || j == n { 0.5 } else { 1.0 };
            if j.is_multiple_of(2) { end } else { -end }
        };
        let weights: Vec<f64> = (0..=n).map(weight).collect();
        let mut below = Mat::<f64>::identity(n + 1, n + 1);
        let derivatives = [1.0, 2.0, 3.0, 4.0].map(|order| {
            below = next_derivative(&nodes, &weights, &below, order);
            below.clone()
        });
        Points {
            nodes,
            weights,
            derivatives,
        }
    }

    /// Factors of the values at the nodes in the value at `x`.
    pub fn interpolation(&self, x: f64) -> Vec<f64> {
        if let Some(hit) = self.nodes.iter().position(|node| *node == x) {
            return (0..self.nodes.len())
                .map(|j| f64::from(u8::from(j == hit)))
                .collect();
        }
        let terms = self.nodes.iter().zip(&self.weights);
        let terms: Vec<f64> = terms.map(|(node, w)| w / (x - node)).collect();
        let sum: f64 = terms.iter().sum();
        terms.iter().map(|term| term / sum).collect()
    }
}

/// The matrix of derivative `order` from that of the one below (Welfert, *SIAM J. Numer. Anal.* 34, 1997, eq. 9), with
/// rows that sum up to zero (Baltensperger & Trummer, *SIAM J. Sci. Comput.* 24, 2003).
fn next_derivative(nodes: &[f64], weights: &[f64], below: &Mat<f64>, order: f64) -> Mat<f64> {
    let n = nodes.len();
    let mut matrix = Mat::from_fn(n, n, |i, j| match i == j {
        true => 0.0,
        false => {
            let inner = weights[j] / weights[i] * below[(i, i)] - below[(i, j)];
            order / (nodes[i] - nodes[j]) * inner
        }
    });
    for i in 0..n {
        matrix[(i, i)] = -(0..n).map(|j| matrix[(i, j)]).sum::<f64>();
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_exact() {
        let points = Points::new(8);
        let power = |x: f64| x.powi(6);
        let values: Vec<f64> = points.nodes.iter().map(|x| power(*x)).collect();
        for x in [0.0, 0.3, 0.77, 1.0] {
            let factors = points.interpolation(x);
            let found: f64 = factors.iter().zip(&values).map(|(f, v)| f * v).sum();
            assert!((found - power(x)).abs() < 1e-14, "{x}: {found}");
        }
        let mut factor = 1.0;
        for (order, matrix) in points.derivatives.iter().enumerate() {
            factor *= 6.0 - order as f64;
            for (i, x) in points.nodes.iter().enumerate() {
                let found: f64 = (0..values.len()).map(|j| matrix[(i, j)] * values[j]).sum();
                let exact = factor * x.powi(5 - order as i32);
                assert!((found - exact).abs() < 1e-9, "{order} {x}: {found} {exact}");
            }
        }
    }
}
