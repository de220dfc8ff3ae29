//! A frame with marks and titles around a plot.

use super::drawing::{AXIS, Anchor, Drawing, GRID};
use super::font;
use super::ticks::{self, Ticks};

pub(super) const LABEL_SIZE: f64 = 11.0;
pub(super) const TITLE_SIZE: f64 = 12.0;
const MARK: f64 = 4.0;
/// Room below a frame for labels and title.
pub(super) const BELOW: f64 = 40.0;

/// A range of numbers along one side of a frame.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Span {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) logarithmic: bool,
}

impl Span {
    /// Range of all finite values. A range too narrow to be shown becomes 5 % around its middle.
    pub(super) fn of<'a>(values: impl Iterator<Item = &'a f64>) -> Self {
        let finite = values.filter(|v| v.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
            (low.min(*v), high.max(*v))
        });
        if low > high {
            return Span::linear(0.0, 1.0);
        }
        if high - low > 1e-7 * low.abs().max(high.abs()) {
            return Span::linear(low, high);
        }
        let middle = 0.5 * (low + high);
        let half = if middle == 0.0 {
            1.0
        } else {
            0.05 * middle.abs()
        };
        Span::linear(middle - half, middle + half)
    }

    /// Symmetric about zero.
    pub(super) fn symmetric<'a>(values: impl Iterator<Item = &'a f64>) -> Self {
        let sizes = values.filter(|v| v.is_finite()).map(|v| v.abs());
        let largest = sizes.fold(0.0, f64::max);
        let largest = if largest > 0.0 { largest } else { 1.0 };
        Span::linear(-largest, largest)
    }

    pub(super) fn linear(low: f64, high: f64) -> Self {
        Span {
            low,
            high,
            logarithmic: false,
        }
    }

    /// Wider by a share of itself on both sides.
    pub(super) fn padded(&self, share: f64) -> Self {
        let more = share * (self.high - self.low);
        Span::linear(self.low - more, self.high + more)
    }

    /// 0 at the low end, 1 at the high end.
    pub(super) fn share(&self, value: f64) -> f64 {
        if self.logarithmic {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }
}

/// Place of a plot in pixels, and its ranges.
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) horizontal: Span,
    pub(super) vertical: Span,
}

/// Marks along the vertical side, at least 28 pixels apart.
pub(super) fn vertical_ticks(span: &Span, height: f64) -> Ticks {
    let count = (height / 28.0).max(2.0) as usize;
    if span.logarithmic {
        ticks::logarithmic(span.low, span.high, count)
    } else {
        ticks::linear(span.low, span.high, count)
    }
}

/// Width of the widest label.
pub(super) fn label_width(ticks: &Ticks) -> f64 {
    let widths = ticks.labels.iter().map(|l| font::width(l, LABEL_SIZE));
    widths.fold(0.0, f64::max)
}

/// Room on the left of a frame for labels and title.
pub(super) fn left_room(ticks: &Ticks) -> f64 {
    label_width(ticks) + MARK + 4.0 + TITLE_SIZE + 10.0
}

/// Name and unit of an axis.
pub(super) type Title<'a> = (&'a str, &'a str);

impl Frame {
    pub(super) fn place(&self, x: f64, y: f64) -> [f64; 2] {
        [
            self.left + self.width * self.horizontal.share(x),
            self.top + self.height * (1.0 - self.vertical.share(y)),
        ]
    }

    fn right(&self) -> f64 {
        self.left + self.width
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Lines across the plot, drawn behind everything else.
    pub(super) fn grid(&self, drawing: &mut Drawing) {
        for value in self.horizontal_ticks().values {
            let x = self.place(value, self.vertical.low)[0];
            drawing.line(vec![[x, self.top], [x, self.bottom()]], 1.0, GRID);
        }
        for value in vertical_ticks(&self.vertical, self.height).values {
            let y = self.place(self.horizontal.low, value)[1];
            drawing.line(vec![[self.left, y], [self.right(), y]], 1.0, GRID);
        }
    }

    fn horizontal_ticks(&self) -> Ticks {
        let span = &self.horizontal;
        ticks::fitting(span.low, span.high, self.width, LABEL_SIZE)
    }

    /// Frame, marks, labels and titles.
    pub(super) fn axes(&self, drawing: &mut Drawing, horizontal: Title, vertical: Title) {
        let (left, top, right, bottom) = (self.left, self.top, self.right(), self.bottom());
        let ticks = self.horizontal_ticks();
        for (value, label) in ticks.values.iter().zip(&ticks.labels) {
            let x = self.place(*value, self.vertical.low)[0];
            drawing.line(vec![[x, bottom], [x, bottom + MARK]], 1.0, AXIS);
            let at = [x, bottom + MARK + LABEL_SIZE];
            drawing.text(label, at, LABEL_SIZE, Anchor::Middle);
        }
        let title = ticks::title(horizontal.0, horizontal.1, ticks.exponent);
        let at = [0.5 * (left + right), bottom + MARK + LABEL_SIZE + 18.0];
        drawing.text(&title, at, TITLE_SIZE, Anchor::Middle);

        let ticks = vertical_ticks(&self.vertical, self.height);
        for (value, label) in ticks.values.iter().zip(&ticks.labels) {
            let y = self.place(self.horizontal.low, *value)[1];
            drawing.line(vec![[left - MARK, y], [left, y]], 1.0, AXIS);
            if !label.is_empty() {
                let at = [left - MARK - 3.0, y + 0.36 * LABEL_SIZE];
                drawing.text(label, at, LABEL_SIZE, Anchor::End);
            }
        }
        let title = ticks::title(vertical.0, vertical.1, ticks.exponent);
        let x = left - MARK - 3.0 - label_width(&ticks) - 10.0;
        drawing.upright_text(&title, [x, 0.5 * (top + bottom)], TITLE_SIZE);
        self.outline(drawing);
    }

    pub(super) fn outline(&self, drawing: &mut Drawing) {
        let (left, top, right, bottom) = (self.left, self.top, self.right(), self.bottom());
        let corners = vec![
            [left, top],
            [right, top],
            [right, bottom],
            [left, bottom],
            [left, top],
        ];
        drawing.line(corners, 1.0, AXIS);
    }
}
