//! Maps from the unit cube into the dimensionless domain and onto its faces.

use super::{Grading, Sampler};
use crate::Geometry;
use crate::domain::{Domain, Face, Interval, Side};
use crate::place::Place;
use crate::points::Points;
use pinn_expr::Real;
use pinn_units::{Affine, Scales};
use std::sync::Arc;

/// Domain in dimensionless coordinates.
#[derive(Clone, PartialEq, Debug)]
pub struct DimensionlessDomain {
    intervals: Vec<Interval>,
    /// Grading of the points along each coordinate.
    grading: Vec<Grading>,
    /// Scale of every coordinate, because the region is in SI base units.
    affine: Vec<Affine>,
    geometry: Option<Arc<Geometry>>,
}

/// Error of a domain in which no point can be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EmptyDomain {
    /// An interval is empty or not finite.
    #[error(
        "coordinate number {coordinate} runs from {lower} to {upper} (SI base units); expected finite ends with lower < upper"
    )]
    Interval {
        /// Number of the coordinate.
        coordinate: usize,
        /// Lower end.
        lower: f64,
        /// Upper end.
        upper: f64,
    },
    /// The numbers of intervals and scales differ.
    #[error("expected one interval per scaled coordinate ({expected}), found {found}")]
    Count {
        /// Number of scales.
        expected: usize,
        /// Number of intervals.
        found: usize,
    },
}

impl DimensionlessDomain {
    /// Converts the domain with the scales.
    ///
    /// # Errors
    /// If there is not one scale per interval, or an interval is empty or not finite.
    pub fn new(domain: &Domain, scales: &Scales) -> Result<Self, EmptyDomain> {
        if domain.intervals.is_empty() || domain.intervals.len() != scales.coordinates.len() {
            return Err(EmptyDomain::Count {
                expected: scales.coordinates.len().max(1),
                found: domain.intervals.len(),
            });
        }
        let pairs = domain.intervals.iter().zip(&scales.coordinates);
        let intervals = pairs.enumerate().map(|(coordinate, (interval, affine))| {
            let lower = snap(affine.to_dimensionless(interval.lower));
            let upper = snap(affine.to_dimensionless(interval.upper));
            let ordered = interval.lower < interval.upper && lower != upper;
            if ordered && lower.is_finite() && upper.is_finite() {
                Ok(Interval { lower, upper })
            } else {
                Err(EmptyDomain::Interval {
                    coordinate,
                    lower: interval.lower,
                    upper: interval.upper,
                })
            }
        });
        let intervals: Vec<_> = intervals.collect::<Result<_, _>>()?;
        Ok(DimensionlessDomain {
            grading: vec![Grading::default(); intervals.len()],
            intervals,
            affine: scales.coordinates.clone(),
            geometry: domain.geometry.clone(),
        })
    }

    /// Grades points towards these faces; without faces they are evenly spread. Faces that the domain does
    /// not have are ignored.
    #[must_use]
    pub fn graded(mut self, faces: &[Face]) -> Self {
        self.grading.fill(Grading::default());
        for face in faces {
            if let Some(grading) = self.grading.get_mut(face.coordinate) {
                match face.side {
                    Side::Lower => grading.lower = true,
                    Side::Upper => grading.upper = true,
                }
            }
        }
        self
    }

    /// Reciprocal of the density of points that were drawn here, along all coordinates but those across
    /// `place`.
    ///
    /// It is empty where points are evenly spread. Means with these weights are means over the domain.
    pub fn measure<T: Real>(&self, points: &Points<T>, place: Option<&Place>) -> Vec<T> {
        // Surfaces of shapes are not graded.
        let fixed = place.map_or(Vec::new(), |place| place.boundary.axes(self.geometry()));
        let graded = |c: &usize| !fixed.contains(c) && self.grading[*c] != Grading::default();
        let graded: Vec<usize> = (0..self.grading.len()).filter(graded).collect();
        if graded.is_empty() {
            return Vec::new();
        }
        let mut measure = vec![1.0; points.rows()];
        for c in graded {
            let Interval { lower, upper } = self.intervals[c];
            for (measure, x) in measure.iter_mut().zip(points.column(0, c)) {
                let place = (x.to_f64() - lower) / (upper - lower);
                *measure *= self.grading[c].measure(place.clamp(0.0, 1.0));
            }
        }
        measure.into_iter().map(T::from_f64).collect()
    }

    /// Dimensionless ends. `lower` belongs to the physical lower end, also under a negative scale.
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// Region inside the box; `None` if the domain is the whole box.
    pub fn geometry(&self) -> Option<&Geometry> {
        self.geometry.as_deref()
    }

    /// Scales of all coordinates.
    pub fn affines(&self) -> &[Affine] {
        &self.affine
    }

    /// Draws `rows` points in the closed domain, or in the region inside it.
    pub fn interior<T: Real>(&self, sampler: &dyn Sampler, seed: u64, rows: usize) -> Points<T> {
        if self.geometry.is_none() {
            return self.box_points(sampler, seed, rows);
        }
        let drawn = self.inside(rows, |count| self.box_points(sampler, seed, count));
        Points::extended(&drawn, self.intervals.len())
    }

    /// Draws `rows` points in the closed box.
    pub(super) fn box_points<T: Real>(
        &self,
        sampler: &dyn Sampler,
        seed: u64,
        rows: usize,
    ) -> Points<T> {
        let dimensions = self.intervals.len();
        let unit = draw(sampler, seed, dimensions, rows);
        let mut points = Points::new(1, dimensions, rows);
        for (c, column) in unit.chunks_exact(rows.max(1)).enumerate() {
            self.place(c, column, points.column_mut(0, c));
        }
        points
    }

    /// Draws points on a face. The face of a one-dimensional domain is a single point: one row for any
    /// requested number.
    pub fn face<T: Real>(
        &self,
        sampler: &dyn Sampler,
        seed: u64,
        rows: usize,
        face: Face,
    ) -> Points<T> {
        self.faces(sampler, seed, rows, &[face])
    }

    /// Draws rows of two sites, on `face` and on `partner`, that agree in all other coordinates. Both faces
    /// must fix the same coordinate.
    pub fn pair<T: Real>(
        &self,
        sampler: &dyn Sampler,
        seed: u64,
        rows: usize,
        face: Face,
        partner: Face,
    ) -> Points<T> {
        self.faces(sampler, seed, rows, &[face, partner])
    }

    fn faces<T: Real>(
        &self,
        sampler: &dyn Sampler,
        seed: u64,
        rows: usize,
        faces: &[Face],
    ) -> Points<T> {
        let dimensions = self.intervals.len();
        let rows = if dimensions == 1 { rows.min(1) } else { rows };
        let unit = draw(sampler, seed, dimensions - 1, rows);
        let mut points = Points::new(faces.len(), dimensions, rows);
        for (site, face) in faces.iter().enumerate() {
            let others = (0..dimensions).filter(|c| *c != face.coordinate);
            for (c, column) in others.zip(unit.chunks_exact(rows.max(1))) {
                self.place(c, column, points.column_mut(site, c));
            }
            let interval = self.intervals[face.coordinate];
            let position = match face.side {
                Side::Lower => interval.lower,
                Side::Upper => interval.upper,
            };
            points
                .column_mut(site, face.coordinate)
                .fill(T::from_f64(position));
        }
        points
    }

    /// Values of the last `parameters` coordinates, one row per value: the middle of the domain, then points
    /// drawn over it by the density of Chebyshev's nodes, denser towards the ends (1/√(1 − x²) on [−1, 1]).
    ///
    /// The network interpolates between the values of the training, and interpolation fails at the ends first.
    pub fn parameter_values<T: Real>(
        &self,
        sampler: &dyn Sampler,
        seed: u64,
        parameters: usize,
        values: usize,
    ) -> Points<T> {
        let mut unit = draw(sampler, seed, parameters, values);
        let mut points = Points::new(1, parameters, values);
        let first = self.intervals.len() - parameters;
        for (p, column) in unit.chunks_exact_mut(values.max(1)).enumerate() {
            for u in &mut *column {
                *u = 0.5 - 0.5 * (std::f64::consts::PI * *u).cos();
            }
            column[0] = 0.5;
            self.place(first + p, column, points.column_mut(0, p));
        }
        points
    }

    pub(super) fn place<T: Real>(&self, coordinate: usize, unit: &[f64], to: &mut [T]) {
        let Interval { lower, upper } = self.intervals[coordinate];
        let (least, most) = (lower.min(upper), lower.max(upper));
        for (x, u) in to.iter_mut().zip(unit) {
            let u = self.grading[coordinate].place(*u);
            *x = T::from_f64((lower + u * (upper - lower)).clamp(least, most));
        }
    }
}

fn draw(sampler: &dyn Sampler, seed: u64, dimensions: usize, rows: usize) -> Vec<f64> {
    let mut unit = vec![0.0; dimensions * rows];
    sampler.fill(seed, dimensions, rows, &mut unit);
    unit
}

/// `20 mm` and `0.02 m` may differ in the last bit, and so may their quotients with a scale: ends that are
/// integers but for rounding are made so.
fn snap(x: f64) -> f64 {
    let nearest = x.round();
    if (x - nearest).abs() <= 4.0 * f64::EPSILON * nearest.abs().max(1.0) {
        nearest
    } else {
        x
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Sobol, Uniform};
    use super::*;
    use pinn_units::Affine;
    use proptest::prelude::*;

    fn domain(
        intervals: &[(f64, f64)],
        scales: &[Affine],
    ) -> Result<DimensionlessDomain, EmptyDomain> {
        let intervals = intervals
            .iter()
            .map(|&(lower, upper)| Interval { lower, upper });
        let domain = Domain {
            intervals: intervals.collect(),
            time: None,
            geometry: None,
        };
        let scales = Scales {
            coordinates: scales.to_vec(),
            ..Scales::default()
        };
        DimensionlessDomain::new(&domain, &scales)
    }

    fn face(coordinate: usize, side: Side) -> Face {
        Face { coordinate, side }
    }

    proptest! {
        #[test]
        fn interior_points_lie_in_the_closed_domain(
            seed: u64, lower in -1e3f64..1e3, length in 1e-3f64..1e3, scale in 1e-3f64..1e3, reference in -10.0f64..10.0,
        ) {
            let affine = Affine::new(scale, reference);
            let domain = domain(&[(lower, lower + length), (0.0, 1.0)], &[affine, Affine::new(-2.0, 0.0)]).unwrap();
            let points = domain.interior::<f32>(&Uniform, seed, 50);
            for (c, interval) in domain.intervals().iter().enumerate() {
                let (a, b) = (interval.lower.min(interval.upper), interval.lower.max(interval.upper));
                prop_assert!(points.column(0, c).iter().all(|x| *x >= a as f32 && *x <= b as f32));
            }
        }

        #[test]
        fn face_points_lie_on_the_face_and_pairs_agree_elsewhere(seed: u64, coordinate in 0usize..3) {
            let unit = Affine::new(1.0, 0.0);
            let domain = domain(&[(0.0, 2.0), (-1.0, 1.0), (3.0, 7.0)], &[unit; 3]).unwrap();
            let (lower, upper) = (face(coordinate, Side::Lower), face(coordinate, Side::Upper));
            let points = domain.pair::<f64>(&Sobol, seed, 40, lower, upper);
            let interval = domain.intervals()[coordinate];
            prop_assert!(points.column(0, coordinate).iter().all(|x| *x == interval.lower));
            prop_assert!(points.column(1, coordinate).iter().all(|x| *x == interval.upper));
            for c in (0..3).filter(|c| *c != coordinate) {
                prop_assert_eq!(points.column(0, c), points.column(1, c));
                let Interval { lower, upper } = domain.intervals()[c];
                prop_assert!(points.column(0, c).iter().all(|x| (lower..=upper).contains(x)));
            }
        }

        #[test]
        fn units_do_not_change_the_points(seed: u64, metres in 1e-3f64..1e3, exponent in -6i32..6) {
            // A plate in two units: lengths differ by a power of ten, rounded.
            let factor = 10f64.powi(exponent);
            let one = domain(&[(0.0, metres)], &[Affine::new(metres, 0.0)]).unwrap();
            let other = domain(&[(0.0, metres * factor / factor)], &[Affine::new(metres, 0.0)]).unwrap();
            prop_assert_eq!(one.interior::<f64>(&Sobol, seed, 33), other.interior::<f64>(&Sobol, seed, 33));
        }
    }

    #[test]
    fn values_of_parameters_begin_in_the_middle_and_are_denser_at_the_ends() {
        let unit = Affine::new(1.0, 0.0);
        let domain = domain(&[(0.0, 1.0), (2.0, 4.0), (-1.0, 3.0)], &[unit; 3]).unwrap();
        let values = domain.parameter_values::<f64>(&Sobol, 3, 2, 64);
        assert_eq!((values.rows(), values.coordinates()), (64, 2));
        for (p, (lower, upper)) in [(2.0, 4.0), (-1.0, 3.0)].into_iter().enumerate() {
            let column = values.column(0, p);
            assert_eq!(column[0], 0.5 * (lower + upper));
            assert!(column.iter().all(|x| (lower..=upper).contains(x)));
            // A third of arcsine draws lies in the outer sixteenth on either side: 2/π·asin √(1/15) a side.
            let outer = column.iter().filter(|x| {
                let place = (**x - lower) / (upper - lower);
                place.min(1.0 - place) < 1.0 / 15.0
            });
            let count = outer.count();
            assert!((18..=25).contains(&count), "{count}");
        }
    }

    #[test]
    fn a_face_of_a_one_dimensional_domain_is_one_point() {
        let domain = domain(&[(1.0, 3.0)], &[Affine::new(2.0, 0.0)]).unwrap();
        let points = domain.face::<f64>(&Sobol, 1, 64, face(0, Side::Upper));
        assert_eq!((points.rows(), points.column(0, 0)), (1, &[1.5][..]));
    }

    #[test]
    fn empty_domains_are_refused() {
        let unit = Affine::new(1.0, 0.0);
        for bad in [
            (1.0, 1.0),
            (2.0, 1.0),
            (0.0, f64::NAN),
            (f64::NEG_INFINITY, 0.0),
        ] {
            assert!(
                matches!(domain(&[bad], &[unit]), Err(EmptyDomain::Interval { .. })),
                "{bad:?}"
            );
        }
        assert!(matches!(domain(&[], &[]), Err(EmptyDomain::Count { .. })));
    }
}
