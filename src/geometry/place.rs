//! Parts of the boundary on which conditions hold.

use super::domain::{Domain, Face};
use crate::Geometry;
use pinn_expr::{Expr, Graph, Op, PointFunction};
use std::collections::HashMap;
use std::sync::Arc;

/// Part of the boundary or of the region on which a condition holds, limited by inequalities.
///
/// It is a face of the domain, the surface of a shape where it bounds the region, the surface of a shape inside the
/// region, or a part of the region.
#[derive(Clone, Debug)]
pub struct Place {
    /// Face, surface or part without the limits.
    pub boundary: Boundary,
    /// Inequalities that all hold.
    pub within: Vec<Inequality>,
}

/// Face, surface or part of the region, without limits.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Boundary {
    /// Face of the box, including the first instant, a face across time.
    Face(Face),
    /// Surface of the shape with this number of the domain's geometry, where it bounds the region.
    Shape(usize),
    /// Surface of the shape with this number, where the region lies on both sides.
    Interface(usize),
    /// Interior of the part of the region with this number.
    Part(usize),
}

impl Boundary {
    /// Number of the shape whose surface it is.
    pub fn shape(self) -> Option<usize> {
        match self {
            Boundary::Shape(number) | Boundary::Interface(number) => Some(number),
            Boundary::Face(_) | Boundary::Part(_) => None,
        }
    }

    /// Coordinates that the normal has components along.
    pub fn axes(self, geometry: Option<&Geometry>) -> Vec<usize> {
        match self {
            Boundary::Face(face) => vec![face.coordinate],
            Boundary::Part(_) => Vec::new(),
            Boundary::Shape(number) | Boundary::Interface(number) => {
                let shape = geometry.and_then(|g| g.shapes().get(number));
                shape.map_or(Vec::new(), |shape| shape.axes.clone())
            }
        }
    }
}

/// Inequality that limits a place.
#[derive(Clone, Debug)]
pub struct Inequality {
    /// Original text, for reports and comparisons.
    pub text: String,
    /// Function of the coordinates in SI base units, positive where the inequality holds.
    pub function: Arc<PointFunction>,
    /// Graph of the function, over coordinates only.
    pub graph: Arc<Graph>,
    /// Expression in this graph that is positive where the inequality holds.
    pub positive: Expr,
}

impl Inequality {
    /// Creates the inequality from the difference of both sides, which is positive where it holds.
    ///
    /// Returns `None` if it reads anything other than coordinates and parameters with a value.
    pub fn new(text: &str, graph: &Graph, difference: Expr, parameters: &[f64]) -> Option<Self> {
        let function = PointFunction::new(graph, &[difference], parameters)?;
        let mut graph = graph.clone();
        let mut leaf = |graph: &mut Graph, op| match op {
            Op::Parameter(p) => Some(graph.constant(*parameters.get(usize::from(p))?)),
            _ => None,
        };
        let positive = graph.substitute(difference, &mut leaf, &mut HashMap::new());
        Some(Inequality {
            text: text.to_string(),
            function: Arc::new(function),
            graph: Arc::new(graph),
            positive,
        })
    }
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
    /// Face on which the place lies, if any.
    pub fn face(&self) -> Option<Face> {
        match self.boundary {
            Boundary::Face(face) => Some(face),
            _ => None,
        }
    }

    /// Describes the place in words: `cylinder where x > 0.2 m`, with a text for faces.
    pub fn show(&self, domain: &Domain, face: impl Fn(Face) -> String) -> String {
        let mut text = match (self.boundary, &domain.geometry) {
            (Boundary::Face(of), _) => face(of),
            (Boundary::Shape(number), Some(geometry)) => geometry.shapes()[number].name.clone(),
            (Boundary::Interface(number), Some(geometry)) => {
                format!("the interface at {}", geometry.shapes()[number].name)
            }
            (Boundary::Part(number), Some(geometry)) => {
                format!("all of {}", geometry.parts()[number].text)
            }
            (boundary, None) => format!("{boundary:?}"),
        };
        for inequality in &self.within {
            text += &format!(" where {}", inequality.text);
        }
        text
    }

    /// Restricts the surface of a shape to the part inside the region.
    #[must_use]
    pub fn inside_the_region(mut self) -> Self {
        if let Boundary::Shape(number) = self.boundary {
            self.boundary = Boundary::Interface(number);
        }
        self
    }

    /// Returns true if both parts have equal descriptions.
    pub fn is(&self, other: &Place) -> bool {
        let texts = |place: &Place| -> Vec<String> {
            place.within.iter().map(|i| i.text.clone()).collect()
        };
        self.boundary == other.boundary && texts(self) == texts(other)
    }

    /// Face, if the place is a whole face.
    pub fn whole_face(&self) -> Option<Face> {
        self.face().filter(|_| self.within.is_empty())
    }
}
