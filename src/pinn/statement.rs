//! A complete mathematical problem: equations, conditions, domain and scales.

pub use super::posed::{NondimensionalStatement, Posed};

use super::ansatz::{DimensionalAnsatz, HardError};
use super::readings::Readings;
use super::unknown::Unknown;
use pinn_expr::{Expr, Op};
use pinn_geometry::domain::{Domain, Face};
use pinn_geometry::place::{Boundary, Place};
use pinn_geometry::row_data::RowData;
use pinn_geometry::sampling::EmptyDomain;
use pinn_units::{Declared, DimensionalResiduals, NondimensionalError, Scales};

use std::collections::HashMap;

/// A problem in physical units, as an engineer would write it on one page. [`Statement::pose`] checks it.
#[derive(Clone)]
pub struct Statement {
    /// Coordinates, fields and parameters with their dimensions.
    pub declared: Declared,
    /// Ranges of the coordinates, and the region inside of them.
    pub domain: Domain,
    /// Scales of coordinates and fields, values of parameters.
    pub scales: Scales,
    /// Hold everywhere inside the domain.
    pub equations: DimensionalResiduals,
    /// Residuals on parts of the boundary, and those of parts of the region.
    pub conditions: Vec<Condition>,
    /// Fields in terms of the network's outputs; without it, hard conditions become one by themselves.
    pub ansatz: Option<DimensionalAnsatz>,
    /// Parameters that are sought, no parameter twice; their values in the scales are guesses.
    pub unknowns: Vec<Unknown>,
    /// Measurements. Either all of them have a noise or none.
    pub readings: Vec<Readings>,
}

/// A residual on part of the boundary (the initial time counts as boundary).
#[derive(Clone)]
pub struct Condition {
    /// Unique among the conditions of a statement; for people and reports.
    pub name: String,
    /// Residuals that vanish at the place of the condition.
    pub residuals: DimensionalResiduals,
    /// Site 0 of every row lies here.
    pub place: Place,
    /// Coordinates along which rows carry the component of the outward unit normal, as further coordinates of the
    /// residuals behind those of the statement, in this order: see [`RowData`].
    pub normal: Vec<usize>,
    /// Periodic conditions: site 1 lies on this face, at the same other coordinates.
    pub partner: Option<Face>,
    /// Holds exactly by the ansatz of the statement, and is not trained.
    pub hard: bool,
}

impl Condition {
    /// Data that rows carry: the components of the normal.
    pub fn row_data(&self, declared: &Declared) -> Vec<RowData> {
        let along = self.normal.iter().map(|c| &declared.coordinates[*c]);
        along.map(RowData::component).collect()
    }
}

impl Statement {
    /// Tells, for points in SI base units (one column per coordinate), at which of them each field lives. That is inside of the
    /// region, and where all equations that read the field hold in parts of it alone, in these.
    pub fn lives(&self, coordinates: &[Vec<f64>]) -> Vec<Vec<bool>> {
        // Most fields live in the same place, and what is inside can be long to find.
        let mut known: HashMap<Option<Vec<usize>>, Vec<bool>> = HashMap::new();
        let fields = (0..self.declared.fields.len()).map(|field| {
            let place = known.entry(self.parts_of(field));
            let place = place.or_insert_with_key(|parts| match parts {
                Some(parts) => self.domain.inside_parts(parts, coordinates),
                None => self.domain.inside(coordinates),
            });
            place.clone()
        });
        fields.collect()
    }

    /// The parts of the region that a field lives in; `None` is all of it.
    fn parts_of(&self, field: usize) -> Option<Vec<usize>> {
        let main = self.domain.geometry.as_ref().and_then(|g| g.main());
        let all = std::iter::once((&self.equations, main));
        let conditions = self
            .conditions
            .iter()
            .filter_map(|c| match c.place.boundary {
                Boundary::Part(part) => Some((&c.residuals, Some(part))),
                _ => None,
            });
        let reading = all
            .chain(conditions)
            .filter(|(residuals, _)| reads(residuals, field));
        let parts: Option<Vec<usize>> = reading.map(|(_, part)| part).collect();
        parts.filter(|parts| !parts.is_empty())
    }
}

fn reads(residuals: &DimensionalResiduals, field: usize) -> bool {
    let outputs: Vec<Expr> = residuals.equations().iter().map(|e| e.residual).collect();
    let graph = residuals.graph();
    let mut inputs = graph.inputs(&outputs).into_iter();
    inputs.any(|e| matches!(graph.op(e), Op::Field { field: f, .. } if usize::from(f) == field))
}

/// Reasons why a statement cannot be posed.
#[allow(
    missing_docs,
    reason = "the message says what each variant and its fields are"
)]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StatementError {
    #[error(transparent)]
    Equations(NondimensionalError),
    #[error("condition `{name}`: {cause}")]
    Condition {
        name: String,
        cause: NondimensionalError,
    },
    #[error("readings `{name}`: {cause}")]
    Readings {
        name: String,
        cause: NondimensionalError,
    },
    #[error(transparent)]
    Hard(#[from] HardError),
    #[error(transparent)]
    Domain(#[from] EmptyDomain),
    #[error("the region is empty, or so small a part of the domain that no point of it was found")]
    EmptyRegion,
    #[error("no boundary here: condition `{name}` touches no part of the region's boundary")]
    EmptyPlace { name: String },
    #[error("there is no point of the region in which `{name}` holds")]
    EmptyPart { name: String },
    #[error(
        "condition `{name}` couples two faces; expected whole faces of a domain without a region inside of it"
    )]
    PartPartner { name: String },
    #[error(
        "condition `{name}` lies on a face of coordinate number {coordinate}; expected one of the domain's {coordinates}, counted from 0"
    )]
    NoSuchFace {
        name: String,
        coordinate: usize,
        coordinates: usize,
    },
    #[error(
        "condition `{name}` couples faces of different coordinates: expected a partner that fixes coordinate number {expected}, found {found}"
    )]
    Partner {
        name: String,
        expected: usize,
        found: usize,
    },
}

impl StatementError {
    /// Name of the condition that is to blame, if one is.
    pub fn condition(&self) -> Option<&str> {
        match self {
            StatementError::Condition { name, .. }
            | StatementError::NoSuchFace { name, .. }
            | StatementError::EmptyPlace { name }
            | StatementError::EmptyPart { name }
            | StatementError::PartPartner { name }
            | StatementError::Partner { name, .. } => Some(name),
            StatementError::Hard(cause) => cause.condition(),
            StatementError::Equations(_)
            | StatementError::Readings { .. }
            | StatementError::Domain(_)
            | StatementError::EmptyRegion => None,
        }
    }
}
