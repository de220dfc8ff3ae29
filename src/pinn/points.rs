//! Points at which residuals are evaluated.

use crate::expr::Real;

/// Rows of points in dimensionless coordinates. A row holds one point per *site*; column
/// `site * coordinates + coordinate` is contiguous and has one entry per row.
#[derive(Clone, Debug, PartialEq)]
pub struct Points<T> {
    sites: usize,
    coordinates: usize,
    rows: usize,
    data: Vec<T>,
}

impl<T: Real> Points<T> {
    pub fn new(sites: usize, coordinates: usize, rows: usize) -> Self {
        Points {
            sites,
            coordinates,
            rows,
            data: vec![T::ZERO; sites * coordinates * rows],
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

    /// Some of the rows, as a set of its own.
    ///
    /// # Panics
    /// If there are no such rows.
    pub fn range(&self, rows: std::ops::Range<usize>) -> Self {
        let columns = self.data.chunks_exact(self.rows.max(1));
        Points {
            rows: rows.len(),
            data: columns.flat_map(|c| &c[rows.clone()]).copied().collect(),
            ..*self
        }
    }

    /// The points of one row, as a set of its own.
    pub fn row(&self, row: usize) -> Self {
        Points {
            rows: 1,
            data: self
                .data
                .iter()
                .skip(row)
                .step_by(self.rows)
                .copied()
                .collect(),
            ..*self
        }
    }
}
