//! Where a problem is posed: an interval or box in space, or a region inside of it, with or without time.

use crate::Geometry;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Closed interval of one coordinate, SI base units.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Interval {
    pub lower: f64,
    pub upper: f64,
}

impl Interval {
    pub fn length(self) -> f64 {
        self.upper - self.lower
    }
}

/// An axis-parallel box, one interval per declared coordinate, or a region inside of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Domain {
    pub intervals: Vec<Interval>,
    /// Which coordinate is time, if any. Its lower face carries initial conditions.
    pub time: Option<usize>,
    /// The region, if it is not all of the box.
    pub geometry: Option<Arc<Geometry>>,
}

/// One face of a [`Domain`].
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Face {
    pub coordinate: usize,
    pub side: Side,
}

#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Lower,
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
    /// The face at the other end of the same coordinate.
    pub fn opposite(self) -> Face {
        let side = match self.side {
            Side::Lower => Side::Upper,
            Side::Upper => Side::Lower,
        };
        Face { side, ..self }
    }
}

impl Domain {
    /// For points in SI base units, one column per coordinate: which of them lie in the closed region.
    pub fn inside(&self, coordinates: &[Vec<f64>]) -> Vec<bool> {
        let rows = coordinates.first().map_or(0, Vec::len);
        match &self.geometry {
            None => vec![true; rows],
            Some(geometry) => rows_that(coordinates, |at| geometry.contains(at)),
        }
    }

    /// The same for the union of parts of the region.
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
