//! Points of regions and of parts of their boundaries, by rejection: candidates are drawn as without a region, and
//! those outside are rejected. Candidates are the first numbers of one sequence, so that equal arguments give equal
//! points.

use super::place::DimensionlessDomain;
use super::{Sampler, Sobol};
use crate::domain::Interval;
use crate::place::{Boundary, Place};
use crate::points::Points;
use pinn_expr::Real;
use rayon::prelude::*;

/// Largest number of candidates for one set of points.
const LIMIT: usize = 1 << 22;
/// Number of candidates in the check of a place, and the smallest number of accepted ones: a place with less than about a
/// ten thousandth of the box needs another box.
const PROBES: usize = 1 << 15;
const FEW_PROBES: usize = 1 << 9;
const LEAST: usize = 4;

/// Accepted rows, from the smallest sufficient number of candidates. If there are not enough, they repeat from the first
/// one, which [`repeated`] detects; there are none only if no candidate is accepted.
fn gather(
    rows: usize,
    candidates: impl Fn(usize) -> Points<f64>,
    keep: impl Fn(&Points<f64>) -> Vec<usize>,
) -> Points<f64> {
    let mut count = rows;
    loop {
        let points = candidates(count);
        let kept = keep(&points);
        if kept.len() >= rows || count >= LIMIT.max(rows) {
            let kept: Vec<usize> = kept.iter().copied().cycle().take(rows).collect();
            return points.select(&kept);
        }
        let wanted = rows as f64 * count as f64 / kept.len().max(1) as f64;
        let next = (1.05 * wanted) as usize + 16;
        count = next.max(2 * count).min(LIMIT.max(rows));
    }
}

impl DimensionlessDomain {
    /// Converts to SI base units, one column per coordinate of the domain.
    fn physical(&self, points: &Points<f64>) -> Vec<Vec<f64>> {
        let columns = (0..self.intervals().len()).map(|c| {
            let affine = self.affines()[c];
            let column = points.column(0, c).iter();
            column.map(|x| affine.to_si(*x)).collect()
        });
        columns.collect()
    }

    /// Draws points of the box in the region, or in the part where the statement's equations hold.
    pub(super) fn inside(
        &self,
        rows: usize,
        candidates: impl Fn(usize) -> Points<f64>,
    ) -> Points<f64> {
        let keep = |points: &Points<f64>| self.rows_inside(points);
        gather(rows, candidates, keep)
    }

    fn rows_inside(&self, points: &Points<f64>) -> Vec<usize> {
        let Some(geometry) = self.geometry() else {
            return (0..points.rows()).collect();
        };
        match geometry.main() {
            Some(part) => self.rows_in_part(points, part),
            None => self.rows_that(points, |at| geometry.contains(at)),
        }
    }

    fn rows_in_part(&self, points: &Points<f64>, part: usize) -> Vec<usize> {
        match self.geometry() {
            Some(geometry) => self.rows_that(points, |at| geometry.part_contains(part, at)),
            None => Vec::new(),
        }
    }

    fn rows_that(&self, points: &Points<f64>, keep: impl Fn(&[f64]) -> bool + Sync) -> Vec<usize> {
        let columns = self.physical(points);
        let rows = (0..points.rows()).into_par_iter();
        rows.filter(|row| keep(&at(&columns, *row))).collect()
    }

    /// Draws points of a place. Components of the outward normal along the coordinates `normal` follow the
    /// coordinates of the domain; they are zero along coordinates that the surface does not depend on.
    ///
    /// The surface of a shape over one coordinate, in a domain of one coordinate, is one point or two, and
    /// has as many rows.
    pub fn on<T: Real>(
        &self,
        sampler: &dyn Sampler,
        seed: u64,
        rows: usize,
        place: &Place,
        normal: &[usize],
    ) -> Points<T> {
        if let Boundary::Face(face) = place.boundary
            && self.geometry().is_none()
            && place.within.is_empty()
            && normal.is_empty()
        {
            return self.face(sampler, seed, rows, face);
        }
        let dimensions = self.intervals().len();
        let rows = match (dimensions, place.boundary) {
            (1, Boundary::Face(_) | Boundary::Shape(_) | Boundary::Interface(_)) => {
                self.rows_of_a_line(place)
            }
            _ => rows,
        };
        let candidates = |count| self.candidates(sampler, seed, count, place);
        let keep = |points: &Points<f64>| self.rows_on(points, place);
        let drawn = gather(rows, candidates, keep);
        let (axes, signs) = self.outward(&drawn, place);
        let mut points = Points::new(1, dimensions + normal.len(), drawn.rows());
        for c in 0..dimensions {
            let to = points.column_mut(0, c).iter_mut();
            for (to, from) in to.zip(drawn.column(0, c)) {
                *to = T::from_f64(*from);
            }
        }
        for (number, axis) in normal.iter().enumerate() {
            let Some(own) = axes.iter().position(|a| a == axis) else {
                continue;
            };
            let column = drawn.column(0, dimensions + own).iter().zip(&signs);
            let to = points.column_mut(0, dimensions + number).iter_mut();
            for (to, (n, sign)) in to.zip(column) {
                *to = T::from_f64(sign.unwrap_or(1.0) * n);
            }
        }
        points
    }

    /// Number of points of a place in a domain of one coordinate.
    fn rows_of_a_line(&self, place: &Place) -> usize {
        let both = self.candidates(&Sobol, 0, 2, place);
        self.rows_on(&both, place).len()
    }

    /// Draws points of the whole face or surface. Their coordinates are followed by the normal, one component per
    /// coordinate that [`Self::outward`] names.
    fn candidates(
        &self,
        sampler: &dyn Sampler,
        seed: u64,
        count: usize,
        place: &Place,
    ) -> Points<f64> {
        let dimensions = self.intervals().len();
        let shape = match place.boundary {
            Boundary::Part(_) => return self.box_points(sampler, seed, count),
            Boundary::Face(face) => {
                let flat = self.face::<f64>(sampler, seed, count, face);
                let mut points = Points::extended(&flat, dimensions + 1);
                points.column_mut(0, dimensions).fill(face.side.outward());
                return points;
            }
            Boundary::Shape(number) | Boundary::Interface(number) => {
                self.geometry().and_then(|g| g.shapes().get(number))
            }
        };
        let Some(placed) = shape else {
            return Points::new(1, dimensions, 0);
        };
        // On a line there are two points, both ends of an interval, for any requested number.
        let count = if dimensions == 1 { 2 } else { count };
        let own = placed.axes.len();
        let units = own.saturating_sub(1).max(1);
        let others = (0..dimensions).filter(|c| !placed.axes.contains(c));
        let mut unit = vec![0.0; count * (units + others.clone().count())];
        match dimensions {
            1 => unit.copy_from_slice(&[0.25, 0.75]),
            _ => sampler.fill(seed, unit.len() / count.max(1), count, &mut unit),
        }
        let column = |number: usize| &unit[number * count..][..count];
        let mut points = Points::new(1, dimensions + own, count);
        let (mut numbers, mut at, mut normal) = (vec![0.0; units], [0.0; 3], [0.0; 3]);
        for row in 0..count {
            for (number, u) in numbers.iter_mut().enumerate() {
                *u = column(number)[row];
            }
            let shape = placed.shape.as_ref();
            shape.surface(&numbers, &mut at[..own], &mut normal[..own]);
            for (number, axis) in placed.axes.iter().enumerate() {
                let x = self.affines()[*axis].to_dimensionless(at[number]);
                points.column_mut(0, *axis)[row] = x;
                points.column_mut(0, dimensions + number)[row] = normal[number];
            }
        }
        for (number, c) in others.enumerate() {
            let unit = column(units + number);
            self.place(c, unit, points.column_mut(0, c));
        }
        points
    }

    /// Coordinates of the candidates' normals, and for every row 1 if they point out of the region, −1 if they point
    /// into it, or `None` if the region does not end there.
    fn outward(&self, points: &Points<f64>, place: &Place) -> (Vec<usize>, Vec<Option<f64>>) {
        let dimensions = self.intervals().len();
        let axes = place.boundary.axes(self.geometry());
        let Some(geometry) = self.geometry() else {
            return (axes, vec![Some(1.0); points.rows()]);
        };
        let columns = self.physical(points);
        // A face across a coordinate that no shape uses bounds the whole region.
        let across = |axis: &usize| geometry.axes().contains(axis);
        let all = (0..points.rows()).into_par_iter();
        let signs = all.map(|row| {
            let at = at(&columns, row);
            if let Boundary::Part(part) = place.boundary {
                return geometry.part_contains(part, &at).then_some(1.0);
            }
            if !axes.iter().any(across) {
                return geometry.contains(&at).then_some(1.0);
            }
            let normal = (0..axes.len()).map(|n| points.column(0, dimensions + n)[row]);
            let normal: Vec<f64> = normal.collect();
            match place.boundary {
                Boundary::Interface(_) => geometry.between(&at, &axes, &normal).then_some(1.0),
                _ => geometry.outward(&at, &axes, &normal),
            }
        });
        let signs = signs.collect();
        (axes, signs)
    }

    fn rows_on(&self, points: &Points<f64>, place: &Place) -> Vec<usize> {
        let (_, signs) = self.outward(points, place);
        let mut kept: Vec<usize> = (0..points.rows()).collect();
        kept.retain(|row| signs[*row].is_some() && self.in_box(points, *row));
        if !place.within.is_empty() {
            let columns = self.physical(points);
            for inequality in &place.within {
                let values = inequality.function.evaluate(&columns).remove(0);
                kept.retain(|row| values[*row] > 0.0);
            }
        }
        kept
    }

    fn in_box(&self, points: &Points<f64>, row: usize) -> bool {
        let mut intervals = self.intervals().iter().enumerate();
        intervals.all(|(c, Interval { lower, upper })| {
            let slack = 1e-9 * (upper - lower).abs();
            let x = points.column(0, c)[row];
            x >= lower.min(*upper) - slack && x <= lower.max(*upper) + slack
        })
    }

    /// Returns true if the region has points that can be found in the box.
    pub fn has_inside(&self) -> bool {
        found(|count| {
            let points = self.box_points(&Sobol, 0, count);
            self.rows_inside(&points).len()
        })
    }

    /// Returns true if a place has points that can be found.
    pub fn has_points(&self, place: &Place) -> bool {
        match (self.intervals().len(), place.boundary) {
            (1, Boundary::Face(_) | Boundary::Shape(_) | Boundary::Interface(_)) => {
                self.rows_of_a_line(place) > 0
            }
            _ => found(|count| {
                let points = self.candidates(&Sobol, 0, count, place);
                self.rows_on(&points, place).len()
            }),
        }
    }
}

/// Returns true if enough of the probes are accepted. All are tried only if the first few do not suffice.
fn found(kept: impl Fn(usize) -> usize) -> bool {
    [FEW_PROBES, PROBES]
        .into_iter()
        .any(|count| kept(count) >= LEAST)
}

/// Number of different rows if the region or place was too small a part of the box for as many as were
/// requested.
pub fn repeated<T: Real>(points: &Points<T>) -> Option<usize> {
    let rows = points.rows();
    // Single points may be equal by rounding; here a whole tail repeats the start.
    let again = |from: &usize| {
        let mut coordinates = 0..points.coordinates();
        coordinates.all(|c| points.column(0, c)[*from..] == points.column(0, c)[..rows - from])
    };
    (1..rows).find(again)
}

fn at(columns: &[Vec<f64>], row: usize) -> Vec<f64> {
    columns.iter().map(|column| column[row]).collect()
}
