//! A picture as a list of shapes: laid out once, then rendered to PNG and SVG.

use super::font;

pub(super) type Colour = [u8; 3];

pub(super) const INK: Colour = [0x22, 0x22, 0x22];
pub(super) const AXIS: Colour = [0x55, 0x55, 0x55];
pub(super) const GRID: Colour = [0xe4, 0xe4, 0xe4];

/// Lengths in pixels of a picture seen at normal size; y points down.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Shape {
    Line {
        points: Vec<[f64; 2]>,
        width: f64,
        colour: Colour,
        dashed: bool,
    },
    Circle {
        centre: [f64; 2],
        radius: f64,
        colour: Colour,
    },
    Text {
        text: String,
        /// On the baseline.
        at: [f64; 2],
        size: f64,
        anchor: Anchor,
        /// Reads from bottom to top.
        upright: bool,
    },
    /// RGB pixels, rows from the top.
    Image {
        at: [f64; 2],
        size: [f64; 2],
        columns: u32,
        pixels: Vec<u8>,
    },
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Shapes on white, painted in order.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Drawing {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) shapes: Vec<Shape>,
}

impl Drawing {
    pub(super) fn new() -> Self {
        Drawing {
            width: 0.0,
            height: 0.0,
            shapes: Vec::new(),
        }
    }

    pub(super) fn line(&mut self, points: Vec<[f64; 2]>, width: f64, colour: Colour) {
        self.shapes.push(Shape::Line {
            points,
            width,
            colour,
            dashed: false,
        });
    }

    pub(super) fn dashed(&mut self, points: Vec<[f64; 2]>, width: f64, colour: Colour) {
        self.shapes.push(Shape::Line {
            points,
            width,
            colour,
            dashed: true,
        });
    }

    pub(super) fn text(&mut self, text: &str, at: [f64; 2], size: f64, anchor: Anchor) {
        self.shapes.push(Shape::Text {
            text: text.to_string(),
            at,
            size,
            anchor,
            upright: false,
        });
    }

    pub(super) fn upright_text(&mut self, text: &str, at: [f64; 2], size: f64) {
        self.shapes.push(Shape::Text {
            text: text.to_string(),
            at,
            size,
            anchor: Anchor::Middle,
            upright: true,
        });
    }
}

/// Offset of the start of a text from its anchor.
pub(super) fn anchor_shift(text: &str, size: f64, anchor: Anchor) -> f64 {
    match anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => -0.5 * font::width(text, size),
        Anchor::End => -font::width(text, size),
    }
}

/// Points along a polyline where dashes begin and end: 6 pixels on, 4 off.
pub(super) fn dashes(points: &[[f64; 2]]) -> Vec<[[f64; 2]; 2]> {
    const PATTERN: [f64; 2] = [6.0, 4.0];
    let mut dashes = Vec::new();
    let (mut on, mut left) = (true, PATTERN[0]);
    for pair in points.windows(2) {
        let [from, to] = [pair[0], pair[1]];
        let length = (to[0] - from[0]).hypot(to[1] - from[1]);
        let at = |s: f64| {
            let share = if length > 0.0 { s / length } else { 0.0 };
            [
                from[0] + share * (to[0] - from[0]),
                from[1] + share * (to[1] - from[1]),
            ]
        };
        let mut start = 0.0;
        while start < length {
            let end = (start + left).min(length);
            if on {
                dashes.push([at(start), at(end)]);
            }
            left -= end - start;
            start = end;
            if left <= 0.0 {
                on = !on;
                left = PATTERN[usize::from(!on)];
            }
        }
    }
    dashes
}
