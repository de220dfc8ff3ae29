//! Bodies inside closed surfaces of triangles.

mod closed;
#[cfg(test)]
mod tests;
mod tree;
mod triangle;

pub use triangle::{Point, Triangle};

use super::Shape;
use super::function::Frame;
use crate::digest::digest;
use crate::domain::Interval;
use pinn_expr::Expr;
use tree::Tree;

/// Interior of a closed surface of triangles.
///
/// Overlapping bodies are united. An inward-oriented surface inside another one bounds a cavity. A point
/// lies inside if the surface winds around it (Jacobson, Kavan & Sorkine-Hornung, *Robust inside-outside
/// segmentation using generalized winding numbers*, ACM Trans. Graph. 32, 2013).
#[derive(Clone, Debug)]
pub struct Mesh {
    tree: Tree,
    /// Area up to each triangle, inclusive.
    areas: Vec<f64>,
}

/// Reason why triangles enclose no body. Triangles count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MeshError {
    /// There are fewer than four triangles.
    #[error("a closed surface needs at least 4 triangles, found {found}")]
    TooFew {
        /// Number of triangles.
        found: usize,
    },
    /// A corner is not finite, or too large.
    #[error("triangle {number} has a corner that is not finite, or is too large")]
    NotFinite {
        /// Number of the triangle.
        number: usize,
    },
    /// The surface is not closed.
    #[error("the surface is not closed: it has {edges} open {}", if *.edges == 1 { "edge" } else { "edges" })]
    Open {
        /// Number of open edges.
        edges: usize,
    },
    /// Neighbouring triangles have different orientations.
    #[error(
        "the orientation of the surface is inconsistent: at {edges} edges both triangles have the edge in the same direction"
    )]
    Turned {
        /// Number of edges between such triangles.
        edges: usize,
    },
    /// The surface encloses no volume.
    #[error("the surface encloses no volume")]
    Flat,
}

impl Mesh {
    /// Creates a body from triangles in any order, all counterclockwise seen from outside or all clockwise.
    ///
    /// Corners that are one point must be equal to the last bit.
    ///
    /// # Errors
    /// If the surface is not closed, or encloses nothing.
    pub fn new(triangles: Vec<Triangle>) -> Result<Self, MeshError> {
        let tree = Tree::new(closed::closed(triangles)?);
        let mut area = 0.0;
        let areas = tree.triangles().iter().map(|t| {
            area += 0.5 * triangle::normal(t).norm();
            area
        });
        let areas = areas.collect();
        Ok(Mesh { tree, areas })
    }

    /// Number of triangles.
    pub fn triangles(&self) -> usize {
        self.areas.len()
    }
}

impl Shape for Mesh {
    fn dimensions(&self) -> usize {
        3
    }

    /// It is that of the nearest triangle; where bodies overlap, the nearest one may be inside the other body, and is
    /// no farther.
    fn distance(&self, point: &[f64]) -> f64 {
        let p = Point::new(point[0], point[1], point[2]);
        let distance = self.tree.distance(&p);
        match self.tree.winding(&p) {
            0 => distance,
            _ => -distance,
        }
    }

    /// The first number chooses the triangle, by area, and its remainder a place in it (Turk, *Generating random
    /// points in triangles*, Graphics Gems, 1990).
    fn surface(&self, unit: &[f64], point: &mut [f64], normal: &mut [f64]) {
        let last = self.areas.len() - 1;
        let at = unit[0] * self.areas[last];
        let number = self.areas.partition_point(|end| *end <= at).min(last);
        let start = if number == 0 {
            0.0
        } else {
            self.areas[number - 1]
        };
        let share = ((at - start) / (self.areas[number] - start)).clamp(0.0, 1.0);
        let own = &self.tree.triangles()[number];
        let (across, along) = (share.sqrt(), unit[1]);
        let [a, b, c] = own;
        let place = a + across * ((b - a) + along * (c - b));
        point.copy_from_slice(place.as_slice());
        normal.copy_from_slice(triangle::normal(own).normalize().as_slice());
    }

    /// There is none: an expression with a term for every triangle would be useless.
    fn function(&self, _frame: &mut Frame) -> Option<Expr> {
        None
    }

    fn extent(&self) -> Vec<Interval> {
        let (lower, upper) = self.tree.extent();
        let sides = lower.iter().zip(upper.iter());
        let sides = sides.map(|(lower, upper)| Interval {
            lower: *lower,
            upper: *upper,
        });
        sides.collect()
    }

    fn describe(&self) -> String {
        let corners = self.tree.triangles().iter().flatten();
        let digest = digest(corners.flat_map(|p| p.iter()));
        format!("{} triangles with digest {digest:016x}", self.triangles())
    }
}
