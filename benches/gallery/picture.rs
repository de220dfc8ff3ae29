//! Pictures for the documentation.

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

/// Writes a picture at half its size: each pixel the mean of four.
pub fn halve(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    let mut reader = png::Decoder::new(BufReader::new(File::open(from)?)).read_info()?;
    let size = reader
        .output_buffer_size()
        .ok_or("the picture is too large")?;
    let mut pixels = vec![0; size];
    let info = reader.next_frame(&mut pixels)?;
    if (info.color_type, info.bit_depth) != (png::ColorType::Rgb, png::BitDepth::Eight) {
        return Err(format!("{} is not 8-bit RGB", from.display()).into());
    }
    let (width, height) = (info.width as usize / 2, info.height as usize / 2);
    let mut halved = Vec::with_capacity(width * height * 3);
    for row in 0..height {
        for column in 0..width {
            for colour in 0..3 {
                let at = |r: usize, c: usize| {
                    let pixel = (2 * row + r) * info.line_size + (2 * column + c) * 3;
                    u32::from(pixels[pixel + colour])
                };
                let sum = at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1);
                halved.push(((sum + 2) / 4) as u8);
            }
        }
    }
    let file = BufWriter::new(File::create(to)?);
    let mut encoder = png::Encoder::new(file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&halved)?;
    writer.finish()?;
    Ok(())
}
