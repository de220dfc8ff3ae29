//! Disks and balls.

use super::Shape;
use super::function::Frame;
use crate::domain::Interval;
use pinn_expr::{Expr, Function};
use std::f64::consts::TAU;

/// Set of all points up to a radius from a centre: a disk in two dimensions, a ball in three.
#[derive(Clone, PartialEq, Debug)]
pub struct Ball {
    centre: Vec<f64>,
    radius: f64,
}

impl Ball {
    /// Creates a disk or ball. `centre` has two or three coordinates; `radius` is positive.
    pub fn new(centre: Vec<f64>, radius: f64) -> Self {
        Ball { centre, radius }
    }
}

impl Ball {
    /// Square of the distance from the centre.
    fn square(&self, frame: &mut Frame) -> Expr {
        let mut sum = frame.graph.constant(0.0);
        for (own, centre) in self.centre.iter().enumerate() {
            let x = frame.above(own, *centre);
            let square = frame.graph.mul(x, x);
            sum = frame.graph.add(sum, square);
        }
        sum
    }
}

impl Shape for Ball {
    fn dimensions(&self) -> usize {
        self.centre.len()
    }

    fn distance(&self, point: &[f64]) -> f64 {
        let squares = point.iter().zip(&self.centre).map(|(x, c)| (x - c).powi(2));
        squares.sum::<f64>().sqrt() - self.radius
    }

    /// The angle is uniform on a circle; on a sphere so is the height (Archimedes' hat-box theorem).
    fn surface(&self, unit: &[f64], point: &mut [f64], normal: &mut [f64]) {
        match normal {
            [x, y] => (*y, *x) = (TAU * unit[0]).sin_cos(),
            [x, y, z] => {
                *z = 1.0 - 2.0 * unit[0];
                let radius = (1.0 - *z * *z).max(0.0).sqrt();
                let (sin, cos) = (TAU * unit[1]).sin_cos();
                (*x, *y) = (radius * cos, radius * sin);
            }
            _ => {}
        }
        for ((x, n), c) in point.iter_mut().zip(&*normal).zip(&self.centre) {
            *x = c + self.radius * n;
        }
    }

    /// (R² − r²) / 2R, a polynomial.
    fn function(&self, frame: &mut Frame) -> Option<Expr> {
        let square = self.square(frame);
        let radius = self.radius / frame.unit;
        let own = frame.graph.constant(radius * radius);
        let difference = frame.graph.sub(own, square);
        let half = frame.graph.constant(0.5 / radius);
        Some(frame.graph.mul(half, difference))
    }

    /// Outside it is the distance itself, which is smooth there and grows no faster.
    fn vanishing(&self, frame: &mut Frame, inside: bool) -> Option<Expr> {
        if inside {
            return self.function(frame);
        }
        let square = self.square(frame);
        let radius = frame.length(self.radius);
        let from_centre = frame.graph.apply(Function::Sqrt, square);
        Some(frame.graph.sub(from_centre, radius))
    }

    fn extent(&self) -> Vec<Interval> {
        let around = |c: &f64| Interval {
            lower: c - self.radius,
            upper: c + self.radius,
        };
        self.centre.iter().map(around).collect()
    }

    fn describe(&self) -> String {
        format!(
            "ball around {:?} with radius {:?}",
            self.centre, self.radius
        )
    }
}
