//! Where a problem is posed: an interval or box in space, with or without time.

use serde::{Deserialize, Serialize};

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

/// An axis-parallel box; one interval per declared coordinate.
#[derive(Clone, PartialEq, Debug)]
pub struct Domain {
    pub intervals: Vec<Interval>,
    /// Which coordinate is time, if any. Its lower face carries initial conditions.
    pub time: Option<usize>,
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
    /// Value of the fixed coordinate on a face, SI base units.
    pub fn position(&self, face: Face) -> f64 {
        let interval = self.intervals[face.coordinate];
        match face.side {
            Side::Lower => interval.lower,
            Side::Upper => interval.upper,
        }
    }
}
