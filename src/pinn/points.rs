//! Points at which residuals are evaluated.

use crate::expr::Real;

/// Rows of points in dimensionless coordinates. A row holds one point per *site*; column
/// `site * coordinates + coordinate` is contiguous and has one entry per row.
///
/// Each residual may weigh every row on its own, in what is optimised and not in what is reported.
#[derive(Clone, Debug, PartialEq)]
pub struct Points<T> {
    sites: usize,
    coordinates: usize,
    rows: usize,
    data: Vec<T>,
    /// Empty: all are one.
    weights: Vec<T>,
}

impl<T: Real> Points<T> {
    pub fn new(sites: usize, coordinates: usize, rows: usize) -> Self {
        Points {
            sites,
            coordinates,
            rows,
            data: vec![T::ZERO; sites * coordinates * rows],
            weights: Vec::new(),
        }
    }

    pub fn sites(&self) -> usize {
        self.sites
    }

    pub fn coordinates(&self) -> usize {
        self.coordinates
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn column(&self, site: usize, coordinate: usize) -> &[T] {
        let column = site * self.coordinates + coordinate;
        &self.data[column * self.rows..][..self.rows]
    }

    pub fn column_mut(&mut self, site: usize, coordinate: usize) -> &mut [T] {
        let column = site * self.coordinates + coordinate;
        &mut self.data[column * self.rows..][..self.rows]
    }

    /// Weights in the optimised loss, number `residual · rows + row`; `None` if all are one.
    pub fn weights(&self) -> Option<&[T]> {
        match self.weights.is_empty() {
            true => None,
            false => Some(&self.weights),
        }
    }

    /// Sets the weights, one for every residual and row; none at all stand for ones.
    pub fn weigh(&mut self, weights: impl Iterator<Item = T>) {
        self.weights.clear();
        self.weights.extend(weights);
    }

    /// Some of the rows, as a set of its own.
    ///
    /// # Panics
    /// If there are no such rows.
    pub fn range(&self, rows: std::ops::Range<usize>) -> Self {
        let mut part = Points::new(self.sites, self.coordinates, 0);
        part.copy_rows(self, rows);
        part
    }

    /// Takes over some rows of another set, with their weights, in the memory that is there.
    ///
    /// # Panics
    /// If there are no such rows.
    pub fn copy_rows(&mut self, from: &Self, rows: std::ops::Range<usize>) {
        (self.sites, self.coordinates, self.rows) = (from.sites, from.coordinates, rows.len());
        let cut = |to: &mut Vec<T>, columns: &[T]| {
            to.clear();
            for column in columns.chunks_exact(from.rows.max(1)) {
                to.extend_from_slice(&column[rows.clone()]);
            }
        };
        cut(&mut self.data, &from.data);
        cut(&mut self.weights, &from.weights);
    }

    /// The points of one row, as a set of its own.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> Self {
        self.range(row..row + 1)
    }
}
