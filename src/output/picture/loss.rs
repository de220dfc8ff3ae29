//! `loss` and `weights`: history of the losses and weights of all equations and conditions.

use super::axes::{BELOW, Frame, Span, left_room, vertical_ticks};
use super::colours::line_colour;
use super::drawing::{AXIS, Anchor, Colour, Drawing, INK};
use super::field::curve;
use super::font;
use crate::{Metric, Report, optimiser_name};

const HEADING_SIZE: f64 = 15.0;
const TEXT_SIZE: f64 = 12.0;
const MARGIN: f64 = 16.0;
const PLOT: [f64; 2] = [600.0, 340.0];
/// Longest name in the legend, in pixels.
const LONGEST_NAME: f64 = 220.0;

/// Losses over steps on a logarithmic scale, with a legend and a mark where a phase begins.
pub(super) fn picture(metrics: &[Metric], report: &Report) -> Drawing {
    let title = "mean square of the dimensionless residual";
    over_steps(metrics, report, &series(metrics), title)
}

/// Weights in the optimised loss, in the same way.
pub(super) fn weights(metrics: &[Metric], report: &Report) -> Drawing {
    let names = metrics.first().map(|m| m.losses.keys());
    let series = names.into_iter().flatten().enumerate();
    let series = series.map(|(number, name)| Series {
        name: name.clone(),
        values: (metrics.iter())
            .map(|m| m.weights.get(number).map_or(f64::NAN, |w| positive(*w)))
            .collect(),
        colour: line_colour(number),
    });
    let title = "weight in the optimised loss";
    over_steps(metrics, report, &series.collect::<Vec<_>>(), title)
}

fn over_steps(metrics: &[Metric], report: &Report, series: &[Series], title: &str) -> Drawing {
    let mut drawing = Drawing::new();
    let heading = [MARGIN, MARGIN + 0.8 * HEADING_SIZE];
    drawing.text(&report.title, heading, HEADING_SIZE, Anchor::Start);
    let vertical = vertical_span(series);
    let first = metrics.first().map_or(0.0, |m| m.step as f64);
    let last = metrics.last().map_or(1.0, |m| m.step as f64);
    let frame = Frame {
        left: MARGIN + left_room(&vertical_ticks(&vertical, PLOT[1])),
        top: MARGIN + HEADING_SIZE + 34.0,
        width: PLOT[0],
        height: PLOT[1],
        horizontal: Span::linear(first, last.max(first + 1.0)),
        vertical,
    };
    frame.grid(&mut drawing);
    phases(&mut drawing, &frame, metrics, report);
    let steps: Vec<f64> = metrics.iter().map(|m| m.step as f64).collect();
    for line in series {
        let (x, y) = thinned(&frame, &steps, &line.values);
        curve(&mut drawing, &frame, &x, &y, line.colour);
    }
    frame.axes(&mut drawing, ("step", ""), (title, ""));
    let end = legend(&mut drawing, &frame, series);
    drawing.width = end.max(2.0 * MARGIN + font::width(&report.title, HEADING_SIZE));
    drawing.height = frame.top + frame.height + BELOW + 8.0;
    drawing
}

pub(super) struct Series {
    pub(super) name: String,
    /// NaN where there is nothing to show.
    pub(super) values: Vec<f64>,
    pub(super) colour: Colour,
}

/// Value on a logarithmic scale; NaN for values that are not positive.
pub(super) fn positive(v: f64) -> f64 {
    if v.is_finite() && v > 0.0 {
        v
    } else {
        f64::NAN
    }
}

/// One per loss, and their sum where there are several.
fn series(metrics: &[Metric]) -> Vec<Series> {
    let names = metrics
        .first()
        .map(|m| m.losses.keys())
        .into_iter()
        .flatten();
    let mut series: Vec<Series> = names
        .enumerate()
        .map(|(number, name)| {
            let values = metrics.iter().map(|m| m.losses.get(name));
            Series {
                name: name.clone(),
                values: values
                    .map(|v| v.map_or(f64::NAN, |v| positive(*v)))
                    .collect(),
                colour: line_colour(number),
            }
        })
        .collect();
    if series.len() > 1 {
        series.push(Series {
            name: "sum".to_string(),
            values: metrics.iter().map(|m| positive(m.loss)).collect(),
            colour: INK,
        });
    }
    series
}

/// Whole decades around all values; at most thirty, so that a single exact zero does not hide the rest.
pub(super) fn vertical_span(series: &[Series]) -> Span {
    let values = series.iter().flat_map(|s| &s.values);
    let finite = values.filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, 0.0f64), |(low, high), v| {
        (low.min(*v), high.max(*v))
    });
    let (low, high) = if low <= high { (low, high) } else { (0.1, 1.0) };
    let top = high.log10().ceil();
    let bottom = low.log10().floor().clamp(top - 30.0, top - 1.0);
    Span {
        low: 10f64.powf(bottom),
        high: 10f64.powf(top),
        logarithmic: true,
    }
}

/// First, smallest, largest and last value in every pixel, so that long runs stay small files.
fn thinned(frame: &Frame, steps: &[f64], values: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let pixel = |i: usize| (frame.width * frame.horizontal.share(steps[i])) as usize;
    let low = frame.vertical.low;
    let mut kept = Vec::new();
    let mut start = 0;
    while start < steps.len() {
        let same = (start..steps.len()).take_while(|i| pixel(*i) == pixel(start));
        let end = start + same.count();
        let by = |a: &usize, b: &usize| values[*a].total_cmp(&values[*b]);
        let extremes = [(start..end).min_by(by), (start..end).max_by(by)];
        let mut chosen: Vec<usize> = extremes.into_iter().flatten().collect();
        chosen.extend([start, end - 1]);
        chosen.sort_unstable();
        chosen.dedup();
        kept.extend(chosen);
        start = end;
    }
    let x = kept.iter().map(|i| steps[*i]).collect();
    let y = kept.iter().map(|i| values[*i].max(low));
    // `max` would hide the gaps.
    let y = y
        .zip(&kept)
        .map(|(y, i)| if values[*i].is_nan() { f64::NAN } else { y });
    (x, y.collect())
}

/// A dashed line where a phase begins, and its optimiser above it where there is room.
fn phases(drawing: &mut Drawing, frame: &Frame, metrics: &[Metric], report: &Report) {
    let top = frame.top;
    let mut starts: Vec<(usize, f64)> = Vec::new();
    for metric in metrics {
        if starts
            .last()
            .is_none_or(|(phase, _)| *phase != metric.phase)
        {
            let x = frame.left + frame.width * frame.horizontal.share(metric.step as f64);
            starts.push((metric.phase, x));
        }
    }
    for (number, (phase, x)) in starts.iter().enumerate() {
        if number > 0 {
            drawing.dashed(vec![[*x, top], [*x, top + frame.height]], 1.0, AXIS);
        }
        let end = starts
            .get(number + 1)
            .map_or(frame.left + frame.width, |(_, x)| *x);
        let Some(phase) = report.settings.phases.get(*phase) else {
            continue;
        };
        let name = optimiser_name(&phase.optimiser);
        if font::width(name, TEXT_SIZE) + 8.0 < end - x {
            drawing.text(name, [x + 2.0, top - 7.0], TEXT_SIZE, Anchor::Start);
        }
    }
}

/// On the right of the frame; returns where it ends.
pub(super) fn legend(drawing: &mut Drawing, frame: &Frame, series: &[Series]) -> f64 {
    let left = frame.left + frame.width + 14.0;
    let mut end = left;
    for (number, line) in series.iter().enumerate() {
        let y = frame.top + 10.0 + 20.0 * number as f64;
        drawing.line(vec![[left, y], [left + 20.0, y]], 2.0, line.colour);
        let name = shortened(&line.name);
        let at = [left + 26.0, y + 0.36 * TEXT_SIZE];
        drawing.text(&name, at, TEXT_SIZE, Anchor::Start);
        end = f64::max(end, at[0] + font::width(&name, TEXT_SIZE));
    }
    end + MARGIN
}

fn shortened(name: &str) -> String {
    if font::width(name, TEXT_SIZE) <= LONGEST_NAME {
        return name.to_string();
    }
    let mut short = name.to_string();
    while !short.is_empty() && font::width(&short, TEXT_SIZE) > LONGEST_NAME - TEXT_SIZE {
        short.pop();
    }
    format!("{}…", short.trim_end())
}
