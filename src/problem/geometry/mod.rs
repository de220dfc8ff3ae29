//! `[geometry]`: shapes with units, and the region that they make.

mod axes;
mod place;
mod region;
mod shapes;
mod surface;

pub(super) use place::{part, shape_named};

use super::beside::BesideFile;
use super::expression::{Definitions, Scope, constant};
use super::mistake::{Checked, Fault, Mistake};
use super::quantities::Parameters;
use super::quantity::{Expected, value};
use super::read::Read;
use super::wire::{Scalar, ShapeEntry};
use pinn_expr::{Graph, Op};
use pinn_geometry::domain::Domain;
use pinn_geometry::{DOMAIN, Geometry, Placed, Region};
use pinn_units::{Declared, QuantityInfo};
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;

/// Most shapes of one problem.
const MAX_SHAPES: usize = 1000;

/// Declarations that lengths are read against.
struct Reader<'a> {
    declared: &'a Declared,
    definitions: &'a Definitions,
    parameters: &'a [f64],
    /// Numbers of the parameters that run over ranges.
    ranged: Vec<usize>,
    domain: &'a Domain,
    file: &'a str,
    /// Folder of the files that it names.
    folder: &'a Path,
    /// These files, each once.
    files: Vec<BesideFile>,
}

/// The region of the file, inside the domain's box, and the files that its shapes are in.
pub(super) fn geometry(
    read: &Read,
    parameters: &Parameters,
    definitions: &Definitions,
    domain: &Domain,
) -> Checked<(Option<Arc<Geometry>>, Vec<BesideFile>)> {
    let Some(entry) = &read.file.geometry else {
        return Ok((None, Vec::new()));
    };
    let (span, entry) = (entry.span(), entry.get_ref());
    let mut reader = Reader {
        declared: &parameters.declared,
        definitions,
        parameters: &parameters.values,
        ranged: parameters.ranged().collect(),
        domain,
        file: read.text,
        folder: read.folder,
        files: Vec::new(),
    };
    if entry.shapes.0.is_empty() || entry.shapes.0.len() > MAX_SHAPES {
        let fault = Fault::OutOfRange {
            what: "the number of shapes".to_string(),
            allowed: format!("from 1 to {MAX_SHAPES}"),
            found: entry.shapes.0.len().to_string(),
        };
        return Err(Mistake::new(fault, span).help(
            "name them under `[geometry.shapes]`: `hole = { disk = { centre = [\"0 m\", \"0 m\"], radius = \"1 m\" } }`",
        ));
    }
    let mut shapes = Vec::new();
    for (name, shape) in &entry.shapes.0 {
        shapes.push(reader.placed(name, shape)?);
    }
    let names: Vec<&str> = std::iter::once(DOMAIN)
        .chain(shapes.iter().map(|s| s.name.as_str()))
        .collect();
    let region = region::region(&entry.region, &names, read.text)?;
    let geometry = Geometry::new(&domain.intervals, shapes, region);
    Ok((Some(Arc::new(geometry)), reader.files))
}

impl Reader<'_> {
    fn placed(&mut self, name: &Spanned<String>, entry: &Spanned<ShapeEntry>) -> Checked<Placed> {
        let text = name.get_ref();
        let letter = |c: char| c.is_alphanumeric() || c == '_';
        if !text.chars().all(letter) || text.starts_with(|c: char| c.is_ascii_digit()) {
            let message = format!("`{text}` cannot be used in `region`");
            return Err(Mistake::new(Fault::Region { message }, name.span())
                .label("expected letters, digits and underscores"));
        }
        if text == DOMAIN || self.declared.coordinate(text).is_some() {
            let message = format!("`{text}` is reserved");
            return Err(
                Mistake::new(Fault::Region { message }, name.span()).label("choose another name")
            );
        }
        let (axes, shape) = self.shape(entry)?;
        Ok(Placed {
            name: text.clone(),
            axes,
            shape,
        })
    }

    fn point(&self, point: &Spanned<Vec<Spanned<Scalar>>>, axes: &[usize]) -> Checked<Vec<f64>> {
        let found = point.get_ref().len();
        if found != axes.len() {
            let message = format!("expected {} coordinates, found {found}", axes.len());
            return Err(Mistake::new(Fault::WrongType { message }, point.span())
                .label("one number for each coordinate of the shape"));
        }
        let pairs = point.get_ref().iter().zip(axes);
        let numbers = pairs.map(|(entry, axis)| {
            let name = &self.declared.coordinates[*axis].name;
            self.length(entry, name, *axis)
        });
        numbers.collect()
    }

    /// An expression over parameters in the dimension of a coordinate.
    fn length(&self, entry: &Spanned<Scalar>, what: &str, axis: usize) -> Checked<f64> {
        let info: &QuantityInfo = &self.declared.coordinates[axis];
        let expected = Expected::of(what, info);
        let mut graph = Graph::new();
        let scope = Scope::constants(self.declared, self.definitions);
        let found = value(entry, expected, scope, &mut graph, self.file)?;
        for node in graph.reachable(&[found.expr]) {
            if let Op::Parameter(number) = graph.op(node)
                && self.ranged.contains(&usize::from(number))
            {
                let name = &self.declared.parameters[usize::from(number)].name;
                let message = format!("`{name}` is a range, but a shape has a fixed size");
                return Err(Mistake::new(Fault::Region { message }, entry.span())
                    .help("give the parameter one value"));
            }
        }
        let number = constant(&graph, found.expr, self.parameters);
        // Rounded like quantities: a length does not depend on the unit that it was written in.
        let number = format!("{number:.14e}").parse().unwrap_or(f64::NAN);
        match f64::is_finite(number) {
            true => Ok(number),
            false => {
                let what = format!("`{what}`");
                Err(Mistake::new(Fault::NotFinite { what }, entry.span()))
            }
        }
    }
}

/// A set of the shapes of the domain's geometry, which an equation names.
pub(super) fn part_of_region(
    text: &Spanned<String>,
    domain: &Domain,
    file: &str,
) -> Checked<Region> {
    match names(domain)[..] {
        [] => {
            let key = "geometry".to_string();
            Err(Mistake::new(Fault::MissingKey { key }, text.span())
                .label("this names a part of a region, but there are no shapes")
                .help("add `[geometry]` with the shapes of the parts"))
        }
        ref names => region::region(text, names, file),
    }
}

/// Names of a geometry's shapes.
pub(super) fn names(domain: &Domain) -> Vec<&str> {
    let shapes = domain.geometry.iter().flat_map(|g| g.shapes());
    shapes.map(|s| s.name.as_str()).collect()
}
