//! Domains, shapes and samplers.
//!
//! A [`Domain`](domain::Domain) is a box of intervals, with or without time. A [`Region`] inside it is a combination of
//! shapes as sets, with the parts of their surfaces that bound the region.
//!
//! Every shape has a signed distance (negative inside) and draws points of its surface, uniformly by length or area, with
//! the outward normal. Unions, intersections and differences combine distances by
//! minimum and maximum, which keeps the sign correct everywhere and bounds the distance from below (Ricci, *A
//! constructive geometry for computer graphics*, Comput. J. 16, 1973). The part of a surface that bounds
//! the region is found by probes on both sides of each of its points: this is correct for any combination, also where
//! surfaces of several shapes coincide.
//!
//! All lengths are in SI base units.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod ball;
mod cuboid;
pub mod digest;
pub mod domain;
pub mod function;
mod mesh;
pub mod place;
pub mod points;
mod polygon;
mod region;
pub mod row_data;
pub mod sampling;
#[cfg(test)]
mod tests;
mod vanishing;

pub use ball::Ball;
pub use cuboid::Cuboid;
pub use mesh::{Mesh, MeshError, Point, Triangle};
pub use polygon::{MAX_CORNERS, Polygon, PolygonError};
pub use region::Region;
pub use vanishing::NoFunction;

use crate::domain::Interval;
use function::Frame;
use pinn_expr::Expr;
use std::fmt;
use std::sync::Arc;

/// Set of points in one, two or three coordinates, with a surface.
pub trait Shape: fmt::Debug + Send + Sync {
    /// Number of coordinates d.
    fn dimensions(&self) -> usize;

    /// Signed distance from the surface: negative inside, zero on it. `point` has d coordinates.
    fn distance(&self, point: &[f64]) -> f64;

    /// Maps numbers of [0, 1) to a point of the surface and the outward unit normal there.
    ///
    /// It takes d − 1 numbers, or one number in one dimension. Evenly spread numbers give points evenly spread by
    /// length or area.
    fn surface(&self, unit: &[f64], point: &mut [f64], normal: &mut [f64]);

    /// Smooth function that is positive inside and negative outside, in place of the distance (see
    /// [`function`]). `None` if the shape has none.
    fn function(&self, frame: &mut Frame) -> Option<Expr>;

    /// Smooth function that is zero only on the surface and positive on one side of it. `None` if the shape
    /// has none.
    fn vanishing(&self, frame: &mut Frame, inside: bool) -> Option<Expr> {
        let function = self.function(frame)?;
        Some(match inside {
            true => function,
            false => frame.graph.neg(function),
        })
    }

    /// Smallest box around the shape, one interval per coordinate.
    fn extent(&self) -> Vec<Interval>;

    /// Describes everything that determines the shape, for comparisons: `ball around [0.1, 0.2] with radius
    /// 0.05`.
    fn describe(&self) -> String;
}

/// Shape with its name and coordinates. Along all other coordinates it extends without end.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Unique among the shapes of a geometry.
    pub name: String,
    /// Numbers of the coordinates, as many as the shape has, all different and of one dimension.
    pub axes: Vec<usize>,
    /// Shape over these coordinates.
    pub shape: Arc<dyn Shape>,
}

/// Region in which equations hold: a combination of shapes, inside the box of the domain.
#[derive(Clone, Debug)]
pub struct Geometry {
    shapes: Vec<Placed>,
    region: Region,
    /// Parts of the region that have equations of their own.
    parts: Vec<Part>,
    /// Part in which the statement's equations hold, if they do not hold everywhere.
    main: Option<usize>,
    /// Coordinates that some shape is over, in order.
    axes: Vec<usize>,
    /// Distance up to which a point counts as one of the surface, a billionth of the diagonal.
    rounding: f64,
    /// Distance of the probes on both sides of a surface.
    step: f64,
    /// Distance of the region from points that bound it, which is only rounding.
    exact: f64,
}

/// Part of the region: its intersection with another set of the shapes.
#[derive(Clone, Debug)]
pub struct Part {
    /// Original text of the set.
    pub text: String,
    region: Region,
}

/// Name of the domain's own box.
pub const DOMAIN: &str = "domain";

/// Rounding of coordinates, in diagonals of the domain.
const ROUNDING: f64 = 1e-9;
/// Distance of probes in diagonals of the domain: far above rounding, far below relevant sizes. Gaps and walls must be
/// thicker.
const STEP: f64 = 1e-6;
/// Tolerance of surface points in diagonals of the domain. A surface that touches the region from outside, with a
/// radius of the size of the domain, is within it over a part of about its square root, which is too small to get
/// points.
const EXACT: f64 = 1e-12;

impl PartialEq for Geometry {
    fn eq(&self, other: &Self) -> bool {
        self.describe() == other.describe()
    }
}

impl Geometry {
    /// Creates the region inside a domain.
    ///
    /// The domain's box, over all coordinates of the shapes, becomes shape number 0 under the name
    /// [`DOMAIN`], so that `shapes` count from 1 in `region`.
    pub fn new(domain: &[Interval], shapes: Vec<Placed>, region: Region) -> Self {
        let mut axes: Vec<usize> = shapes.iter().flat_map(|s| s.axes.clone()).collect();
        axes.sort_unstable();
        axes.dedup();
        let intervals: Vec<Interval> = axes.iter().map(|axis| domain[*axis]).collect();
        let squares = intervals.iter().map(|i| i.length() * i.length());
        let diagonal = squares.sum::<f64>().sqrt();
        let ends = intervals
            .iter()
            .flat_map(|i| [i.lower.abs(), i.upper.abs()]);
        let farthest = ends.fold(0.0, f64::max);
        let own = Placed {
            name: DOMAIN.to_string(),
            axes: axes.clone(),
            shape: Arc::new(Cuboid::new(intervals)),
        };
        Geometry {
            shapes: std::iter::once(own).chain(shapes).collect(),
            region: Region::Intersection(Box::new(Region::Shape(0)), Box::new(region)),
            parts: Vec::new(),
            main: None,
            axes,
            rounding: ROUNDING * diagonal,
            step: STEP * diagonal,
            // Coordinates are rounded by their size.
            exact: (EXACT * diagonal).max(16.0 * f64::EPSILON * farthest),
        }
    }

    /// Divides the region into parts, of which number `main` has the statement's equations. Without it, these
    /// hold everywhere.
    #[must_use]
    pub fn divided(mut self, parts: Vec<(String, Region)>, main: Option<usize>) -> Self {
        let parts = parts.into_iter().map(|(text, region)| {
            let region = Region::Intersection(Box::new(self.region.clone()), Box::new(region));
            Part { text, region }
        });
        self.parts = parts.collect();
        self.main = main;
        self
    }

    /// Parts that have equations of their own.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Number of the part in which the statement's equations hold; `None` if they hold everywhere.
    pub fn main(&self) -> Option<usize> {
        self.main
    }

    /// Shapes; number 0 is the domain's box.
    pub fn shapes(&self) -> &[Placed] {
        &self.shapes
    }

    /// Coordinates that the region is over, in order.
    pub fn axes(&self) -> &[usize] {
        &self.axes
    }

    /// Number of the shape with this name.
    pub fn shape(&self, name: &str) -> Option<usize> {
        self.shapes.iter().position(|s| s.name == name)
    }

    /// Signed distance: negative inside of the region, positive outside, and nowhere larger than the distance
    /// from its boundary.
    ///
    /// `at` has all coordinates of the problem, or at least those of the region.
    pub fn distance(&self, at: &[f64]) -> f64 {
        self.distance_from(&self.region, at)
    }

    fn distance_from(&self, region: &Region, at: &[f64]) -> f64 {
        region.distance(&|number| {
            let placed = &self.shapes[number];
            let mut point = [0.0; 3];
            let point = &mut point[..placed.axes.len()];
            for (x, axis) in point.iter_mut().zip(&placed.axes) {
                *x = at[*axis];
            }
            placed.shape.distance(point)
        })
    }

    /// Returns true if a point lies in the closed region, up to rounding.
    ///
    /// At points where two shapes touch without the region next to them, like an edge of a notch that ends with the box,
    /// the distance is zero. They are not part of the region.
    pub fn contains(&self, at: &[f64]) -> bool {
        self.is_in(&self.region, at)
    }

    /// Returns true if a point lies in a part of the region, up to rounding.
    pub fn part_contains(&self, part: usize, at: &[f64]) -> bool {
        self.is_in(&self.parts[part].region, at)
    }

    fn is_in(&self, region: &Region, at: &[f64]) -> bool {
        let distance = self.distance_from(region, at);
        if distance.abs() > self.rounding {
            return distance < 0.0;
        }
        let axes = self.axes();
        // All neighbours of a cell: each axis down, up, or not at all.
        (1..3usize.pow(axes.len() as u32)).any(|mut number| {
            let mut moved = at.to_vec();
            for axis in axes {
                moved[*axis] += [0.0, -self.step, self.step][number % 3];
                number /= 3;
            }
            self.distance_from(region, &moved) < -self.rounding
        })
    }

    /// Returns true if the region lies on both sides of a point of some surface; see [`Self::outward`].
    pub fn between(&self, at: &[f64], axes: &[usize], normal: &[f64]) -> bool {
        self.beside(at, axes, normal) == (true, true)
    }

    /// Tests whether the region lies behind a normal and before it.
    fn beside(&self, at: &[f64], axes: &[usize], normal: &[f64]) -> (bool, bool) {
        let inside = |side: f64| {
            let mut moved = at.to_vec();
            for (axis, n) in axes.iter().zip(normal) {
                moved[*axis] += side * self.step * n;
            }
            self.distance(&moved) < 0.0
        };
        (inside(-1.0), inside(1.0))
    }

    /// Direction of the outward normal at a point of some surface with a unit normal, which belongs to the
    /// coordinates `axes`.
    ///
    /// Returns 1 where the region ends here and lies behind the normal, −1 where it lies before it, and
    /// `None` where this is no boundary of the region.
    pub fn outward(&self, at: &[f64], axes: &[usize], normal: &[f64]) -> Option<f64> {
        // A side of the domain that a disk touches shares only one point with it.
        if self.distance(at).abs() > self.exact {
            return None;
        }
        match self.beside(at, axes, normal) {
            (true, false) => Some(1.0),
            (false, true) => Some(-1.0),
            _ => None,
        }
    }

    /// Describes everything that determines the region.
    pub fn describe(&self) -> String {
        let name = |number: usize| self.shapes[number].name.clone();
        let mut text = self.region.show(&name);
        for (number, part) in self.parts.iter().enumerate() {
            let main = if self.main == Some(number) {
                "main part"
            } else {
                "part"
            };
            text += &format!("; {main} {}", part.region.show(&name));
        }
        for placed in &self.shapes {
            let (name, axes) = (&placed.name, &placed.axes);
            text += &format!("; {name} over {axes:?}: {}", placed.shape.describe());
        }
        text
    }
}
