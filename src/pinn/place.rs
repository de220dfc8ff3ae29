//! Parts of the boundary on which conditions hold.

use super::domain::{Domain, Face};
use super::reference::PointFunction;
use crate::expr::{Expr, Graph, Op};
use std::collections::HashMap;
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
    /// The same as an expression over coordinates alone.
    pub graph: Arc<Graph>,
    pub positive: Expr,
}

impl Inequality {
    /// Both sides subtracted, so that the difference is positive where the inequality holds. `None` if it reads anything
    /// but coordinates and parameters with a value.
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
    /// The face that it lies on.
    pub fn face(&self) -> Option<Face> {
        match self.boundary {
            Boundary::Face(face) => Some(face),
            Boundary::Shape(_) => None,
        }
    }

    /// `cylinder where x > 0.2 m`, with a text for faces.
    pub fn show(&self, domain: &Domain, face: impl Fn(Face) -> String) -> String {
        let mut text = match (self.boundary, &domain.geometry) {
            (Boundary::Face(of), _) => face(of),
            (Boundary::Shape(number), Some(geometry)) => geometry.shapes()[number].name.clone(),
            (Boundary::Shape(number), None) => format!("shape {number}"),
        };
        for inequality in &self.within {
            text += &format!(" where {}", inequality.text);
        }
        text
    }

    /// Whether both are the same part, as they are written.
    pub fn is(&self, other: &Place) -> bool {
        let texts = |place: &Place| -> Vec<String> {
            place.within.iter().map(|i| i.text.clone()).collect()
        };
        self.boundary == other.boundary && texts(self) == texts(other)
    }

    /// The face, if all of it is meant.
    pub fn whole_face(&self) -> Option<Face> {
        self.face().filter(|_| self.within.is_empty())
    }
}
