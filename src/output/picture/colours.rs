//! Colours of values, errors and lines.

use super::drawing::Colour;
use std::sync::OnceLock;

/// Entries of a table less one: even, so that the middle of a range has its own, and more than steps of a channel.
const LAST: usize = 2048;
/// Values that are not finite.
const MISSING: Colour = [0xbb, 0xbb, 0xbb];

/// Map from numbers to colours.
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
        self.table()[(share.clamp(0.0, 1.0) * LAST as f64 + 0.5) as usize]
    }

    /// Evaluated once: a picture has a million pixels.
    fn table(self) -> &'static [Colour] {
        static TABLES: [OnceLock<Vec<Colour>>; 2] = [OnceLock::new(), OnceLock::new()];
        TABLES[self as usize].get_or_init(|| {
            let colours = (0..=LAST).map(|number| {
                let share = number as f64 / LAST as f64;
                let colour = match self {
                    ColourMap::Sequential => colorous::VIRIDIS.eval_continuous(share),
                    ColourMap::Diverging => colorous::RED_BLUE.eval_continuous(1.0 - share),
                };
                [colour.r, colour.g, colour.b]
            });
            colours.collect()
        })
    }
}

/// Colour of the nth line (Tableau 10).
pub(super) fn line_colour(number: usize) -> Colour {
    let colour = colorous::TABLEAU10[number % colorous::TABLEAU10.len()];
    [colour.r, colour.g, colour.b]
}
