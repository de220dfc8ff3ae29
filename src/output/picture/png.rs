//! PNG through plotters' rasteriser.

use super::drawing::{Anchor, Colour, Drawing, INK, Shape, anchor_shift, dashes};
use super::font;
use plotters::prelude::{BitMapBackend, DrawingBackend};
use plotters::style::{Color, RGBColor, ShapeStyle};
use std::io::{self, Write};

/// Pixels of the file per pixel of the picture: sharp on dense screens and in print.
const SCALE: usize = 2;
/// Drawn larger by this and averaged: the rasteriser places corners on whole pixels.
const OVERSAMPLING: usize = 2;

pub(super) fn write(drawing: &Drawing, to: &mut dyn Write) -> io::Result<()> {
    let columns = drawing.width.ceil() as usize * SCALE;
    let rows = drawing.height.ceil() as usize * SCALE;
    let fine = rasterize(drawing, columns * OVERSAMPLING, rows * OVERSAMPLING)?;
    let mut encoder = png::Encoder::new(to, columns as u32, rows as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&average(&fine, columns, rows))?;
    writer.finish()?;
    Ok(())
}

/// RGB pixels of an [`Shape::Image`] as a PNG file, for embedding.
pub(super) fn encode(columns: u32, pixels: &[u8]) -> io::Result<Vec<u8>> {
    let mut file = Vec::new();
    let rows = pixels.len() / (3 * columns as usize);
    let mut encoder = png::Encoder::new(&mut file, columns, rows as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

fn average(fine: &[u8], columns: usize, rows: usize) -> Vec<u8> {
    const COUNT: u16 = (OVERSAMPLING * OVERSAMPLING) as u16;
    let mut pixels = Vec::with_capacity(columns * rows * 3);
    let stride = columns * OVERSAMPLING * 3;
    let mut sums = vec![0u16; columns * 3];
    for lines in fine.chunks_exact(OVERSAMPLING * stride) {
        sums.fill(COUNT / 2);
        for line in lines.chunks_exact(stride) {
            let cells = line.chunks_exact(OVERSAMPLING * 3);
            for (sums, cells) in sums.chunks_exact_mut(3).zip(cells) {
                for cell in cells.chunks_exact(3) {
                    for (sum, channel) in sums.iter_mut().zip(cell) {
                        *sum += u16::from(*channel);
                    }
                }
            }
        }
        pixels.extend(sums.iter().map(|sum| (sum / COUNT) as u8));
    }
    pixels
}

fn rasterize(drawing: &Drawing, columns: usize, rows: usize) -> io::Result<Vec<u8>> {
    let mut buffer = vec![255; columns * rows * 3];
    let scale = (SCALE * OVERSAMPLING) as f64;
    let whole = |v: f64| (v * scale).round() as i32;
    let corner = |p: [f64; 2]| (whole(p[0]), whole(p[1]));
    {
        let mut backend = BitMapBackend::with_buffer(&mut buffer, (columns as u32, rows as u32));
        for shape in &drawing.shapes {
            let drawn = match shape {
                Shape::Line {
                    points,
                    width,
                    colour,
                    dashed,
                } => {
                    let style = stroke(*colour, width * scale);
                    let drawn = if *dashed {
                        dashes(points).iter().try_for_each(|[a, b]| {
                            backend.draw_path([corner(*a), corner(*b)], &style)
                        })
                    } else {
                        backend.draw_path(points.iter().map(|p| corner(*p)), &style)
                    };
                    drawn.map_err(io::Error::other)
                }
                Shape::Circle {
                    centre,
                    radius,
                    colour,
                } => {
                    let style = stroke(*colour, scale);
                    backend
                        .draw_circle(corner(*centre), whole(*radius) as u32, &style, false)
                        .map_err(io::Error::other)
                }
                Shape::Text {
                    text,
                    at,
                    size,
                    anchor,
                    upright,
                } => draw_text(&mut backend, text, *at, *size, *anchor, *upright, scale),
                Shape::Image {
                    at,
                    size,
                    columns,
                    pixels,
                } => {
                    let (width, height) = (whole(size[0]) as u32, whole(size[1]) as u32);
                    let pixels = enlarge(pixels, *columns as usize, width, height);
                    backend
                        .blit_bitmap(corner(*at), (width, height), &pixels)
                        .map_err(io::Error::other)
                }
            };
            drawn?;
        }
        backend.present().map_err(io::Error::other)?;
    }
    Ok(buffer)
}

fn stroke(colour: Colour, width: f64) -> ShapeStyle {
    RGBColor(colour[0], colour[1], colour[2]).stroke_width((width.round() as u32).max(1))
}

fn draw_text(
    backend: &mut BitMapBackend<'_>,
    text: &str,
    at: [f64; 2],
    size: f64,
    anchor: Anchor,
    upright: bool,
    scale: f64,
) -> io::Result<()> {
    let ink = RGBColor(INK[0], INK[1], INK[2]);
    let shift = anchor_shift(text, size, anchor);
    let mut result = Ok(());
    font::rasterize(text, size * scale, |x, y, coverage| {
        let along = shift * scale + f64::from(x);
        let across = f64::from(y);
        let (dx, dy) = if upright {
            (across, -along)
        } else {
            (along, across)
        };
        let pixel = (
            (at[0] * scale + dx).round() as i32,
            (at[1] * scale + dy).round() as i32,
        );
        if result.is_ok() {
            result = backend
                .draw_pixel(pixel, ink.mix(coverage).to_backend_color())
                .map_err(io::Error::other);
        }
    });
    result
}

/// Nearest pixels: images are laid out with one pixel per pixel of the file.
fn enlarge(pixels: &[u8], columns: usize, width: u32, height: u32) -> Vec<u8> {
    let (width, height) = (width as usize, height as usize);
    let rows = pixels.len() / (3 * columns);
    let mut large = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        let row = y * rows / height;
        for x in 0..width {
            let from = 3 * (row * columns + x * columns / width);
            large.extend_from_slice(&pixels[from..from + 3]);
        }
    }
    large
}
