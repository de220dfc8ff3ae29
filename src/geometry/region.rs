//! Sets of points as combinations of shapes.

use super::function::{conjunction, disjunction};
use pinn_expr::{Expr, Graph};

/// Combination of shapes, which are given by number.
///
/// ```
/// use pinn_geometry::{Ball, Region, Shape};
///
/// let shape = |number| Box::new(Region::Shape(number));
/// let ring = Region::Difference(shape(0), shape(1));
/// let disks = [2.0, 1.0].map(|radius| Ball::new(vec![0.0, 0.0], radius));
/// let distance = |x| ring.distance(&|number: usize| disks[number].distance(&[x, 0.0]));
/// assert_eq!([0.5, 1.5, 3.0].map(distance), [0.5, -0.5, 1.0]);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub enum Region {
    /// All points of a shape.
    Shape(usize),
    /// Points of either set.
    Union(Box<Region>, Box<Region>),
    /// Points of both sets.
    Intersection(Box<Region>, Box<Region>),
    /// Points of the first set that are not in the second.
    Difference(Box<Region>, Box<Region>),
}

/// Occurrence of a shape whose surface bounds a set.
#[derive(Clone, Debug)]
pub(super) struct Side<'a> {
    /// True if the set is inside the shape there.
    pub inside: bool,
    /// Sets that the shape, or its complement, is united with. Its surface bounds the set only outside those with
    /// `true` and inside those with `false`.
    pub united: Vec<(&'a Region, bool)>,
}

impl Region {
    /// Combines functions of the shapes to one that is positive inside and negative outside.
    pub(super) fn function<E>(
        &self,
        graph: &mut Graph,
        shape: &mut impl FnMut(&mut Graph, usize) -> Result<Expr, E>,
    ) -> Result<Expr, E> {
        Ok(match self {
            Region::Shape(number) => shape(graph, *number)?,
            Region::Union(a, b) => {
                let (a, b) = (a.function(graph, shape)?, b.function(graph, shape)?);
                disjunction(graph, a, b)
            }
            Region::Intersection(a, b) => {
                let (a, b) = (a.function(graph, shape)?, b.function(graph, shape)?);
                conjunction(graph, a, b)
            }
            Region::Difference(a, b) => {
                let (a, b) = (a.function(graph, shape)?, b.function(graph, shape)?);
                let b = graph.neg(b);
                conjunction(graph, a, b)
            }
        })
    }

    /// Collects every occurrence of a shape. `inside` is true for a part of the whole, and false for a subtracted part;
    /// by De Morgan's laws a subtracted intersection is a union.
    pub(super) fn beside<'a>(
        &'a self,
        shape: usize,
        inside: bool,
        united: &mut Vec<(&'a Region, bool)>,
        found: &mut Vec<Side<'a>>,
    ) {
        let mut both = |a: &'a Region, b: &'a Region, b_inside: bool, with: Option<[bool; 2]>| {
            for (own, own_inside, other) in [(a, inside, (b, 1)), (b, b_inside, (a, 0))] {
                let (other, number) = other;
                united.extend(with.map(|with| (other, with[number])));
                own.beside(shape, own_inside, united, found);
                if with.is_some() {
                    united.pop();
                }
            }
        };
        match self {
            Region::Shape(number) if *number == shape => found.push(Side {
                inside,
                united: united.clone(),
            }),
            Region::Shape(_) => {}
            // Beside a outside of b, and the other way round.
            Region::Union(a, b) => both(a, b, inside, inside.then_some([true, true])),
            Region::Intersection(a, b) => both(a, b, inside, (!inside).then_some([false, false])),
            // The complement of a − b is the union of b with the complement of a.
            Region::Difference(a, b) => both(a, b, !inside, (!inside).then_some([false, true])),
        }
    }

    /// Combines signed distances of the shapes. The result has the correct sign and is nowhere larger than the true
    /// distance.
    pub fn distance(&self, shape: &impl Fn(usize) -> f64) -> f64 {
        match self {
            Region::Shape(number) => shape(*number),
            Region::Union(a, b) => a.distance(shape).min(b.distance(shape)),
            Region::Intersection(a, b) => a.distance(shape).max(b.distance(shape)),
            Region::Difference(a, b) => a.distance(shape).max(-b.distance(shape)),
        }
    }

    /// Prints the set, with all parentheses.
    pub fn show(&self, name: &impl Fn(usize) -> String) -> String {
        let both = |sign: &str, a: &Region, b: &Region| {
            format!("({} {sign} {})", a.show(name), b.show(name))
        };
        match self {
            Region::Shape(number) => name(*number),
            Region::Union(a, b) => both("|", a, b),
            Region::Intersection(a, b) => both("&", a, b),
            Region::Difference(a, b) => both("-", a, b),
        }
    }
}
