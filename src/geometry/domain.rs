//! Domain of a problem: an interval or box in space, or a region inside it, with or without time.

use crate::Geometry;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Closed interval of one coordinate, SI base units.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

impl Interval {
    /// Distance of the ends.
    pub fn length(self) -> f64 {
        self.upper - self.lower
    }
}

/// Axis-parallel box with one interval per declared coordinate, or a region inside it.
///
/// ```
/// use pinn_geometry::domain::{Domain, Face, Interval, Side};
///
/// let minute = Interval { lower: 0.0, upper: 60.0 };
/// let rod = Interval { lower: 0.0, upper: 0.01 };
/// let domain = Domain { intervals: vec![minute, rod], time: Some(0), geometry: None };
/// let end = Face { coordinate: 1, side: Side::Upper };
/// assert_eq!(domain.position(end), 0.01);
/// assert_eq!(domain.position(end.opposite()), 0.0);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Domain {
    /// Intervals of the box, one per declared coordinate.
    pub intervals: Vec<Interval>,
    /// Number of the time coordinate, if any. Its lower face carries initial conditions.
    pub time: Option<usize>,
    /// Region inside the box; `None` if the domain is the whole box.
    pub geometry: Option<Arc<Geometry>>,
}

/// Face of a [`Domain`].
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Face {
    /// Number of the coordinate that is fixed on the face.
    pub coordinate: usize,
    /// End of that coordinate's interval.
    pub side: Side,
}

/// End of an interval.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Lower end.
    Lower,
    /// Upper end.
    Upper,
}

impl Side {
    /// Component of the outward normal along the face's coordinate.
    pub fn outward(self) -> f64 {
        match self {
            Side::Lower => -1.0,
            Side::Upper => 1.0,
        }
    }
}

impl Face {
    /// Face at the other end of the same coordinate.
    pub fn opposite(self) -> Face {
        let side = match self.side {
            Side::Lower => Side::Upper,
            Side::Upper => Side::Lower,
        };
        Face { side, ..self }
    }
}

impl Domain {
    /// Tests which points lie in the closed region. Points are in SI base units, one column per coordinate.
    pub fn inside(&self, coordinates: &[Vec<f64>]) -> Vec<bool> {
        let rows = coordinates.first().map_or(0, Vec::len);
        match &self.geometry {
            None => vec![true; rows],
            Some(geometry) => rows_that(coordinates, |at| geometry.contains(at)),
        }
    }

    /// Tests which points lie in the union of these parts of the region.
    pub fn inside_parts(&self, parts: &[usize], coordinates: &[Vec<f64>]) -> Vec<bool> {
        match &self.geometry {
            None => self.inside(coordinates),
            Some(geometry) => rows_that(coordinates, |at| {
                parts.iter().any(|part| geometry.part_contains(*part, at))
            }),
        }
    }

    /// Value of the fixed coordinate on a face, SI base units.
    pub fn position(&self, face: Face) -> f64 {
        let interval = self.intervals[face.coordinate];
        match face.side {
            Side::Lower => interval.lower,
            Side::Upper => interval.upper,
        }
    }
}

fn rows_that(coordinates: &[Vec<f64>], holds: impl Fn(&[f64]) -> bool + Sync) -> Vec<bool> {
    let rows = coordinates.first().map_or(0, Vec::len);
    let at = |row: usize| coordinates.iter().map(|c| c[row]).collect::<Vec<_>>();
    let rows = (0..rows).into_par_iter();
    rows.map(|row| holds(&at(row))).collect()
}
