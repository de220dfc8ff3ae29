//! Charts of the curves that a study compares.

use super::axes::{BELOW, Frame, Span, left_room, vertical_ticks};
use super::colours::line_colour;
use super::drawing::{Anchor, Drawing};
use super::field::curve;
use super::loss::{Series, legend, positive, vertical_span};
use super::{font, svg};
use std::io::{self, Write};

const HEADING_SIZE: f64 = 15.0;
const MARGIN: f64 = 16.0;
const PLOT: [f64; 2] = [600.0, 340.0];

/// Chart of curves over a common axis, with a logarithmic vertical scale.
#[derive(Clone, PartialEq, Debug)]
pub struct Chart {
    /// Title above the chart.
    pub title: String,
    /// Title of the horizontal axis.
    pub horizontal: String,
    /// Title of the vertical axis.
    pub vertical: String,
    /// Positions along the horizontal axis, ascending.
    pub x: Vec<f64>,
    /// Names of the curves, each with one value per entry of `x`. Values that are not positive are left out.
    pub curves: Vec<(String, Vec<f64>)>,
}

impl Chart {
    /// Writes the chart as SVG.
    ///
    /// # Errors
    /// If `to` cannot be written.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        svg::write(&self.drawing(), to)
    }

    pub(super) fn drawing(&self) -> Drawing {
        let mut drawing = Drawing::new();
        let heading = [MARGIN, MARGIN + 0.8 * HEADING_SIZE];
        drawing.text(&self.title, heading, HEADING_SIZE, Anchor::Start);
        let curves = self.curves.iter().enumerate();
        let series: Vec<Series> = curves
            .map(|(number, (name, values))| Series {
                name: name.clone(),
                values: values.iter().map(|v| positive(*v)).collect(),
                colour: line_colour(number),
            })
            .collect();
        let vertical = vertical_span(&series);
        let first = self.x.first().copied().unwrap_or(0.0);
        let last = self.x.last().copied().unwrap_or(1.0);
        let frame = Frame {
            left: MARGIN + left_room(&vertical_ticks(&vertical, PLOT[1])),
            top: MARGIN + HEADING_SIZE + 20.0,
            width: PLOT[0],
            height: PLOT[1],
            horizontal: Span::linear(first, last.max(first + 1.0)),
            vertical,
        };
        frame.grid(&mut drawing);
        for line in &series {
            curve(&mut drawing, &frame, &self.x, &line.values, line.colour);
        }
        frame.axes(&mut drawing, (&self.horizontal, ""), (&self.vertical, ""));
        let end = legend(&mut drawing, &frame, &series);
        drawing.width = end.max(2.0 * MARGIN + font::width(&self.title, HEADING_SIZE));
        drawing.height = frame.top + frame.height + BELOW + 8.0;
        drawing
    }
}
