//! Complete mathematical problems: equations, conditions, domain and scales.

pub use super::posed::{NondimensionalStatement, Posed};

use super::ansatz::{DimensionalAnsatz, HardError};
use super::measurements::Measurements;
use super::unknown::Unknown;
use pinn_expr::{Expr, Op};
use pinn_geometry::domain::{Domain, Face};
use pinn_geometry::place::{Boundary, Place};
use pinn_geometry::row_data::RowData;
use pinn_geometry::sampling::EmptyDomain;
use pinn_units::{
    Declared, DimensionalResiduals, NondimensionalError, NondimensionalResiduals, Scales,
};

use std::collections::{BTreeSet, HashMap};

/// Problem in physical units. [`Statement::pose`] checks it.
#[derive(Clone)]
pub struct Statement {
    /// Coordinates, fields and parameters with their dimensions.
    pub declared: Declared,
    /// Ranges of the coordinates, and the region inside of them.
    pub domain: Domain,
    /// Scales of coordinates and fields, values of parameters.
    pub scales: Scales,
    /// Residuals that vanish everywhere inside the domain.
    pub equations: DimensionalResiduals,
    /// Residuals on parts of the boundary and in parts of the region.
    pub conditions: Vec<Condition>,
    /// Fields in terms of the network's outputs; without it, hard conditions determine one.
    pub ansatz: Option<DimensionalAnsatz>,
    /// Unknown parameters, each at most once; their values in the scales are guesses.
    pub unknowns: Vec<Unknown>,
    /// Fields that are positive, by number: the exponential of the network times their scale, whose reference is zero.
    pub positive: Vec<usize>,
    /// Measurements. Either all of them have a noise or none.
    pub measurements: Vec<Measurements>,
}

/// Residual on part of the boundary (the initial time counts as boundary).
#[derive(Clone)]
pub struct Condition {
    /// Name for messages and reports, unique among the conditions of a statement.
    pub name: String,
    /// Residuals that vanish at the place of the condition.
    pub residuals: DimensionalResiduals,
    /// Place of site 0 of every row.
    pub place: Place,
    /// Coordinates along which rows carry the component of the outward unit normal, as further coordinates of the
    /// residuals behind those of the statement, in this order: see [`RowData`].
    pub normal: Vec<usize>,
    /// Face of site 1 of a periodic condition, at the same other coordinates.
    pub partner: Option<Face>,
    /// True if the ansatz of the statement enforces the condition exactly, so that it is not trained.
    pub hard: bool,
}

impl Condition {
    /// Row data: the components of the normal.
    pub fn row_data(&self, declared: &Declared) -> Vec<RowData> {
        let along = self.normal.iter().map(|c| &declared.coordinates[*c]);
        along.map(RowData::component).collect()
    }

    /// Residuals in dimensionless form, with the data of their rows as further coordinates. Functions are sized at the points
    /// `at`.
    pub(super) fn nondimensionalize(
        &self,
        declared: &Declared,
        scales: &Scales,
        at: &[Vec<f64>],
    ) -> Result<NondimensionalResiduals, NondimensionalError> {
        let data = self.row_data(declared);
        let (mut declared, mut scales) = (declared.clone(), scales.clone());
        RowData::append(&data, &mut declared, &mut scales);
        self.residuals.clone().nondimensionalize_at(&scales, at)
    }
}

impl Statement {
    /// Determines for points in SI base units (one column per coordinate) where each field is defined: inside the region,
    /// or only in those parts of it that all equations of the field are restricted to.
    pub fn lives(&self, coordinates: &[Vec<f64>]) -> Vec<Vec<bool>> {
        // Most fields share their place, and finding the points inside can take long.
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

    /// Parts of the region in which a field is defined; `None` is all of it.
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
    fields_in(residuals, &outputs).contains(&field)
}

/// Numbers of the fields that some expressions of residuals read, at any site or derivative.
pub(super) fn fields_in(residuals: &DimensionalResiduals, outputs: &[Expr]) -> BTreeSet<usize> {
    let graph = residuals.graph();
    let inputs = graph.inputs(outputs).into_iter();
    inputs
        .filter_map(|e| match graph.op(e) {
            Op::Field { field, .. } => Some(usize::from(field)),
            _ => None,
        })
        .collect()
}

/// Reasons why a statement cannot be posed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StatementError {
    /// The equations have no dimensionless form.
    #[error(transparent)]
    Equations(NondimensionalError),
    /// A condition has no dimensionless form.
    #[error("condition `{name}`: {cause}")]
    Condition {
        /// Name of the condition.
        name: String,
        /// Reason.
        cause: NondimensionalError,
    },
    /// Measurements have no dimensionless form.
    #[error("measurements `{name}`: {cause}")]
    Measurements {
        /// Name of the measurements.
        name: String,
        /// Reason.
        cause: NondimensionalError,
    },
    /// A hard condition cannot be enforced exactly.
    #[error(transparent)]
    Hard(#[from] HardError),
    /// A positive field has a hard condition or an ansatz.
    #[error(
        "`{field}` is positive, and a condition of it is to hold exactly: expected one of the two"
    )]
    PositiveHard {
        /// Name of the field.
        field: String,
    },
    /// A positive field is measured from another value than zero.
    #[error("`{field}` is positive, but measured from {reference}; expected a reference of zero")]
    PositiveReference {
        /// Name of the field.
        field: String,
        /// Reference of its scale, in SI base units.
        reference: f64,
    },
    /// The domain is empty.
    #[error(transparent)]
    Domain(#[from] EmptyDomain),
    /// The region contains no sampled point.
    #[error(
        "the region is empty, or so small a part of the domain that it contains no sampled point"
    )]
    EmptyRegion,
    /// A condition is not on the boundary.
    #[error("no boundary here: condition `{name}` touches no part of the region's boundary")]
    EmptyPlace {
        /// Name of the condition.
        name: String,
    },
    /// A part of the region is empty.
    #[error("the place of `{name}` contains no point of the region")]
    EmptyPart {
        /// Name of the condition or equation.
        name: String,
    },
    /// A condition couples faces that are not whole.
    #[error(
        "condition `{name}` couples two faces; expected whole faces of a domain without a region inside"
    )]
    PartPartner {
        /// Name of the condition.
        name: String,
    },
    /// A condition is on a face that does not exist.
    #[error(
        "condition `{name}` lies on a face of coordinate number {coordinate}; expected one of the domain's {coordinates}, counted from 0"
    )]
    NoSuchFace {
        /// Name of the condition.
        name: String,
        /// Number of the coordinate.
        coordinate: usize,
        /// Number of coordinates of the domain.
        coordinates: usize,
    },
    /// A condition couples faces of different coordinates.
    #[error(
        "condition `{name}` couples faces of different coordinates: expected a partner that fixes coordinate number {expected}, found {found}"
    )]
    Partner {
        /// Name of the condition.
        name: String,
        /// Number of the coordinate of the first face.
        expected: usize,
        /// Number of the coordinate of the partner.
        found: usize,
    },
}

impl StatementError {
    /// Name of the condition that caused the error, if any.
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
            | StatementError::Measurements { .. }
            | StatementError::Domain(_)
            | StatementError::PositiveHard { .. }
            | StatementError::PositiveReference { .. }
            | StatementError::EmptyRegion => None,
        }
    }
}
