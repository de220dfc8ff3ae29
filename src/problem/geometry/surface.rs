//! Surfaces from STL files.

use super::Reader;
use crate::beside;
use crate::beside::BesideFile;
use crate::located::Located;
use crate::mistake::{Checked, Fault, Mistake, unit_mistake};
use crate::wire::SurfaceEntry;
use pinn_geometry::{Mesh, Point, Shape, Triangle};
use pinn_units::{Kind, Unit, parse_unit};
use rayon::prelude::*;
use std::io::Cursor;
use std::ops::Range;
use toml::Spanned;

/// Over a million triangles in binary.
const SURFACE: beside::Kind = beside::Kind {
    what: "a surface",
    example: "body.stl",
    limit: 64 << 20,
};
/// Bytes of a binary file before its first triangle, including the number of triangles.
const HEADER: usize = 84;
/// Bytes of one triangle.
const TRIANGLE: usize = 50;
/// Most characters of the parser's message.
const QUOTED: usize = 200;

impl Reader<'_> {
    /// The body in a file, whose numbers are lengths along `axes`; with the file.
    pub(super) fn surface(
        &self,
        entry: &SurfaceEntry,
        axes: &[usize],
    ) -> Checked<(Mesh, BesideFile)> {
        let unit = self.unit_of(&entry.unit, axes[0])?;
        let file = beside::read(&entry.file, self.folder, &SURFACE)?;
        let (path, span) = (|| file.name.clone(), entry.file.span());
        let read = triangles(&file.content, &unit).map_err(|message| {
            let fault = Fault::Surface {
                path: path(),
                message,
            };
            Mistake::new(fault, span.clone()).label("expected a binary or ASCII STL file")
        });
        let mesh = Mesh::new(read?).map_err(|cause| {
            let fault = Fault::Mesh {
                path: path(),
                cause,
            };
            Mistake::new(fault, span.clone())
                .label("expected the closed surface of a body")
                .help("export the body as one watertight solid, or have the program that wrote it repair the mesh")
        })?;
        self.meets_domain(&mesh, axes, span)?;
        Ok((mesh, file))
    }

    fn unit_of(&self, entry: &Spanned<String>, axis: usize) -> Checked<Unit> {
        let text = Located::of(entry, self.file);
        let unit = text.locate(parse_unit(text.text).map_err(unit_mistake))?;
        let expected = self.declared.coordinates[axis].dimensions;
        match unit.dimensions == expected {
            true => Ok(unit),
            false => {
                let fault = Fault::Dimension {
                    what: "the unit of the file's numbers".to_string(),
                    expected,
                    found: unit.dimensions,
                };
                let example = expected.unit_text();
                Err(Mistake::new(fault, entry.span())
                    .label(format!("expected a unit such as `{example}`")))
            }
        }
    }

    /// Refuses a body outside of the domain, which most likely has another unit.
    fn meets_domain(&self, mesh: &Mesh, axes: &[usize], span: Range<usize>) -> Checked<()> {
        let extent = mesh.extent();
        let mut sides = axes.iter().zip(&extent);
        let beside = sides.find(|(axis, own)| {
            let whole = self.domain.intervals[**axis];
            own.upper <= whole.lower || own.lower >= whole.upper
        });
        let Some((axis, own)) = beside else {
            return Ok(());
        };
        let info = &self.declared.coordinates[*axis];
        let unit = info.dimensions.unit_text();
        let message = format!(
            "the body lies outside of the domain: its `{}` runs from {} to {} {unit}",
            info.name, own.lower, own.upper
        );
        Err(Mistake::new(Fault::Region { message }, span)
            .label("this body")
            .help("check `unit`, and make the box of `[domain]` large enough"))
    }
}

/// Triangles in SI base units, or what is wrong with the file.
fn triangles(content: &[u8], unit: &Unit) -> Result<Vec<Triangle>, String> {
    let all = match is_binary(content)? {
        true => {
            // The header is free text, by which the parser would tell ASCII from binary.
            let mut plain = content.to_vec();
            plain[..HEADER - 4].fill(0);
            solid(&plain)?
        }
        false => ascii(content)?,
    };
    let point = |vertex: &stl_io::Vertex| {
        let number = |single: f32| {
            // The shortest decimal of a single is what somebody wrote: 0.1 and not 0.10000000149.
            let decimal = format!("{single}").parse().unwrap_or(f64::NAN);
            // Minus zero is the same point as zero.
            unit.to_si(decimal, Kind::Plain) + 0.0
        };
        let [x, y, z] = vertex.0.map(number);
        Point::new(x, y, z)
    };
    let all = all
        .par_iter()
        .map(|t| [0, 1, 2].map(|i| point(&t.vertices[i])));
    Ok(all.collect())
}

/// Binary files have a length that their header announces; headers may begin like ASCII files.
fn is_binary(content: &[u8]) -> Result<bool, String> {
    let announced = content.get(HEADER - 4..HEADER).map(|count| {
        let count = count.try_into().map_or(0, u32::from_le_bytes);
        (count, HEADER as u64 + u64::from(count) * TRIANGLE as u64)
    });
    let length = content.len() as u64;
    let ascii = content.trim_ascii_start().get(..5);
    let ascii = ascii.is_some_and(|word| word.eq_ignore_ascii_case(b"solid"));
    match announced {
        Some((_, expected)) if expected == length => Ok(true),
        _ if ascii => Ok(false),
        Some((count, expected)) => Err(format!(
            "by its header it has {count} triangles and {expected} bytes, found {length} bytes"
        )),
        None => Err(format!(
            "it neither begins with `solid` nor has the {HEADER} bytes of a binary header"
        )),
    }
}

/// All solids of a text. Names and normals, which are not used, may be anything.
fn ascii(content: &[u8]) -> Result<Vec<stl_io::Triangle>, String> {
    let text = String::from_utf8_lossy(content).to_ascii_lowercase();
    let mut all = Vec::new();
    let mut part = String::new();
    for line in text.lines().map(str::trim) {
        match line.split_whitespace().next() {
            Some("solid") => part += "solid \n",
            Some("endsolid") => {
                part += "endsolid\n";
                all.append(&mut solid(part.as_bytes())?);
                part.clear();
            }
            Some("facet") => part += "facet normal 0 0 0\n",
            Some(_) => {
                part += line;
                part.push('\n');
            }
            None => {}
        }
    }
    match part.is_empty() {
        true => Ok(all),
        false => Err("the last solid has no `endsolid`".to_string()),
    }
}

/// Triangles of one solid.
fn solid(content: &[u8]) -> Result<Vec<stl_io::Triangle>, String> {
    // It quotes lines, which may have any length.
    let shown = |cause: std::io::Error| cause.to_string().chars().take(QUOTED).collect::<String>();
    let mut content = Cursor::new(content);
    let reader = stl_io::create_stl_reader(&mut content).map_err(shown)?;
    reader.collect::<Result<_, _>>().map_err(shown)
}
