//! The one font of all pictures, embedded: no fonts of the system are needed.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use std::sync::LazyLock;

/// A subset of DejaVu Sans; its licence is in the same folder.
static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    let bytes = include_bytes!("font/DejaVuSans-subset.ttf");
    FontRef::try_from_slice(bytes).expect("the embedded font is valid: a test draws with it")
});

/// `size` is the em in pixels, as in CSS; the library counts from ascent to descent.
fn scale(size: f64) -> PxScale {
    let em = FONT.units_per_em().unwrap_or(1.0);
    PxScale::from(size as f32 * FONT.height_unscaled() / em)
}

/// Glyphs from the origin on, on the baseline y = 0, and the width of all.
fn glyphs(text: &str, size: f64) -> (Vec<Glyph>, f64) {
    let scale = scale(size);
    let font = FONT.as_scaled(scale);
    let mut glyphs: Vec<Glyph> = Vec::new();
    let mut x = 0.0;
    for character in text.chars() {
        let id = font.glyph_id(character);
        if let Some(previous) = glyphs.last() {
            x += font.kern(previous.id, id);
        }
        glyphs.push(id.with_scale_and_position(scale, point(x, 0.0)));
        x += font.h_advance(id);
    }
    (glyphs, f64::from(x))
}

/// Width of a text in pixels.
pub(super) fn width(text: &str, size: f64) -> f64 {
    glyphs(text, size).1
}

/// Calls `pixel(x, y, coverage)` for every pixel of a text that starts at the origin.
pub(super) fn rasterize(text: &str, size: f64, mut pixel: impl FnMut(i32, i32, f64)) {
    for glyph in glyphs(text, size).0 {
        if let Some(outline) = FONT.outline_glyph(glyph) {
            let bounds = outline.px_bounds();
            outline.draw(|x, y, coverage| {
                let x = bounds.min.x as i32 + x as i32;
                let y = bounds.min.y as i32 + y as i32;
                pixel(x, y, f64::from(coverage));
            });
        }
    }
}

/// Returns true if every character has a glyph.
#[cfg(test)]
pub(super) fn covers(text: &str) -> bool {
    text.chars().all(|c| FONT.glyph_id(c).0 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_greek_have_glyphs_and_widths_scale() {
        assert!(covers("T [°C] W/(m² K) kg³ s⁻¹⁰ · − × µ Ω ρ θ ℓ é …"));
        assert!(!covers("漢"));
        assert!((width("solution", 20.0) / width("solution", 10.0) - 2.0).abs() < 1e-3);
        let mut ink = 0.0;
        rasterize("T", 20.0, |_, _, coverage| ink += coverage);
        // Two strokes of about 2 by 13 pixels.
        assert!((30.0..80.0).contains(&ink), "{ink}");
    }
}
