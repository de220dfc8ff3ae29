//! Values that rows of points have in addition to their places, such as measurements.
//!
//! In residuals they are further coordinates after those of the domain, without derivatives along them. Kernels and
//! engines read coordinates that the network does not have without change, so that residuals over row data compile,
//! nondimensionalize and train like all others.

use super::points::Points;
use pinn_expr::Real;
use pinn_units::{Affine, Declared, Dimensions, Kind, QuantityInfo, Scales};

/// Value per row: its declaration and scale.
#[derive(Clone, PartialEq, Debug)]
pub struct RowData {
    /// Declaration; the name is for printing residuals.
    pub info: QuantityInfo,
    /// Scale of the values.
    pub affine: Affine,
}

impl RowData {
    /// Component of the normal along a coordinate, `n_x`.
    pub fn component(along: &QuantityInfo) -> Self {
        RowData {
            info: QuantityInfo {
                name: format!("n_{}", along.name),
                dimensions: Dimensions::NONE,
                kind: Kind::Plain,
                quantity: String::new(),
            },
            affine: Affine::new(1.0, 0.0),
        }
    }

    /// Appends the values of rows to the quantities of a problem as further coordinates, and their scales.
    /// The first value is coordinate number `declared.coordinates.len()`.
    pub fn append(data: &[RowData], declared: &mut Declared, scales: &mut Scales) {
        for value in data {
            declared.coordinates.push(value.info.clone());
            scales.coordinates.push(value.affine);
        }
    }

    /// Creates points with one site at places, followed by values of rows: one column per coordinate, then one per
    /// value, all in SI base units and of one length.
    ///
    /// # Panics
    /// If there are more columns than scales.
    pub fn points<T: Real>(columns: &[&[f64]], scales: &Scales) -> Points<T> {
        let rows = columns.first().map_or(0, |column| column.len());
        let mut points = Points::new(1, columns.len(), rows);
        for (number, column) in columns.iter().enumerate() {
            let affine = scales.coordinates[number];
            for (to, si) in points.column_mut(0, number).iter_mut().zip(*column) {
                *to = T::from_f64(affine.to_dimensionless(*si));
            }
        }
        points
    }
}
