//! Values that rows of points carry beside their places, such as what a sensor read there.
//!
//! In residuals they are further coordinates behind those of the domain, which nothing is differentiated along: kernels
//! and engines read coordinates that the network does not have as they are, so that residuals over row data compile,
//! nondimensionalise and train like all others.

use super::points::Points;
use pinn_expr::Real;
use pinn_units::{Affine, Declared, Dimensions, Kind, QuantityInfo, Scales};

/// One value per row: what it is, and how it becomes dimensionless.
#[derive(Clone, PartialEq, Debug)]
pub struct RowData {
    /// Its name is for printing residuals.
    pub info: QuantityInfo,
    pub affine: Affine,
}

impl RowData {
    /// The component of the normal along a coordinate, `n_x`.
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

    /// The quantities of a problem with values of rows as further coordinates, and their scales. The first value is
    /// coordinate number `declared.coordinates.len()`.
    pub fn append(data: &[RowData], declared: &mut Declared, scales: &mut Scales) {
        for value in data {
            declared.coordinates.push(value.info.clone());
            scales.coordinates.push(value.affine);
        }
    }

    /// Points with one site at places, with values of rows behind: one column per coordinate, then one per value, all in
    /// SI base units and of one length.
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
