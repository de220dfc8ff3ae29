//! Values on a plane as colours, with a colour bar.

use super::axes::{Frame, LABEL_SIZE, Span, label_width, vertical_ticks};
use super::colours::ColourMap;
use super::drawing::{AXIS, Anchor, Drawing, Shape};
use super::slice::Slice;
use crate::Sampled;

/// Image pixels per pixel of the picture; as many as a PNG file has.
const DENSITY: f64 = 2.0;
const BAR_GAP: f64 = 10.0;
const BAR_WIDTH: f64 = 12.0;

/// Paints `values` (one per grid point) on a slice into the frame.
pub(super) fn heat_map(
    drawing: &mut Drawing,
    frame: &Frame,
    sampled: &Sampled,
    slice: &Slice,
    values: &[f64],
    range: &Span,
    map: ColourMap,
) {
    let columns = (frame.width * DENSITY).round().max(1.0) as usize;
    let rows = (frame.height * DENSITY).round().max(1.0) as usize;
    let across = cells(&sampled.axes[slice.horizontal].values, columns);
    let down = cells(&sampled.axes[slice.vertical].values, rows);
    let [corner, column, row] = slice.strides(sampled);
    let mut pixels = Vec::with_capacity(3 * columns * rows);
    for (j, below) in down.iter().rev() {
        for (i, left) in &across {
            let value = |di, dj| values[corner + (i + di) * column + (j + dj) * row];
            // A share of zero must not read the neighbour: it may lie beyond the grid.
            let mix = |a: f64, share: f64, b: &dyn Fn() -> f64| {
                if share == 0.0 {
                    a
                } else {
                    a + share * (b() - a)
                }
            };
            let lower = mix(value(0, 0), *left, &|| value(1, 0));
            let upper = || mix(value(0, 1), *left, &|| value(1, 1));
            let mixed = mix(lower, *below, &upper);
            pixels.extend_from_slice(&map.colour(range.share(mixed)));
        }
    }
    drawing.shapes.push(Shape::Image {
        at: [frame.left, frame.top],
        size: [frame.width, frame.height],
        columns: columns as u32,
        pixels,
    });
}

/// For the middle of every pixel: the grid point on its left, and the share of the way to the next.
fn cells(values: &[f64], pixels: usize) -> Vec<(usize, f64)> {
    let (Some(first), Some(last)) = (values.first(), values.last()) else {
        return Vec::new();
    };
    let middles = (0..pixels).map(|p| (p as f64 + 0.5) / pixels as f64);
    middles
        .map(|share| {
            let x = first + share * (last - first);
            let next = values.partition_point(|v| *v <= x);
            match next.checked_sub(1) {
                Some(i) if next < values.len() => (i, (x - values[i]) / (values[next] - values[i])),
                Some(i) => (i, 0.0),
                None => (0, 0.0),
            }
        })
        .collect()
}

/// Room on the right of a frame for its colour bar.
pub(super) fn bar_room(range: &Span, height: f64) -> f64 {
    BAR_GAP + BAR_WIDTH + 8.0 + label_width(&vertical_ticks(range, height))
}

/// A colour bar on the right of a frame.
pub(super) fn colour_bar(drawing: &mut Drawing, beside: &Frame, range: &Span, map: ColourMap) {
    let bar = Frame {
        left: beside.left + beside.width + BAR_GAP,
        top: beside.top,
        width: BAR_WIDTH,
        height: beside.height,
        horizontal: Span::linear(0.0, 1.0),
        vertical: range.clone(),
    };
    let rows = (bar.height * DENSITY).round().max(1.0) as usize;
    let shares = (0..rows).rev().map(|row| (row as f64 + 0.5) / rows as f64);
    drawing.shapes.push(Shape::Image {
        at: [bar.left, bar.top],
        size: [bar.width, bar.height],
        columns: 1,
        pixels: shares.flat_map(|s| map.colour(s)).collect(),
    });
    bar.outline(drawing);
    let right = bar.left + bar.width;
    let ticks = vertical_ticks(range, bar.height);
    for (value, label) in ticks.values.iter().zip(&ticks.labels) {
        let y = bar.place(0.0, *value)[1];
        drawing.line(vec![[right, y], [right + 3.0, y]], 1.0, AXIS);
        let at = [right + 6.0, y + 0.36 * LABEL_SIZE];
        drawing.text(label, at, LABEL_SIZE, Anchor::Start);
    }
}
