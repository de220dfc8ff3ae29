//! Everything that expressions of the file may name.

use super::Equations;
use crate::beside::BesideFile;
use crate::context::Context;
use crate::domain;
use crate::equation::{self, Source};
use crate::exact::Exact;
use crate::expression::{Definitions, read_definitions};
use crate::geometry;
use crate::mistake::Checked;
use crate::parts::{self, Parts};
use crate::quantities::{self, Parameters};
use crate::read::Read;
use crate::wire::{Entries, FieldEntry, Scalar};
use pinn_equations::registry::Registry;
use pinn_geometry::domain::Domain;
use pinn_units::Unit;
use toml::Spanned;

/// Quantities, domain and definitions of a file.
pub(super) struct Declared<'a> {
    pub source: Source<'a>,
    pub parameters: Parameters,
    pub domain: Domain,
    /// Units of the coordinates as written.
    pub coordinate_units: Vec<Unit>,
    pub definitions: Definitions,
    pub parts: Parts,
    /// Fields that are positive.
    pub positive: Vec<usize>,
    /// Closed forms that the fields are made to have.
    pub exact: Exact,
    /// These closed forms as a table of references.
    exact_table: Option<Spanned<Entries<Scalar>>>,
    /// Files that the geometry was read from.
    pub files: Vec<BesideFile>,
}

impl<'a> Declared<'a> {
    pub fn new(read: &'a Read, registry: &Registry) -> Checked<Self> {
        let Read { file, text, .. } = read;
        let source = equation::source(file, registry, text)?;
        let parameters =
            quantities::parameters(&file.parameters, &source.declared, read.equation(), text)?;
        let quantities = &parameters.declared;
        let (mut domain, coordinate_units) = domain::domain(&file.domain, quantities, text)?;
        let definitions = read_definitions(&file.definitions, quantities, text)?;
        let (region, files) = geometry::geometry(read, &parameters, &definitions, &domain)?;
        domain.geometry = region;
        let parts = parts::divide(file.equation.get_ref(), &mut domain, text)?;
        let exact = Exact::read(&file.fields, quantities)?;
        let fields = file.fields.0.iter();
        let positive = fields.filter_map(|(key, entry)| match entry.get_ref() {
            FieldEntry::Table(table) if table.positive => quantities.field(key.get_ref()),
            _ => None,
        });
        let positive = positive.collect();
        Ok(Declared {
            positive,
            exact_table: exact.table(quantities),
            source,
            parameters,
            domain,
            coordinate_units,
            definitions,
            parts,
            exact,
            files,
        })
    }

    /// Coordinates, fields and parameters.
    pub fn quantities(&self) -> &pinn_units::Declared {
        &self.parameters.declared
    }

    /// Everything that conditions, data and settings are read against.
    pub fn context<'c>(&'c self, read: &'c Read, equations: &'c Equations) -> Context<'c> {
        Context {
            declared: self.quantities(),
            definitions: &self.definitions,
            exact: &self.exact,
            positive: &self.positive,
            parameters: &self.parameters.values,
            domain: &self.domain,
            units: &self.coordinate_units,
            equations: &equations.remaining,
            file: read.text,
        }
    }

    /// Closed forms of the solution, given as the reference or as what the fields are made to be.
    pub fn closed_forms<'c>(&'c self, read: &'c Read) -> Option<&'c Spanned<Entries<Scalar>>> {
        read.file.reference.as_ref().or(self.exact_table.as_ref())
    }
}
