//! Disks and balls.

use super::Shape;
use crate::pinn::domain::Interval;
use std::f64::consts::TAU;

/// All points up to a radius from a centre: a disk in two dimensions, a ball in three.
#[derive(Clone, PartialEq, Debug)]
pub struct Ball {
    centre: Vec<f64>,
    radius: f64,
}

impl Ball {
    /// `centre` has two or three coordinates, `radius` is positive.
    pub fn new(centre: Vec<f64>, radius: f64) -> Self {
        Ball { centre, radius }
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
