//! Points at which residuals are evaluated.

use pinn_expr::Real;
use std::sync::atomic::{AtomicU64, Ordering};

/// Rows of points in dimensionless coordinates.
///
/// A row holds one point per *site*. Column `site * coordinates + coordinate` is contiguous and has one entry
/// per row.
///
/// Rows that are not spread evenly over the domain carry a measure, so that means over them are means over
/// the domain. Each residual may also have a weight of its own for every row. Weights count in the optimised
/// loss, but not in the reported one.
#[derive(Clone, Debug)]
pub struct Points<T> {
    stamp: Stamp,
    sites: usize,
    coordinates: usize,
    rows: usize,
    data: Vec<T>,
    /// Measure of every row; if empty, all are one.
    measure: Vec<T>,
    /// Weights including the measure; if empty, all are one.
    weights: Vec<T>,
}

/// Stamp of a set of points: two sets with the same stamp are equal.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Stamp(u64);

impl Stamp {
    /// Creates a new stamp.
    fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Stamp(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

/// Compares contents, not stamps.
impl<T: PartialEq> PartialEq for Points<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.sites, self.coordinates, self.rows) == (other.sites, other.coordinates, other.rows)
            && self.data == other.data
            && self.measure == other.measure
            && self.weights == other.weights
    }
}

impl<T: Real> Points<T> {
    /// Creates points at zero, without measure and weights.
    pub fn new(sites: usize, coordinates: usize, rows: usize) -> Self {
        Points {
            stamp: Stamp::new(),
            sites,
            coordinates,
            rows,
            data: vec![T::ZERO; sites * coordinates * rows],
            measure: Vec::new(),
            weights: Vec::new(),
        }
    }

    /// Points with one site whose first coordinates are those of others, and whose further ones are zero.
    ///
    /// # Panics
    /// If there are fewer coordinates than the others have.
    pub fn extended(of: &Points<f64>, coordinates: usize) -> Self {
        let mut points = Points::new(1, coordinates, of.rows);
        for c in 0..of.coordinates {
            let to = points.column_mut(0, c).iter_mut();
            for (to, from) in to.zip(of.column(0, c)) {
                *to = T::from_f64(*from);
            }
        }
        points
    }

    /// Stamp of these points, which changes with every modification.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Number of sites per row.
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// Number of coordinates per site.
    pub fn coordinates(&self) -> usize {
        self.coordinates
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Coordinate of a site, one number per row.
    ///
    /// # Panics
    /// If there is no such site or coordinate.
    pub fn column(&self, site: usize, coordinate: usize) -> &[T] {
        let column = site * self.coordinates + coordinate;
        &self.data[column * self.rows..][..self.rows]
    }

    /// Coordinate of a site for writing, one number per row. Renews the stamp.
    ///
    /// # Panics
    /// If there is no such site or coordinate.
    pub fn column_mut(&mut self, site: usize, coordinate: usize) -> &mut [T] {
        self.stamp = Stamp::new();
        let column = site * self.coordinates + coordinate;
        &mut self.data[column * self.rows..][..self.rows]
    }

    /// Reciprocal of the density at every row, with a mean about one; `None` if rows are spread evenly.
    ///
    /// Means of squares weight rows by it.
    pub fn measure(&self) -> Option<&[T]> {
        match self.measure.is_empty() {
            true => None,
            false => Some(&self.measure),
        }
    }

    /// Sets the measure, one number for every row or no numbers, for a number of residuals. Weights become ones.
    pub fn spread(&mut self, measure: Vec<T>, residuals: usize) {
        self.stamp = Stamp::new();
        self.weights = measure.repeat(residuals);
        self.measure = measure;
    }

    /// Weights in the optimised loss, the measure included, at index `residual · rows + row`; `None` if all
    /// are one.
    pub fn weights(&self) -> Option<&[T]> {
        match self.weights.is_empty() {
            true => None,
            false => Some(&self.weights),
        }
    }

    /// Sets the weights in addition to the measure, one for every residual and row. An empty iterator means ones.
    pub fn weigh(&mut self, weights: impl Iterator<Item = T>) {
        self.stamp = Stamp::new();
        let residuals = self.weights.len() / self.rows.max(1);
        self.weights.clear();
        self.weights.extend(weights);
        if self.weights.is_empty() {
            self.weights = self.measure.repeat(residuals);
            return;
        }
        for (weight, measure) in self.weights.iter_mut().zip(self.measure.iter().cycle()) {
            *weight *= *measure;
        }
    }

    /// Copies some of the rows to a set of their own.
    ///
    /// # Panics
    /// If there are no such rows.
    pub fn range(&self, rows: std::ops::Range<usize>) -> Self {
        let mut part = Points::new(self.sites, self.coordinates, 0);
        part.copy_rows(self, rows);
        part
    }

    /// Replaces the rows by some rows of another set, with their weights, and reuses the memory.
    ///
    /// # Panics
    /// If there are no such rows.
    pub fn copy_rows(&mut self, from: &Self, rows: std::ops::Range<usize>) {
        self.stamp = Stamp::new();
        (self.sites, self.coordinates, self.rows) = (from.sites, from.coordinates, rows.len());
        let cut = |to: &mut Vec<T>, columns: &[T]| {
            to.clear();
            for column in columns.chunks_exact(from.rows.max(1)) {
                to.extend_from_slice(&column[rows.clone()]);
            }
        };
        cut(&mut self.data, &from.data);
        cut(&mut self.measure, &from.measure);
        cut(&mut self.weights, &from.weights);
    }

    /// Copies these rows, in this order, without measure and weights.
    ///
    /// # Panics
    /// If there are no such rows.
    pub fn select(&self, rows: &[usize]) -> Self {
        let columns = self.data.chunks_exact(self.rows.max(1));
        let chosen = columns.flat_map(|column| rows.iter().map(|row| column[*row]));
        Points {
            stamp: Stamp::new(),
            rows: rows.len(),
            data: chosen.collect(),
            measure: Vec::new(),
            weights: Vec::new(),
            ..*self
        }
    }

    /// Joins the rows of both, without measure and weights.
    ///
    /// # Panics
    /// If the two differ in sites or coordinates.
    pub fn join(&self, more: &Self) -> Self {
        assert_eq!(
            (self.sites, self.coordinates),
            (more.sites, more.coordinates)
        );
        let columns = |points: &Self| points.sites * points.coordinates;
        let column =
            |points: &Self, c: usize| points.data[c * points.rows..][..points.rows].to_vec();
        let both = (0..columns(self)).flat_map(|c| [column(self, c), column(more, c)].concat());
        Points {
            stamp: Stamp::new(),
            rows: self.rows + more.rows,
            data: both.collect(),
            measure: Vec::new(),
            weights: Vec::new(),
            ..*self
        }
    }

    /// Concatenated columns.
    pub fn values(&self) -> &[T] {
        &self.data
    }

    /// Points with the same sites and coordinates and other rows, in the layout of [`Points::values`].
    ///
    /// Returns `None` if the numbers do not fill whole rows.
    pub fn with_values(&self, values: &[T]) -> Option<Self> {
        let columns = self.sites * self.coordinates;
        let whole = columns > 0 && !values.is_empty() && values.len().is_multiple_of(columns);
        whole.then(|| Points {
            stamp: Stamp::new(),
            rows: values.len() / columns,
            data: values.to_vec(),
            measure: Vec::new(),
            weights: Vec::new(),
            ..*self
        })
    }

    /// Copies the points of one row to a set of their own.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> Self {
        self.range(row..row + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_taken_and_joined_column_by_column() {
        let mut points = Points::<f64>::new(1, 2, 3);
        points.column_mut(0, 0).copy_from_slice(&[0.0, 1.0, 2.0]);
        points.column_mut(0, 1).copy_from_slice(&[5.0, 6.0, 7.0]);
        let some = points.select(&[2, 0]);
        assert_eq!(
            (some.column(0, 0), some.column(0, 1)),
            (&[2.0, 0.0][..], &[7.0, 5.0][..])
        );
        let all = points.join(&some);
        assert_eq!(all.column(0, 1), [5.0, 6.0, 7.0, 7.0, 5.0]);
        assert_eq!(points.with_values(all.values()), Some(all));
        assert_eq!(points.with_values(&[1.0; 5]), None);
        assert_eq!(points.with_values(&[]), None);
    }

    #[test]
    fn stamps_change_with_what_they_stand_for() {
        let mut points = Points::<f64>::new(1, 2, 3);
        let mut changes = |change: fn(&mut Points<f64>)| {
            let before = (points.stamp(), points.clone());
            assert_eq!(before.1.stamp(), before.0);
            change(&mut points);
            assert_ne!(points.stamp(), before.0);
        };
        changes(|points| points.column_mut(0, 1)[2] = 5.0);
        changes(|points| points.spread(vec![0.5, 1.5, 1.0], 2));
        changes(|points| points.weigh([2.0; 6].into_iter()));
        changes(|points| points.copy_rows(&Points::new(1, 1, 2), 0..1));
        let others = [
            points.select(&[0]),
            points.row(0),
            points.join(&points),
            points.with_values(points.values()).expect("one row"),
        ];
        for (n, other) in others.iter().enumerate() {
            assert_ne!(other.stamp(), points.stamp());
            assert!(others[..n].iter().all(|o| o.stamp() != other.stamp()));
        }
        assert_eq!(others[0], points.select(&[0]));
    }

    #[test]
    fn weights_multiply_the_measure() {
        let mut points = Points::<f64>::new(1, 1, 2);
        assert_eq!((points.measure(), points.weights()), (None, None));
        points.spread(vec![0.5, 1.5], 2);
        assert_eq!(points.weights(), Some(&[0.5, 1.5, 0.5, 1.5][..]));
        points.weigh([2.0, 1.0, 1.0, 4.0].into_iter());
        assert_eq!(points.weights(), Some(&[1.0, 1.5, 0.5, 6.0][..]));
        assert_eq!(points.range(1..2).weights(), Some(&[1.5, 6.0][..]));
        points.weigh(std::iter::empty());
        assert_eq!(points.weights(), Some(&[0.5, 1.5, 0.5, 1.5][..]));
        assert_eq!(points.measure(), Some(&[0.5, 1.5][..]));
        points.spread(Vec::new(), 2);
        assert_eq!((points.measure(), points.weights()), (None, None));
    }
}
