//! Marks at the places where a field was measured.

use super::axes::{Frame, Span};
use super::drawing::{Drawing, INK, Shape};
use super::slice::Slice;
use crate::{Sampled, SampledField, SampledMeasurements};
use std::collections::BTreeSet;

const RADIUS: f64 = 2.0;
/// Measurements this part of an axis away from a plane are still shown on it.
const NEAR: f64 = 0.05;

/// Measurements of a field that has one axis: place and value.
pub(super) fn along(sampled: &Sampled, field: &SampledField) -> Vec<[f64; 2]> {
    let pairs = sets(sampled, field).flat_map(|set| set.places[0].iter().zip(&set.values));
    pairs.map(|(place, value)| [*place, *value]).collect()
}

/// Places in the picture of the measurements near a slice, at most one to a pixel. Those of other times are shown too: sensors
/// stay where they are.
pub(super) fn on(
    sampled: &Sampled,
    field: &SampledField,
    slice: &Slice,
    frame: &Frame,
) -> Vec<[f64; 2]> {
    let across = slice
        .fixed
        .iter()
        .filter(|(a, _)| !sampled.axes[*a].is_time);
    let planes: Vec<(usize, f64, f64)> = across
        .map(|(axis, at)| {
            let values = &sampled.axes[*axis].values;
            let span = Span::of(values.iter());
            (*axis, values[*at], NEAR * (span.high - span.low))
        })
        .collect();
    let mut pixels = BTreeSet::new();
    for set in sets(sampled, field) {
        for row in 0..set.values.len() {
            let near = |(axis, plane, reach): &(usize, f64, f64)| {
                (set.places[*axis][row] - plane).abs() <= *reach
            };
            if planes.iter().all(near) {
                let [x, y] = [slice.horizontal, slice.vertical].map(|a| set.places[a][row]);
                let place = frame.place(x, y);
                pixels.insert(place.map(|c| c.round() as i64));
            }
        }
    }
    pixels.into_iter().map(|at| at.map(|c| c as f64)).collect()
}

/// Dark around white, to be seen on every colour.
pub(super) fn mark(drawing: &mut Drawing, centre: [f64; 2]) {
    for (radius, colour) in [(RADIUS, INK), (RADIUS - 1.0, [0xff; 3])] {
        drawing.shapes.push(Shape::Circle {
            centre,
            radius,
            colour,
        });
    }
}

fn sets<'a>(
    sampled: &'a Sampled,
    field: &SampledField,
) -> impl Iterator<Item = &'a SampledMeasurements> {
    let number = sampled.fields.iter().position(|f| f.name == field.name);
    let sets = sampled.measurements.iter();
    sets.filter(move |set| Some(set.field) == number)
}
