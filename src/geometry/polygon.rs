//! Polygons.

use super::Shape;
use super::function::{Frame, conjunction, equivalence, trimmed};
use crate::domain::Interval;
use pinn_expr::Expr;

/// Maximum number of corners of a polygon with a smooth function, which takes about twenty operations for
/// each.
pub const MAX_CORNERS: usize = 64;

/// Interior of a closed chain of edges that meet only at their ends.
#[derive(Clone, PartialEq, Debug)]
pub struct Polygon {
    /// Corners, counterclockwise.
    corners: Vec<[f64; 2]>,
    /// Length of the chain up to the end of each edge.
    lengths: Vec<f64>,
}

/// Reason why corners do not form a polygon. Corners and edges count from 1.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PolygonError {
    /// There are fewer than three corners.
    #[error("a polygon needs at least 3 corners, found {found}")]
    TooFew {
        /// Number of corners.
        found: usize,
    },
    /// Two corners are one point.
    #[error("the corners {first} and {second} of the polygon are the same point")]
    Twice {
        /// Number of the first corner.
        first: usize,
        /// Number of the second corner.
        second: usize,
    },
    /// Two edges meet.
    #[error("the edges after corners {first} and {second} of the polygon cross")]
    Crossing {
        /// Number of the first edge.
        first: usize,
        /// Number of the second edge.
        second: usize,
    },
}

type Point = [f64; 2];

fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1]]
}

fn cross(a: Point, b: Point) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

fn dot(a: Point, b: Point) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

/// Vector from a segment's nearest point to `p`.
fn away(p: Point, [a, b]: [Point; 2]) -> Point {
    let (along, from) = (minus(b, a), minus(p, a));
    let share = (dot(from, along) / dot(along, along)).clamp(0.0, 1.0);
    minus(from, [share * along[0], share * along[1]])
}

/// Returns true if two segments have a point in common.
fn meet(one: [Point; 2], other: [Point; 2]) -> bool {
    let side = |s: [Point; 2], p: Point| cross(minus(s[1], s[0]), minus(p, s[0]));
    let apart = |s: [Point; 2], t: [Point; 2]| side(s, t[0]) * side(s, t[1]) < 0.0;
    let touches = |s: [Point; 2], p: Point| away(p, s) == [0.0, 0.0];
    (apart(one, other) && apart(other, one))
        || other.iter().any(|p| touches(one, *p))
        || one.iter().any(|p| touches(other, *p))
}

impl Polygon {
    /// Creates a polygon from its corners, clockwise or counterclockwise.
    ///
    /// # Errors
    /// If there are fewer than three corners, two of them are equal, or edges cross.
    pub fn new(mut corners: Vec<[f64; 2]>) -> Result<Self, PolygonError> {
        let count = corners.len();
        if count < 3 {
            return Err(PolygonError::TooFew { found: count });
        }
        let edge = |i: usize| [corners[i], corners[(i + 1) % count]];
        for second in 0..count {
            for first in 0..second {
                if corners[first] == corners[second] {
                    return Err(PolygonError::Twice {
                        first: first + 1,
                        second: second + 1,
                    });
                }
            }
        }
        for second in 0..count {
            for first in 0..second {
                let (one, other) = (edge(first), edge(second));
                // Neighbours share a corner; the far ends must not lie on the other edge.
                let crossing = if second == first + 1 {
                    away(other[1], one) == [0.0; 2] || away(one[0], other) == [0.0; 2]
                } else if first == 0 && second + 1 == count {
                    away(other[0], one) == [0.0; 2] || away(one[1], other) == [0.0; 2]
                } else {
                    meet(one, other)
                };
                if crossing {
                    return Err(PolygonError::Crossing {
                        first: first + 1,
                        second: second + 1,
                    });
                }
            }
        }
        let twice_area: f64 = (0..count).map(|i| cross(edge(i)[0], edge(i)[1])).sum();
        if twice_area < 0.0 {
            corners.reverse();
        }
        let edge = |i: usize| [corners[i], corners[(i + 1) % count]];
        let mut length = 0.0;
        let lengths = (0..count).map(|i| {
            let along = minus(edge(i)[1], edge(i)[0]);
            length += dot(along, along).sqrt();
            length
        });
        let lengths = lengths.collect();
        Ok(Polygon { corners, lengths })
    }

    fn edge(&self, i: usize) -> [Point; 2] {
        [self.corners[i], self.corners[(i + 1) % self.corners.len()]]
    }

    /// Distance from the line of an edge, positive on the side of the inside.
    fn line(&self, i: usize, frame: &mut Frame) -> Expr {
        let [a, b] = self.edge(i);
        let along = minus(b, a);
        let length = dot(along, along).sqrt();
        let away = [0, 1].map(|own| frame.above(own, a[own]));
        let [x, y] = [0, 1].map(|own| frame.graph.constant(along[own] / length));
        let (up, down) = (frame.graph.mul(x, away[1]), frame.graph.mul(y, away[0]));
        frame.graph.sub(up, down)
    }

    /// Distance from an edge: that from its line, trimmed by the circle around it.
    fn trimmed_edge(&self, i: usize, frame: &mut Frame) -> Expr {
        let [a, b] = self.edge(i);
        let along = minus(b, a);
        let length = dot(along, along).sqrt() / frame.unit;
        let middle = [0, 1].map(|own| frame.above(own, 0.5 * (a[own] + b[own])));
        let [x, y] = middle.map(|x| frame.graph.mul(x, x));
        let square = frame.graph.add(x, y);
        let whole = frame.graph.constant(0.25 * length * length);
        let difference = frame.graph.sub(whole, square);
        let scale = frame.graph.constant(1.0 / length);
        let within = frame.graph.mul(scale, difference);
        let line = self.line(i, frame);
        trimmed(frame.graph, line, within)
    }

    fn is_convex(&self) -> bool {
        let count = self.corners.len();
        (0..count).all(|i| {
            let [one, next] = [i, (i + 1) % count].map(|i| {
                let [a, b] = self.edge(i);
                minus(b, a)
            });
            cross(one, next) >= 0.0
        })
    }
}

impl Shape for Polygon {
    fn dimensions(&self) -> usize {
        2
    }

    /// It is that of the nearest edge; a point is inside if a ray to the right crosses an odd number of edges.
    fn distance(&self, point: &[f64]) -> f64 {
        let p = [point[0], point[1]];
        let (mut square, mut inside) = (f64::INFINITY, false);
        for i in 0..self.corners.len() {
            let [a, b] = self.edge(i);
            let d = away(p, [a, b]);
            square = square.min(dot(d, d));
            if (a[1] > p[1]) != (b[1] > p[1]) {
                let x = a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
                inside ^= p[0] < x;
            }
        }
        if inside {
            -square.sqrt()
        } else {
            square.sqrt()
        }
    }

    fn surface(&self, unit: &[f64], point: &mut [f64], normal: &mut [f64]) {
        let last = self.corners.len() - 1;
        let at = unit[0] * self.lengths[last];
        let i = self.lengths.partition_point(|end| *end <= at).min(last);
        let start = if i == 0 { 0.0 } else { self.lengths[i - 1] };
        let length = self.lengths[i] - start;
        let [a, b] = self.edge(i);
        let along = minus(b, a);
        for c in 0..2 {
            point[c] = a[c] + (at - start) / length * along[c];
        }
        let length = dot(along, along).sqrt();
        normal.copy_from_slice(&[along[1] / length, -along[0] / length]);
    }

    /// R-conjunction of the half planes of a convex polygon.
    fn function(&self, frame: &mut Frame) -> Option<Expr> {
        let count = self.corners.len();
        if count > MAX_CORNERS || !self.is_convex() {
            return None;
        }
        let first = self.line(0, frame);
        Some((1..count).fold(first, |all, i| {
            let line = self.line(i, frame);
            conjunction(frame.graph, all, line)
        }))
    }

    /// R-equivalence of the edges.
    fn vanishing(&self, frame: &mut Frame, _inside: bool) -> Option<Expr> {
        let count = self.corners.len();
        if count > MAX_CORNERS {
            return None;
        }
        let edges: Vec<Expr> = (0..count).map(|i| self.trimmed_edge(i, frame)).collect();
        Some(equivalence(frame.graph, &edges))
    }

    fn extent(&self) -> Vec<Interval> {
        let along = |c: usize| {
            let values = || self.corners.iter().map(move |p| p[c]);
            Interval {
                lower: values().fold(f64::INFINITY, f64::min),
                upper: values().fold(f64::NEG_INFINITY, f64::max),
            }
        };
        vec![along(0), along(1)]
    }

    fn describe(&self) -> String {
        format!("polygon {:?}", self.corners)
    }
}
