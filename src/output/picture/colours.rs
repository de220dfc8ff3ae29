//! Colours of values, errors and lines.

use super::drawing::Colour;

/// Values that are not finite.
const MISSING: Colour = [0xbb, 0xbb, 0xbb];

/// How a number becomes a colour.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum ColourMap {
    /// Viridis (van der Walt & Smith 2015): equal steps look equal, also in grey and to the colour-blind.
    Sequential,
    /// Blue below the middle, red above (ColorBrewer RdBu).
    Diverging,
}

impl ColourMap {
    /// Colour of a share in 0..=1 of the range.
    pub(super) fn colour(self, share: f64) -> Colour {
        if !share.is_finite() {
            return MISSING;
        }
        let share = share.clamp(0.0, 1.0);
        let colour = match self {
            ColourMap::Sequential => colorous::VIRIDIS.eval_continuous(share),
            ColourMap::Diverging => colorous::RED_BLUE.eval_continuous(1.0 - share),
        };
        [colour.r, colour.g, colour.b]
    }
}

/// Colour of the nth line (Tableau 10).
pub(super) fn line_colour(number: usize) -> Colour {
    let colour = colorous::TABLEAU10[number % colorous::TABLEAU10.len()];
    [colour.r, colour.g, colour.b]
}
