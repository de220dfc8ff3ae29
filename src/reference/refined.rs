//! References that are computed twice, the second time with fewer unknowns to show the error.

use super::Reference;
use pinn_expr::PointFunction;
use pinn_units::Declared;
use std::sync::OnceLock;

/// A solution over a plane, all quantities dimensionless.
pub(super) trait Plane: Send + Sync {
    /// Values of the fields at a point.
    fn at(&self, point: [f64; 2]) -> Vec<f64>;
}

/// A solution over a plane, computed when it is first asked for. The error of each field is its difference from a coarser
/// solution, several times the true one.
pub(super) struct Refined<S> {
    pub declared: Declared,
    pub fields: Vec<usize>,
    /// Description in one line.
    pub description: String,
    /// Solves with a number of unknowns along a side; with the numbers of the solution and of the coarser one.
    pub solve: Box<dyn Fn(usize) -> S + Send + Sync>,
    pub resolutions: [usize; 2],
    /// Points at which the two are compared.
    pub compared: Vec<[f64; 2]>,
    /// Coordinates of the plane in SI base units, and what one is of them.
    pub position: [PointFunction; 2],
    pub length: f64,
    /// Scale of each field; `offsets` holds its zero.
    pub scales: Vec<f64>,
    pub offsets: Vec<f64>,
    pub solved: OnceLock<(S, Vec<f64>)>,
}

impl<S: Plane> Refined<S> {
    fn solved(&self) -> &(S, Vec<f64>) {
        self.solved.get_or_init(|| {
            let [fine, coarse] = self.resolutions.map(&self.solve);
            let mut difference = vec![0.0; self.fields.len()];
            let mut size = vec![0.0; self.fields.len()];
            for point in &self.compared {
                let (a, b) = (fine.at(*point), coarse.at(*point));
                for k in 0..self.fields.len() {
                    difference[k] += (a[k] - b[k]).powi(2);
                    size[k] += a[k].powi(2);
                }
            }
            let errors = difference.iter().zip(&size).map(|(d, s)| (d / s).sqrt());
            (fine, errors.collect())
        })
    }
}

impl<S: Plane> Reference for Refined<S> {
    fn describe(&self) -> String {
        self.description.clone()
    }

    fn fields(&self) -> &[usize] {
        &self.fields
    }

    fn evaluate(&self, coordinates: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let [x, y] = self
            .position
            .each_ref()
            .map(|position| position.evaluate(coordinates).swap_remove(0));
        let solution = &self.solved().0;
        let values: Vec<Vec<f64>> = x
            .iter()
            .zip(&y)
            .map(|(x, y)| solution.at([x / self.length, y / self.length]))
            .collect();
        let column = |k: usize| {
            let scaled = values
                .iter()
                .map(|v| self.offsets[k] + self.scales[k] * v[k]);
            scaled.collect()
        };
        (0..self.fields.len()).map(column).collect()
    }

    fn errors(&self) -> Vec<f64> {
        self.solved().1.clone()
    }

    fn declared(&self) -> &Declared {
        &self.declared
    }
}
