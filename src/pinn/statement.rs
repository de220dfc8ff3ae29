//! A complete mathematical problem: equations, conditions, domain and scales.

use super::ansatz::{self, DimensionalAnsatz, HardError, NondimensionalAnsatz};
use super::readings::{Readings, tolerance};
use super::unknown::{Unknown, as_fields, positive};
use pinn_expr::{Expr, Graph, Op};
use pinn_geometry::domain::{Domain, Face};
use pinn_geometry::place::{Boundary, Place};
use pinn_geometry::row_data::RowData;
use pinn_geometry::sampling::{DimensionlessDomain, EmptyDomain};
use pinn_units::{
    Declared, DimensionalResiduals, NondimensionalError, NondimensionalResiduals, Scales,
};

use std::collections::HashMap;

/// What an engineer would write on one page: dimensional, complete, checked.
#[derive(Clone)]
pub struct Statement {
    pub declared: Declared,
    pub domain: Domain,
    pub scales: Scales,
    /// Hold everywhere inside the domain.
    pub equations: DimensionalResiduals,
    pub conditions: Vec<Condition>,
    /// Fields in terms of the network's outputs; without it, hard conditions become one by themselves.
    pub ansatz: Option<DimensionalAnsatz>,
    /// Parameters that are sought, no parameter twice; their values in the scales are guesses.
    pub unknowns: Vec<Unknown>,
    /// What was measured. Either all readings have a noise or none.
    pub readings: Vec<Readings>,
}

/// A residual on part of the boundary (the initial time counts as boundary).
#[derive(Clone)]
pub struct Condition {
    /// Unique among the conditions of a statement; for people and reports.
    pub name: String,
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
    /// What rows carry: the components of the normal.
    pub fn row_data(&self, declared: &Declared) -> Vec<RowData> {
        let along = self.normal.iter().map(|c| &declared.coordinates[*c]);
        along.map(RowData::component).collect()
    }
}

/// A statement after nondimensionalisation: what may be trained.
#[derive(Clone)]
pub struct NondimensionalStatement {
    pub equations: NondimensionalResiduals,
    /// In the order of [`Statement::conditions`].
    pub conditions: Vec<NondimensionalResiduals>,
    /// What stands in all of them for the fields. Their [`forms`](NondimensionalResiduals::forms) are those
    /// without it.
    pub ansatz: Option<NondimensionalAnsatz>,
    /// In the order of [`Statement::readings`].
    pub readings: Vec<NondimensionalResiduals>,
}

impl Statement {
    /// For points in SI base units, one column per coordinate: at which of them each field lives. That is inside of the
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

    /// Every condition lies on a face that the domain has, and partners fix the same coordinate.
    pub fn check_faces(&self) -> Result<(), StatementError> {
        let coordinates = self.domain.intervals.len();
        for condition in &self.conditions {
            for face in condition.place.face().into_iter().chain(condition.partner) {
                if face.coordinate >= coordinates {
                    return Err(StatementError::NoSuchFace {
                        name: condition.name.clone(),
                        coordinate: face.coordinate,
                        coordinates,
                    });
                }
            }
            if let Some(partner) = condition.partner {
                let face = condition.place.whole_face();
                let face = face.filter(|_| self.domain.geometry.is_none());
                let Some(face) = face else {
                    return Err(StatementError::PartPartner {
                        name: condition.name.clone(),
                    });
                };
                if partner.coordinate != face.coordinate {
                    return Err(StatementError::Partner {
                        name: condition.name.clone(),
                        expected: face.coordinate,
                        found: partner.coordinate,
                    });
                }
            }
        }
        self.check_region()
    }

    /// The region and all places in it have points.
    fn check_region(&self) -> Result<(), StatementError> {
        let parts = |c: &&Condition| c.place.whole_face().is_none();
        if self.domain.geometry.is_none() && self.conditions.iter().find(parts).is_none() {
            return Ok(());
        }
        let domain = DimensionlessDomain::new(&self.domain, &self.scales)?;
        if !domain.has_inside() {
            return Err(StatementError::EmptyRegion);
        }
        let mut conditions = self.conditions.iter();
        match conditions.find(|c| !domain.has_points(&c.place)) {
            None => Ok(()),
            Some(condition) => {
                let name = condition.name.clone();
                Err(match condition.place.boundary {
                    Boundary::Part(_) => StatementError::EmptyPart { name },
                    _ => StatementError::EmptyPlace { name },
                })
            }
        }
    }

    /// Every equation and condition in dimensionless form, with the ansatz in place of the fields. The error says
    /// which one failed.
    pub fn nondimensionalize(&self) -> Result<NondimensionalStatement, StatementError> {
        self.check_faces()?;
        let own_fields = self.declared.fields.len();
        let all = as_fields(self);
        let ansatz = ansatz::ansatz(&all)?;
        let positive = positive(&all, own_fields);
        let ansatz = match (ansatz, positive.is_empty()) {
            (ansatz, true) => ansatz,
            (Some(ansatz), false) => Some(ansatz.with_exponentials(&positive)),
            (None, false) => {
                let none = NondimensionalAnsatz::from_parts(
                    all.declared.clone(),
                    Graph::new(),
                    Vec::new(),
                );
                Some(none.with_exponentials(&positive))
            }
        };
        let constrained = |residuals: NondimensionalResiduals| match &ansatz {
            Some(ansatz) => residuals.constrained(ansatz),
            None => residuals,
        };
        let equations = all.equations.clone().nondimensionalize(&all.scales);
        let equations = constrained(equations.map_err(StatementError::Equations)?);
        let conditions = all.conditions.iter().map(|condition| {
            let residuals = condition.residuals.clone();
            let (mut declared, mut scales) = (all.declared.clone(), all.scales.clone());
            let data = condition.row_data(&all.declared);
            RowData::append(&data, &mut declared, &mut scales);
            let residuals = residuals.nondimensionalize(&scales);
            residuals
                .map(constrained)
                .map_err(|cause| StatementError::Condition {
                    name: condition.name.clone(),
                    cause,
                })
        });
        let conditions = conditions.collect::<Result<_, _>>()?;
        let tolerance = tolerance(&self.readings, &self.scales);
        let readings = self.readings.iter().map(|readings| {
            let residuals = readings.residuals(&all, tolerance);
            residuals
                .map(constrained)
                .map_err(|cause| StatementError::Readings {
                    name: readings.name.clone(),
                    cause,
                })
        });
        let readings = readings.collect::<Result<_, _>>()?;
        let statement = NondimensionalStatement {
            equations,
            conditions,
            ansatz,
            readings,
        };
        ansatz::check(self, &statement)?;
        Ok(statement)
    }
}

fn reads(residuals: &DimensionalResiduals, field: usize) -> bool {
    let outputs: Vec<Expr> = residuals.equations().iter().map(|e| e.residual).collect();
    let graph = residuals.graph();
    let mut inputs = graph.inputs(&outputs).into_iter();
    inputs.any(|e| matches!(graph.op(e), Op::Field { field: f, .. } if usize::from(f) == field))
}

/// Why a statement has no dimensionless form.
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
    #[error("condition `{name}` lies on no part of the region's boundary")]
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
