//! `solution.vti`: VTK ImageData, which ParaView opens (VTK file formats, "XML formats", kitware 2010).
//!
//! Written by hand: the format is one XML element per array around base64, and the crates for it are
//! pre-releases that build for longer than all of this module.

use super::unit_symbol::labelled;
use super::xml::escaped;
use super::{Axis, Results, Sampled, Writer, interval_unit};
use base64::prelude::{BASE64_STANDARD, Engine};
use std::io::{self, Write};

/// Format with all fields on an evenly spaced grid, in display units. Up to two space coordinates have time
/// as a further axis; three have one file per time.
pub struct Vti {
    /// Axes of the image, x first: numbers into [`Sampled::axes`].
    axes: Vec<usize>,
    /// Axis and number of the instant that this file shows.
    instant: Option<(usize, usize)>,
}

/// Format that lists the files of all instants.
pub struct Pvd {
    time: usize,
}

/// Formats that can show `sampled`: none if it has more than three space coordinates or an axis that is not
/// evenly spaced, which ImageData cannot hold.
pub fn vtk_files(sampled: &Sampled) -> Vec<Box<dyn Writer>> {
    let time = sampled.axes.iter().position(|a| a.is_time);
    let mut axes: Vec<usize> = (0..sampled.axes.len()).collect();
    axes.retain(|a| Some(*a) != time);
    if sampled.axes.is_empty() || axes.len() > 3 || !axes.iter().all(|a| even(&sampled.axes[*a])) {
        return Vec::new();
    }
    match time {
        Some(time) if axes.len() == 3 => {
            let instants = 0..sampled.axes[time].values.len();
            let files = instants.map(|instant| Vti {
                axes: axes.clone(),
                instant: Some((time, instant)),
            });
            let files = files.map(|file| Box::new(file) as Box<dyn Writer>);
            files
                .chain([Box::new(Pvd { time }) as Box<dyn Writer>])
                .collect()
        }
        Some(time) if !even(&sampled.axes[time]) => Vec::new(),
        time => {
            axes.extend(time);
            vec![Box::new(Vti {
                axes,
                instant: None,
            })]
        }
    }
}

fn even(axis: &Axis) -> bool {
    let (Some(first), Some(last)) = (axis.values.first(), axis.values.last()) else {
        return false;
    };
    let step = spacing(axis);
    let slack = 1e-9 * (last - first).abs();
    let mut numbered = axis.values.iter().enumerate();
    numbered.all(|(i, v)| (v - (first + step * i as f64)).abs() <= slack)
}

fn spacing(axis: &Axis) -> f64 {
    match &axis.values[..] {
        [first, .., last] => (last - first) / (axis.values.len() - 1) as f64,
        _ => 1.0,
    }
}

fn instant_name(instant: usize) -> String {
    format!("solution/{instant:04}.vti")
}

impl Vti {
    /// Numbers of the grid points in VTK's order: the first axis of the image varies fastest.
    fn points(&self, sampled: &Sampled) -> Vec<usize> {
        let stride = |axis: usize| -> usize {
            let faster = &sampled.axes[axis + 1..];
            faster.iter().map(|a| a.values.len()).product()
        };
        let start = self.instant.map_or(0, |(axis, at)| at * stride(axis));
        let mut points = vec![start];
        for axis in &self.axes {
            let (count, stride) = (sampled.axes[*axis].values.len(), stride(*axis));
            let layers = (0..count).flat_map(|i| points.iter().map(move |p| p + i * stride));
            points = layers.collect();
        }
        points
    }

    /// One number per axis of the image, three in all.
    fn triple<T>(&self, sampled: &Sampled, of: impl Fn(&Axis) -> T, missing: T) -> [T; 3]
    where
        T: Copy,
    {
        let axis = |n: usize| self.axes.get(n).map(|a| &sampled.axes[*a]);
        [0, 1, 2].map(|n| axis(n).map_or(missing, &of))
    }
}

impl Writer for Vti {
    fn file_name(&self) -> String {
        match self.instant {
            Some((_, instant)) => instant_name(instant),
            None => "solution.vti".to_string(),
        }
    }

    fn write(&self, results: &Results<'_>, to: &mut dyn Write) -> io::Result<()> {
        let sampled = results.sampled;
        let [i, j, k] = self.triple(sampled, |a| a.values.len() - 1, 0);
        let [x, y, z] = self.triple(sampled, |a| a.values[0], 0.0);
        let [dx, dy, dz] = self.triple(sampled, spacing, 1.0);
        let extent = format!("0 {i} 0 {j} 0 {k}");
        let axes = self.axes.iter().map(|a| &sampled.axes[*a]);
        let axes: Vec<String> = axes.map(|a| labelled(&a.name, &a.unit)).collect();
        writeln!(to, r#"<?xml version="1.0"?>"#)?;
        // A comment must not hold two hyphens.
        let comment = axes.join(", ").replace("--", "- -");
        writeln!(to, "<!-- axes: {} -->", escaped(&comment))?;
        writeln!(
            to,
            r#"<VTKFile type="ImageData" version="1.0" byte_order="LittleEndian" header_type="UInt64">
<ImageData WholeExtent="{extent}" Origin="{x} {y} {z}" Spacing="{dx} {dy} {dz}">
<Piece Extent="{extent}">
<PointData>"#
        )?;
        let points = self.points(sampled);
        for field in &sampled.fields {
            let (name, unit) = (&field.name, &field.unit);
            let values = points.iter().map(|p| field.values[*p]);
            array(to, &labelled(name, unit), values)?;
            if let Some(reference) = &field.reference {
                let values = points.iter().map(|p| reference[*p]);
                array(to, &labelled(&format!("{name}_reference"), unit), values)?;
                let values = points.iter().map(|p| field.values[*p] - reference[*p]);
                let unit = interval_unit(unit);
                array(to, &labelled(&format!("{name}_error"), &unit), values)?;
            }
            if let Some(estimate) = &field.estimate {
                let values = points.iter().map(|p| estimate[*p]);
                let unit = interval_unit(unit);
                array(to, &labelled(&format!("{name}_estimate"), &unit), values)?;
            }
        }
        writeln!(to, "</PointData>\n</Piece>\n</ImageData>\n</VTKFile>")
    }
}

/// Length in bytes, then the values, as one piece of base64.
fn array(to: &mut dyn Write, name: &str, values: impl Iterator<Item = f64>) -> io::Result<()> {
    let mut bytes = vec![0; 8];
    bytes.extend(values.flat_map(f64::to_le_bytes));
    let length = (bytes.len() - 8) as u64;
    bytes[..8].copy_from_slice(&length.to_le_bytes());
    let (name, data) = (escaped(name), BASE64_STANDARD.encode(bytes));
    writeln!(
        to,
        r#"<DataArray type="Float64" Name="{name}" format="binary">{data}</DataArray>"#
    )
}

impl Writer for Pvd {
    fn file_name(&self) -> String {
        "solution.pvd".to_string()
    }

    fn write(&self, results: &Results<'_>, to: &mut dyn Write) -> io::Result<()> {
        let time = &results.sampled.axes[self.time];
        writeln!(
            to,
            r#"<?xml version="1.0"?>
<VTKFile type="Collection" version="1.0" byte_order="LittleEndian">
<Collection>"#
        )?;
        for (instant, value) in time.values.iter().enumerate() {
            let file = instant_name(instant);
            writeln!(
                to,
                r#"<DataSet timestep="{value}" part="0" file="{file}"/>"#
            )?;
        }
        writeln!(to, "</Collection>\n</VTKFile>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    fn written(sampled: &Sampled) -> Vec<(String, String)> {
        let report = example::report(sampled);
        let results = Results {
            sampled,
            metrics: &[],
            report: &report,
        };
        let text = |file: &dyn Writer| {
            let mut bytes = Vec::new();
            file.write(&results, &mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let files = vtk_files(sampled);
        files.iter().map(|f| (f.file_name(), text(&**f))).collect()
    }

    fn values(file: &str, name: &str) -> Vec<f64> {
        let start = format!(r#"Name="{name}" format="binary">"#);
        let (_, rest) = file.split_once(&start).unwrap();
        let (data, _) = rest.split_once('<').unwrap();
        let bytes = BASE64_STANDARD.decode(data).unwrap();
        let (length, data) = bytes.split_at(8);
        assert_eq!(
            u64::from_le_bytes(length.try_into().unwrap()),
            data.len() as u64
        );
        let (numbers, _) = data.as_chunks::<8>();
        numbers.iter().map(|b| f64::from_le_bytes(*b)).collect()
    }

    #[test]
    fn time_is_the_last_axis_and_space_varies_fastest() {
        let mut sampled = example::square();
        sampled.fields[0].name = "T<".to_string();
        let [(name, file)] = &written(&sampled)[..] else {
            panic!("one file expected");
        };
        assert_eq!(name, "solution.vti");
        assert!(
            file.contains(r#"WholeExtent="0 24 0 24 0 10""#),
            "{}",
            &file[..400]
        );
        assert!(file.contains(r#"Spacing="0.041666666666666664 0.041666666666666664 1""#));
        assert!(file.contains("<!-- axes: x [m], y [m], t [s] -->"));
        let (found, field) = (values(file, "T&lt; [K]"), &sampled.fields[0]);
        let error = values(file, "T&lt;_error [K]");
        for (t, x, y) in [(0, 0, 0), (3, 5, 7), (10, 24, 23)] {
            let (vtk, point) = (x + 25 * (y + 25 * t), y + 25 * (x + 25 * t));
            assert_eq!(found[vtk], field.values[point]);
            let reference = field.reference.as_ref().unwrap()[point];
            assert_eq!(error[vtk], field.values[point] - reference);
        }
    }

    #[test]
    fn three_space_coordinates_with_time_are_a_series() {
        let sampled = example::block(true);
        let files = written(&sampled);
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["solution/0000.vti", "solution/0001.vti", "solution.pvd"]
        );
        assert!(
            files[2]
                .1
                .contains(r#"timestep="1" part="0" file="solution/0001.vti""#)
        );
        let last = values(&files[1].1, "c [umol/(m^2 s)]");
        // c = x - 2 y + z/2 + t at x = 2, y = 1, z = 1, t = 1.
        assert_eq!(last.last(), Some(&1.5));
        assert_eq!(last.len(), 60);
        assert_eq!(last[1] - last[0], 0.5);
    }

    #[test]
    fn uneven_grids_have_no_image() {
        let mut sampled = example::plate();
        sampled.axes[0].values[1] += 0.01;
        assert!(vtk_files(&sampled).is_empty());
    }
}
