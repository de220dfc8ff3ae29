//! Linear equations, put together element by element.

use faer::linalg::solvers::Solve;
use faer::sparse::{SparseColMat, Triplet};
use faer::{Mat, MatRef};

/// The linearised equations of some fields, one for every node at which a value is not held.
pub(super) struct System {
    /// Number of the unknown at every node of every field; `None` where the value is held.
    numbers: Vec<Vec<Option<usize>>>,
    entries: Vec<Triplet<usize, usize, f64>>,
    pub residual: Mat<f64>,
}

/// A field's number and the nodes of an element.
pub(super) type Block<'a> = (usize, &'a [usize]);

impl System {
    /// `held[f][node]`: whether the value is given.
    pub fn new(held: &[Vec<bool>]) -> Self {
        let mut count = 0;
        let numbers = held.iter().map(|nodes| {
            let number = nodes.iter().map(|held| {
                (!held).then(|| {
                    count += 1;
                    count - 1
                })
            });
            number.collect()
        });
        let numbers = numbers.collect();
        System {
            numbers,
            entries: Vec::new(),
            residual: Mat::zeros(count, 1),
        }
    }

    /// Adds an element's part of the derivatives of some equations by some unknowns.
    pub fn add(&mut self, rows: Block, columns: Block, part: MatRef<f64>) {
        for (j, column) in columns.1.iter().enumerate() {
            let Some(column) = self.numbers[columns.0][*column] else {
                continue;
            };
            for (i, row) in rows.1.iter().enumerate() {
                if let Some(row) = self.numbers[rows.0][*row] {
                    self.entries.push(Triplet::new(row, column, part[(i, j)]));
                }
            }
        }
    }

    /// Adds an element's part of the residuals.
    pub fn add_residual(&mut self, rows: Block, part: MatRef<f64>) {
        for (i, row) in rows.1.iter().enumerate() {
            if let Some(row) = self.numbers[rows.0][*row] {
                self.residual[(row, 0)] += part[(i, 0)];
            }
        }
    }

    /// Newton's step for the values of every field. It is NaN where the equations have no solution.
    pub fn step(&self) -> Vec<Vec<f64>> {
        let count = self.residual.nrows();
        let matrix = SparseColMat::<usize, f64>::try_new_from_triplets(count, count, &self.entries);
        let factors = matrix.ok().and_then(|matrix| matrix.sp_lu().ok());
        let solution = factors.map(|factors| factors.solve(&self.residual));
        let step = |number: &Option<usize>| match (number, &solution) {
            (None, _) => 0.0,
            (Some(number), Some(solution)) => -solution[(*number, 0)],
            (Some(_), None) => f64::NAN,
        };
        let fields = self.numbers.iter();
        fields
            .map(|field| field.iter().map(step).collect())
            .collect()
    }
}
