//! Scatter plots in several panels over one logarithmic axis.

use super::axes::{BELOW, Frame, Span, left_room, vertical_ticks};
use super::colours::line_colour;
use super::drawing::{AXIS, Anchor, Colour, Drawing, Shape};
use super::loss::{Series, legend, positive, vertical_span};
use super::{font, svg};
use std::io::{self, Write};

const HEADING_SIZE: f64 = 15.0;
const MARGIN: f64 = 16.0;
const PLOT: [f64; 2] = [320.0, 320.0];
const RADII: [f64; 3] = [2.0, 3.5, 5.0];

/// Scatter plot with some named points, each with a colour of its own, and others.
#[derive(Clone, PartialEq, Debug)]
pub struct Scatter {
    /// Title above the panels.
    pub title: String,
    /// Title of the vertical axis.
    pub vertical: String,
    /// Titles of the horizontal axes, one panel each, side by side.
    pub horizontal: Vec<String>,
    /// Named points.
    pub named: Vec<(String, ScatterPoint)>,
    /// Other points.
    pub others: Vec<ScatterPoint>,
    /// Name of the other points in the legend.
    pub others_name: String,
}

/// Point of a scatter plot. It is left out if it is not finite, or not positive along the vertical axis.
#[derive(Clone, PartialEq, Debug)]
pub struct ScatterPoint {
    /// Horizontal positions, one per panel.
    pub horizontal: Vec<f64>,
    /// Vertical position.
    pub vertical: f64,
}

impl Scatter {
    /// Writes the plot as SVG.
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
        let named = self.named.iter().enumerate();
        let mut series: Vec<Series> = named
            .map(|(number, (name, point))| Series {
                name: name.clone(),
                values: vec![positive(point.vertical)],
                colour: line_colour(number),
            })
            .collect();
        if !self.others.is_empty() {
            series.push(Series {
                name: self.others_name.clone(),
                values: self.others.iter().map(|p| positive(p.vertical)).collect(),
                colour: AXIS,
            });
        }
        let vertical = vertical_span(&series);
        let ticks = vertical_ticks(&vertical, PLOT[1]);
        let mut left = MARGIN;
        let mut end = left;
        for (panel, title) in self.horizontal.iter().enumerate() {
            let points = self.others.iter().chain(self.named.iter().map(|(_, p)| p));
            let values: Vec<f64> = points.map(|p| p.horizontal[panel]).collect();
            let frame = Frame {
                left: left + left_room(&ticks),
                top: MARGIN + HEADING_SIZE + 20.0,
                width: PLOT[0],
                height: PLOT[1],
                horizontal: Span::of(values.iter()).padded(0.05),
                vertical: vertical.clone(),
            };
            frame.grid(&mut drawing);
            for point in &self.others {
                mark(&mut drawing, &frame, panel, point, AXIS, &RADII[1..2]);
            }
            for (number, (_, point)) in self.named.iter().enumerate() {
                mark(
                    &mut drawing,
                    &frame,
                    panel,
                    point,
                    line_colour(number),
                    &RADII,
                );
            }
            frame.axes(&mut drawing, (title, ""), (&self.vertical, ""));
            left = frame.left + frame.width + MARGIN;
            end = match panel + 1 == self.horizontal.len() {
                true => legend(&mut drawing, &frame, &series),
                false => left,
            };
            drawing.height = frame.top + frame.height + BELOW + 8.0;
        }
        drawing.width = end.max(2.0 * MARGIN + font::width(&self.title, HEADING_SIZE));
        drawing
    }
}

fn mark(
    drawing: &mut Drawing,
    frame: &Frame,
    panel: usize,
    point: &ScatterPoint,
    colour: Colour,
    radii: &[f64],
) {
    let (x, y) = (point.horizontal[panel], positive(point.vertical));
    if !(x.is_finite() && y.is_finite()) {
        return;
    }
    let centre = frame.place(x, y);
    for radius in radii {
        drawing.shapes.push(Shape::Circle {
            centre,
            radius: *radius,
            colour,
        });
    }
}
