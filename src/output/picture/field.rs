//! Solution, reference and error of one field, or its estimated error.

use super::axes::{BELOW, Frame, Span, left_room, vertical_ticks};
use super::colours::{ColourMap, line_colour};
use super::drawing::{Anchor, Drawing, INK, Shape};
use super::heat_map::{bar_room, colour_bar, heat_map};
use super::slice::{Slice, slices};
use super::{font, sensors, ticks};
use crate::{Axis, Sampled, SampledField, interval_unit};

const HEADING_SIZE: f64 = 15.0;
const PANEL_SIZE: f64 = 13.0;
const CAPTION_SIZE: f64 = 11.0;
const MARGIN: f64 = 16.0;
/// Plot of a panel that stands alone, and of one among several slices.
const LARGE: [f64; 2] = [300.0, 240.0];
const SMALL: [f64; 2] = [190.0, 150.0];
/// Circles of the reference along a line.
const CIRCLES: usize = 24;

/// Contents of a panel.
struct Quantity {
    name: String,
    unit: String,
    values: Vec<f64>,
    range: Span,
    map: ColourMap,
}

/// Solution, and reference and error where there is one, else the estimated error. Solution and reference share their range, and
/// measurements along a line too.
fn quantities(field: &SampledField, read: &[[f64; 2]]) -> Vec<Quantity> {
    let name = &field.name;
    let references = field.reference.iter().flatten();
    let read = read.iter().map(|[_, value]| value);
    let range = Span::of(field.values.iter().chain(references).chain(read));
    let shown = |name: String, values: &[f64]| Quantity {
        name,
        unit: field.unit.clone(),
        values: values.to_vec(),
        range: range.clone(),
        map: ColourMap::Sequential,
    };
    let difference = |name: String, values: Vec<f64>| Quantity {
        name,
        unit: interval_unit(&field.unit),
        range: Span::symmetric(values.iter()),
        values,
        map: ColourMap::Diverging,
    };
    let mut quantities = vec![shown(name.clone(), &field.values)];
    if let Some(reference) = &field.reference {
        quantities.push(shown(format!("{name} reference"), reference));
        let pairs = field.values.iter().zip(reference);
        let error = pairs.map(|(f, r)| f - r).collect();
        quantities.push(difference(format!("{name} error"), error));
    } else if let Some(estimate) = &field.estimate {
        quantities.push(difference(
            format!("{name} estimated error"),
            estimate.clone(),
        ));
    }
    quantities
}

/// Lines along one axis, heat maps along two, several slices for more.
pub(super) fn picture(sampled: &Sampled, field: &SampledField) -> Drawing {
    let mut drawing = Drawing::new();
    let heading = [MARGIN, MARGIN + 0.8 * HEADING_SIZE];
    drawing.text(&sampled.title, heading, HEADING_SIZE, Anchor::Start);
    let top = MARGIN + HEADING_SIZE + 14.0;
    let read = match sampled.axes.len() {
        1 => sensors::along(sampled, field),
        _ => Vec::new(),
    };
    let quantities = quantities(field, &read);
    match &sampled.axes[..] {
        [] => {}
        [axis] => {
            let circles = field.reference.as_deref();
            lines(&mut drawing, top, axis, &quantities, circles, &read);
        }
        _ => {
            let slices = slices(sampled);
            let rows: Vec<&[Quantity]> = if slices.len() > 1 {
                quantities.chunks(1).collect()
            } else {
                vec![&quantities]
            };
            let mut top = top;
            for row in rows {
                top = panels(&mut drawing, top, sampled, field, row, &slices);
            }
        }
    }
    drawing.width = drawing
        .width
        .max(2.0 * MARGIN + font::width(&sampled.title, HEADING_SIZE));
    drawing
}

/// One row of heat maps; returns where the next may begin. Either several quantities or several slices.
fn panels(
    drawing: &mut Drawing,
    top: f64,
    sampled: &Sampled,
    field: &SampledField,
    quantities: &[Quantity],
    slices: &[Slice],
) -> f64 {
    let several = slices.len() > 1;
    let top = top + PANEL_SIZE + if several { CAPTION_SIZE + 12.0 } else { 6.0 };
    let mut left = MARGIN;
    let mut bottom: f64 = top;
    for quantity in quantities {
        for (number, slice) in slices.iter().enumerate() {
            let axes = [slice.horizontal, slice.vertical].map(|a| &sampled.axes[a]);
            let size = plot_size(axes, if several { SMALL } else { LARGE });
            let [horizontal, vertical] = axes.map(|a| Span::of(a.values.iter()));
            let frame = Frame {
                left: left + left_room(&vertical_ticks(&vertical, size[1])),
                top,
                width: size[0],
                height: size[1],
                horizontal,
                vertical,
            };
            let (range, map) = (&quantity.range, quantity.map);
            heat_map(
                drawing,
                &frame,
                sampled,
                slice,
                &quantity.values,
                range,
                map,
            );
            for place in sensors::on(sampled, field, slice, &frame) {
                sensors::mark(drawing, place);
            }
            let [x, y] = axes.map(|a| (a.name.as_str(), a.unit.as_str()));
            frame.axes(drawing, x, y);
            let marks = vertical_ticks(range, frame.height);
            let title = ticks::title(&quantity.name, &quantity.unit, marks.exponent);
            let mut title_at = top - 8.0;
            if several {
                let at = [frame.left + 0.5 * frame.width, top - 6.0];
                let caption = slice.caption(sampled);
                drawing.text(&caption, at, CAPTION_SIZE, Anchor::Middle);
                title_at -= CAPTION_SIZE + 8.0;
            }
            if number == 0 {
                let at = [frame.left, title_at];
                drawing.text(&title, at, PANEL_SIZE, Anchor::Start);
            }
            left = frame.left + frame.width;
            if number + 1 == slices.len() {
                colour_bar(drawing, &frame, range, map);
                // A short plot must not cut off the title that stands above it.
                let title_end = frame.left + font::width(&title, PANEL_SIZE);
                let bar_end = left + bar_room(range, frame.height);
                left = if several {
                    bar_end
                } else {
                    bar_end.max(title_end)
                };
            }
            left += MARGIN;
            bottom = bottom.max(top + frame.height + BELOW);
        }
    }
    drawing.width = drawing.width.max(left);
    drawing.height = drawing.height.max(bottom + 8.0);
    bottom + 14.0
}

/// Shrinks the plot to the true shape of a plane in space, unless it is too long and thin to be seen.
fn plot_size(axes: [&Axis; 2], [width, height]: [f64; 2]) -> [f64; 2] {
    const THINNEST: f64 = 4.0;
    if axes.iter().any(|a| a.is_time) || axes[0].unit != axes[1].unit {
        return [width, height];
    }
    let [across, up] = axes
        .map(|a| Span::of(a.values.iter()))
        .map(|s| s.high - s.low);
    let ratio = across / up;
    if !(1.0 / THINNEST..=THINNEST).contains(&ratio) {
        return [width, height];
    }
    if ratio > width / height {
        [width, (width / ratio).round()]
    } else {
        [(height * ratio).round(), height]
    }
}

/// Solution with circles of the reference, and the error next to it.
fn lines(
    drawing: &mut Drawing,
    top: f64,
    axis: &Axis,
    quantities: &[Quantity],
    reference: Option<&[f64]>,
    read: &[[f64; 2]],
) {
    let top = top + PANEL_SIZE + 6.0;
    let mut left = MARGIN;
    for (number, quantity) in quantities.iter().enumerate() {
        // The reference shares the panel of the solution.
        if number == 1 && reference.is_some() {
            continue;
        }
        let vertical = quantity.range.padded(0.05);
        let marks = vertical_ticks(&vertical, LARGE[1]);
        let frame = Frame {
            left: left + left_room(&marks),
            top,
            width: LARGE[0] + 60.0,
            height: LARGE[1],
            horizontal: Span::of(axis.values.iter()),
            vertical,
        };
        frame.grid(drawing);
        let colour = line_colour(if number == 0 { 0 } else { 2 });
        curve(drawing, &frame, &axis.values, &quantity.values, colour);
        if number == 0 {
            for [x, value] in read {
                sensors::mark(drawing, frame.place(*x, *value));
            }
        }
        let title = ticks::title(&quantity.name, &quantity.unit, marks.exponent);
        drawing.text(&title, [frame.left, top - 8.0], PANEL_SIZE, Anchor::Start);
        if let (0, Some(reference)) = (number, reference) {
            let points = axis.values.len();
            let every = points.div_ceil(CIRCLES).max(1);
            for i in (0..points).step_by(every) {
                if reference[i].is_finite() {
                    circle(drawing, frame.place(axis.values[i], reference[i]));
                }
            }
            let end = frame.left + frame.width;
            let at = [
                end - font::width("reference", CAPTION_SIZE) - 8.0,
                top - 12.0,
            ];
            circle(drawing, at);
            let at = [end, top - 8.0];
            drawing.text("reference", at, CAPTION_SIZE, Anchor::End);
        }
        frame.axes(
            drawing,
            (&axis.name, &axis.unit),
            (&quantity.name, &quantity.unit),
        );
        left = frame.left + frame.width + MARGIN;
    }
    drawing.width = drawing.width.max(left);
    drawing.height = drawing.height.max(top + LARGE[1] + BELOW + 8.0);
}

fn circle(drawing: &mut Drawing, centre: [f64; 2]) {
    drawing.shapes.push(Shape::Circle {
        centre,
        radius: 3.0,
        colour: INK,
    });
}

/// A line through finite points, broken where one is not.
pub(super) fn curve(
    drawing: &mut Drawing,
    frame: &Frame,
    x: &[f64],
    y: &[f64],
    colour: super::drawing::Colour,
) {
    let points: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
    for piece in points.split(|(_, y)| !y.is_finite()) {
        if piece.len() > 1 {
            let placed = piece.iter().map(|(x, y)| frame.place(*x, *y)).collect();
            drawing.line(placed, 1.6, colour);
        }
    }
}
