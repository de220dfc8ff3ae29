//! Intervals, rectangles and boxes.

use super::Shape;
use super::function::{Frame, conjunction};
use crate::domain::Interval;
use pinn_expr::Expr;

/// Product of intervals, with sides along the coordinates.
#[derive(Clone, PartialEq, Debug)]
pub struct Cuboid {
    intervals: Vec<Interval>,
}

impl Cuboid {
    /// Creates a box of one interval per coordinate, up to three, each with lower < upper.
    pub fn new(intervals: Vec<Interval>) -> Self {
        Cuboid { intervals }
    }

    /// Area of the faces across an axis.
    fn area(&self, axis: usize) -> f64 {
        let others = self.intervals.iter().enumerate();
        let others = others.filter(|(c, _)| *c != axis);
        others.map(|(_, interval)| interval.length()).product()
    }
}

impl Shape for Cuboid {
    fn dimensions(&self) -> usize {
        self.intervals.len()
    }

    /// Outside it is the length of the part beyond the sides, inside the distance of the nearest side (Quílez, *Distance
    /// functions*, 2008).
    fn distance(&self, point: &[f64]) -> f64 {
        let beyond = point.iter().zip(&self.intervals);
        let beyond = beyond.map(|(x, side)| (side.lower - x).max(x - side.upper));
        let outside: f64 = beyond.clone().map(|q| q.max(0.0).powi(2)).sum();
        let nearest = beyond.fold(f64::NEG_INFINITY, f64::max);
        if nearest > 0.0 {
            outside.sqrt()
        } else {
            nearest
        }
    }

    /// The first number chooses the face, by area, and its remainder the first coordinate along the face.
    fn surface(&self, unit: &[f64], point: &mut [f64], normal: &mut [f64]) {
        let dimensions = self.intervals.len();
        let whole: f64 = (0..dimensions).map(|axis| 2.0 * self.area(axis)).sum();
        let mut rest = unit[0] * whole;
        let mut face = (dimensions - 1, 1.0);
        let mut first = 1.0;
        for number in 0..2 * dimensions {
            let area = self.area(number / 2);
            if rest < area {
                face = (number / 2, if number % 2 == 0 { -1.0 } else { 1.0 });
                first = rest / area;
                break;
            }
            rest -= area;
        }
        let (across, side) = face;
        normal.fill(0.0);
        normal[across] = side;
        let mut units = std::iter::once(first).chain(unit.iter().skip(1).copied());
        for (c, (x, interval)) in point.iter_mut().zip(&self.intervals).enumerate() {
            *x = match c == across {
                true if side < 0.0 => interval.lower,
                true => interval.upper,
                false => interval.lower + interval.length() * units.next().unwrap_or(0.5),
            };
        }
    }

    /// R-conjunction of the half spaces.
    fn function(&self, frame: &mut Frame) -> Option<Expr> {
        let mut all = None;
        for (own, side) in self.intervals.iter().enumerate() {
            let from_lower = frame.above(own, side.lower);
            let from_upper = frame.above(own, side.upper);
            let from_upper = frame.graph.neg(from_upper);
            for half in [from_lower, from_upper] {
                all = Some(match all {
                    None => half,
                    Some(all) => conjunction(frame.graph, all, half),
                });
            }
        }
        all
    }

    /// Inside it is the product of the distances from the sides, a polynomial that is smooth in the corners too.
    fn vanishing(&self, frame: &mut Frame, inside: bool) -> Option<Expr> {
        if !inside {
            let function = self.function(frame)?;
            return Some(frame.graph.neg(function));
        }
        let mut product = frame.graph.constant(1.0);
        for (own, side) in self.intervals.iter().enumerate() {
            let from_lower = frame.above(own, side.lower);
            let from_upper = frame.above(own, side.upper);
            let from_upper = frame.graph.neg(from_upper);
            for distance in [from_lower, from_upper] {
                product = frame.graph.mul(product, distance);
            }
        }
        Some(product)
    }

    fn extent(&self) -> Vec<Interval> {
        self.intervals.clone()
    }

    fn describe(&self) -> String {
        let ends = self.intervals.iter().map(|i| [i.lower, i.upper]);
        format!("box {:?}", ends.collect::<Vec<_>>())
    }
}
