//! Parts of the boundary on which conditions hold.

use super::domain::Face;
use super::reference::PointFunction;
use std::sync::Arc;

/// Part of the boundary: a face of the domain or the surface of a shape, as far as it bounds the region and all
/// inequalities hold.
#[derive(Clone, Debug)]
pub struct Place {
    pub boundary: Boundary,
    pub within: Vec<Inequality>,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Boundary {
    /// Also the first instant, a face across time.
    Face(Face),
    /// Number of a shape of the domain's geometry.
    Shape(usize),
}

/// What a predicate compares.
#[derive(Clone, Debug)]
pub struct Inequality {
    /// As people wrote it, for reports and comparisons.
    pub text: String,
    /// Positive where it holds; over coordinates in SI base units.
    pub function: Arc<PointFunction>,
}

impl From<Face> for Place {
    fn from(face: Face) -> Self {
        Place {
            boundary: Boundary::Face(face),
            within: Vec::new(),
        }
    }
}

impl Place {
    /// The face that it lies on.
    pub fn face(&self) -> Option<Face> {
        match self.boundary {
            Boundary::Face(face) => Some(face),
            Boundary::Shape(_) => None,
        }
    }

    /// The face, if all of it is meant.
    pub fn whole_face(&self) -> Option<Face> {
        self.face().filter(|_| self.within.is_empty())
    }
}
