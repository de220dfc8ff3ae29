//! SVG with real text, fractions of pixels and heat maps as embedded PNG.
//!
//! plotters' own SVG backend knows whole pixels only and gives embedded images a media type that viewers
//! reject (`data:png`), so the shapes are written here.

use super::drawing::{Anchor, Drawing, INK, Shape};
use super::png::encode;
use crate::xml::escaped;
use base64::prelude::{BASE64_STANDARD, Engine};
use std::io::{self, Write};

pub(super) fn write(drawing: &Drawing, to: &mut dyn Write) -> io::Result<()> {
    let (width, height) = (drawing.width.ceil(), drawing.height.ceil());
    writeln!(
        to,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="'DejaVu Sans',Verdana,sans-serif" fill="{}">"#,
        hex(INK)
    )?;
    writeln!(
        to,
        r##"<rect width="{width}" height="{height}" fill="#fff"/>"##
    )?;
    for shape in &drawing.shapes {
        write_shape(shape, to)?;
    }
    writeln!(to, "</svg>")
}

fn write_shape(shape: &Shape, to: &mut dyn Write) -> io::Result<()> {
    match shape {
        Shape::Line {
            points,
            width,
            colour,
            dashed,
        } => {
            write!(to, r#"<polyline points=""#)?;
            for [x, y] in points {
                write!(to, "{},{} ", short(*x), short(*y))?;
            }
            let dashes = if *dashed {
                r#" stroke-dasharray="6 4""#
            } else {
                ""
            };
            let stroke = hex(*colour);
            writeln!(
                to,
                r#"" fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linejoin="round"{dashes}/>"#
            )
        }
        Shape::Circle {
            centre,
            radius,
            colour,
        } => writeln!(
            to,
            r#"<circle cx="{}" cy="{}" r="{radius}" fill="none" stroke="{}"/>"#,
            short(centre[0]),
            short(centre[1]),
            hex(*colour)
        ),
        Shape::Text {
            text,
            at,
            size,
            anchor,
            upright,
        } => {
            let (x, y) = (short(at[0]), short(at[1]));
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => r#" text-anchor="middle""#,
                Anchor::End => r#" text-anchor="end""#,
            };
            let turn = if *upright {
                format!(r#" transform="rotate(-90 {x} {y})""#)
            } else {
                String::new()
            };
            let text = escaped(text);
            writeln!(
                to,
                r#"<text x="{x}" y="{y}" font-size="{size}"{anchor}{turn}>{text}</text>"#
            )
        }
        Shape::Image {
            at,
            size,
            columns,
            pixels,
        } => writeln!(
            to,
            r#"<image x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none" href="data:image/png;base64,{}"/>"#,
            short(at[0]),
            short(at[1]),
            short(size[0]),
            short(size[1]),
            BASE64_STANDARD.encode(encode(*columns, pixels)?)
        ),
    }
}

/// A hundredth of a pixel is enough.
fn short(length: f64) -> f64 {
    (length * 100.0).round() / 100.0
}

fn hex(colour: [u8; 3]) -> String {
    format!("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2])
}
