//! Pictures as PNG and SVG: laid out once as a list of shapes, rendered twice.

mod axes;
mod chart;
mod colours;
mod drawing;
mod field;
mod font;
mod heat_map;
mod loss;
mod png;
mod scatter;
mod sensors;
mod slice;
mod svg;
#[cfg(test)]
mod tests;
mod ticks;

pub use chart::Chart;
pub use scatter::{Scatter, ScatterPoint};

use super::{Metric, Results, Sampled, Writer};
use drawing::Drawing;
use std::io::{self, Write};

/// File format of a picture.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum PictureFormat {
    /// Pixels.
    Png,
    /// Vector graphics.
    Svg,
}

impl PictureFormat {
    /// Both formats.
    pub const ALL: [PictureFormat; 2] = [PictureFormat::Png, PictureFormat::Svg];

    fn extension(self) -> &'static str {
        match self {
            PictureFormat::Png => "png",
            PictureFormat::Svg => "svg",
        }
    }

    fn write(self, drawing: &Drawing, to: &mut dyn Write) -> io::Result<()> {
        match self {
            PictureFormat::Png => png::write(drawing, to),
            PictureFormat::Svg => svg::write(drawing, to),
        }
    }
}

/// `loss.svg`: losses per equation and condition over the steps.
pub struct LossPicture(pub PictureFormat);

impl Writer for LossPicture {
    fn file_name(&self) -> String {
        format!("loss.{}", self.0.extension())
    }

    fn write(&self, results: &Results<'_>, to: &mut dyn Write) -> io::Result<()> {
        let drawing = loss::picture(results.metrics, results.report);
        self.0.write(&drawing, to)
    }
}

/// `weights.svg`: weights of equations and conditions over the steps.
pub struct WeightPicture(pub PictureFormat);

impl WeightPicture {
    /// Returns true if any weight changes between the logged steps.
    pub fn fits(metrics: &[Metric]) -> bool {
        let first = metrics.first().map(|m| &m.weights);
        metrics.iter().any(|m| Some(&m.weights) != first)
    }
}

impl Writer for WeightPicture {
    fn file_name(&self) -> String {
        format!("weights.{}", self.0.extension())
    }

    fn write(&self, results: &Results<'_>, to: &mut dyn Write) -> io::Result<()> {
        let drawing = loss::weights(results.metrics, results.report);
        self.0.write(&drawing, to)
    }
}

/// `field-T.svg`: solution, reference and error of one field.
pub struct FieldPicture {
    /// Number into [`Sampled::fields`].
    field: usize,
    stem: String,
    format: PictureFormat,
}

impl FieldPicture {
    /// Pictures of all fields, in all formats.
    pub fn all(sampled: &Sampled) -> Vec<Self> {
        let mut stems: Vec<String> = Vec::new();
        for field in &sampled.fields {
            let safe = |c: char| {
                if c.is_alphanumeric() || c == '_' {
                    c
                } else {
                    '_'
                }
            };
            let mut stem: String = field.name.chars().map(safe).collect();
            // Some file systems do not tell `T` from `t`.
            while stems
                .iter()
                .any(|s| s.to_lowercase() == stem.to_lowercase())
            {
                stem.push('_');
            }
            stems.push(stem);
        }
        let numbered = stems.into_iter().enumerate();
        numbered
            .flat_map(|(field, stem)| {
                PictureFormat::ALL.map(|format| FieldPicture {
                    field,
                    stem: stem.clone(),
                    format,
                })
            })
            .collect()
    }
}

impl Writer for FieldPicture {
    fn file_name(&self) -> String {
        format!("field-{}.{}", self.stem, self.format.extension())
    }

    fn write(&self, results: &Results<'_>, to: &mut dyn Write) -> io::Result<()> {
        let Some(field) = results.sampled.fields.get(self.field) else {
            return Err(io::Error::other(
                "the samples have fewer fields than the pictures",
            ));
        };
        self.format
            .write(&field::picture(results.sampled, field), to)
    }
}
