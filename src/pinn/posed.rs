//! A statement that was checked, with everything that the check had to compute.

use super::ansatz::{self, NondimensionalAnsatz};
use super::readings::tolerance;
use super::statement::{Statement, StatementError};
use super::unknown::{as_fields, positive};
use pinn_expr::Graph;
use pinn_geometry::place::Boundary;
use pinn_geometry::row_data::RowData;
use pinn_geometry::sampling::DimensionlessDomain;
use pinn_units::{Form, NondimensionalResiduals, Scales};
use std::ops::Deref;
use std::sync::Arc;

/// A well-posed statement: its places exist, its equations and conditions have a dimensionless form, and its hard
/// conditions hold.
///
/// [`Statement::pose`] is the only way to make one. Clones share their content, and nobody can change it: the
/// dimensionless form always belongs to the statement that it is held with.
#[derive(Clone)]
pub struct Posed(Arc<Parts>);

struct Parts {
    statement: Statement,
    dimensionless: NondimensionalStatement,
    domain: DimensionlessDomain,
}

/// A statement after nondimensionalisation: what may be trained.
#[derive(Clone)]
pub struct NondimensionalStatement {
    /// Residuals of the equations inside the domain.
    pub equations: NondimensionalResiduals,
    /// In the order of [`Statement::conditions`].
    pub conditions: Vec<NondimensionalResiduals>,
    /// Stands in all of them for the fields. Their [`forms`](NondimensionalResiduals::forms) are those without it.
    pub ansatz: Option<NondimensionalAnsatz>,
    /// In the order of [`Statement::readings`].
    pub readings: Vec<NondimensionalResiduals>,
}

impl Posed {
    /// The statement itself, in physical units.
    pub fn statement(&self) -> &Statement {
        &self.0.statement
    }

    /// Its equations, conditions and readings in dimensionless form.
    pub fn dimensionless(&self) -> &NondimensionalStatement {
        &self.0.dimensionless
    }

    /// Its domain in dimensionless coordinates, with evenly spread points.
    ///
    /// [`Statement::domain`] is the one in physical units.
    pub fn dimensionless_domain(&self) -> &DimensionlessDomain {
        &self.0.domain
    }

    /// Forms of the equations, then of the conditions, then of the readings, named as the losses of a run are.
    pub fn named_forms(&self) -> impl Iterator<Item = (String, &Form)> {
        let dimensionless = self.dimensionless();
        let equations = dimensionless.equations.forms().iter();
        let conditions = self.conditions.iter();
        let conditions = conditions.zip(&dimensionless.conditions);
        let readings = self.readings.iter();
        let readings = readings.zip(&dimensionless.readings);
        equations
            .map(|form| (form.name.clone(), form))
            .chain(conditions.flat_map(|(condition, residuals)| {
                let several = residuals.forms().len() > 1;
                residuals.forms().iter().map(move |form| {
                    let name = if several {
                        format!("{}: {}", condition.name, form.name)
                    } else {
                        condition.name.clone()
                    };
                    (name, form)
                })
            }))
            .chain(readings.flat_map(|(set, residuals)| {
                let forms = residuals.forms().iter();
                forms.map(|form| (set.name.clone(), form))
            }))
    }

    /// True if both are clones of one statement that was posed once.
    pub fn is(&self, other: &Posed) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A posed statement can be read like any other.
impl Deref for Posed {
    type Target = Statement;

    fn deref(&self) -> &Statement {
        self.statement()
    }
}

impl Statement {
    /// Checks the statement and brings it into dimensionless form, with the ansatz in place of the fields.
    ///
    /// # Errors
    /// The first equation, condition or place that fails.
    pub fn pose(self) -> Result<Posed, StatementError> {
        check_faces(&self)?;
        let domain = DimensionlessDomain::new(&self.domain, &self.scales)?;
        check_region(&self, &domain)?;
        let dimensionless = nondimensionalize(&self, &domain)?;
        ansatz::verify(&self, &dimensionless, &domain)?;
        Ok(Posed(Arc::new(Parts {
            statement: self,
            dimensionless,
            domain,
        })))
    }
}

/// Every condition lies on a face that the domain has, and partners fix the same coordinate.
fn check_faces(statement: &Statement) -> Result<(), StatementError> {
    let coordinates = statement.domain.intervals.len();
    for condition in &statement.conditions {
        for face in condition.place.face().into_iter().chain(condition.partner) {
            if face.coordinate >= coordinates {
                return Err(StatementError::NoSuchFace {
                    name: condition.name.clone(),
                    coordinate: face.coordinate,
                    coordinates,
                });
            }
        }
        let Some(partner) = condition.partner else {
            continue;
        };
        let face = condition.place.whole_face();
        let Some(face) = face.filter(|_| statement.domain.geometry.is_none()) else {
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
    Ok(())
}

/// The region and all places in it have points.
fn check_region(statement: &Statement, domain: &DimensionlessDomain) -> Result<(), StatementError> {
    let whole_faces = statement
        .conditions
        .iter()
        .all(|c| c.place.whole_face().is_some());
    if statement.domain.geometry.is_none() && whole_faces {
        return Ok(());
    }
    if !domain.has_inside() {
        return Err(StatementError::EmptyRegion);
    }
    let mut conditions = statement.conditions.iter();
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
fn nondimensionalize(
    statement: &Statement,
    domain: &DimensionlessDomain,
) -> Result<NondimensionalStatement, StatementError> {
    let own_fields = statement.declared.fields.len();
    let all = as_fields(statement);
    let ansatz = ansatz::ansatz(&all, domain)?;
    let positive = positive(&all, own_fields);
    let ansatz = match (ansatz, positive.is_empty()) {
        (ansatz, true) => ansatz,
        (Some(ansatz), false) => Some(ansatz.with_exponentials(&positive)),
        (None, false) => {
            let declared = all.declared.clone();
            let none = NondimensionalAnsatz::from_parts(declared, Graph::new(), Vec::new());
            Some(none.with_exponentials(&positive))
        }
    };
    let constrained = |residuals: NondimensionalResiduals| match &ansatz {
        Some(ansatz) => residuals.constrained(ansatz),
        None => residuals,
    };
    let (equations, conditions) = residuals(&all, &all.scales)?;
    let equations = constrained(equations);
    let conditions = conditions.into_iter().map(constrained).collect();
    let tolerance = tolerance(&statement.readings, &statement.scales);
    let readings = statement.readings.iter().map(|readings| {
        let residuals = readings.residuals(&all, tolerance);
        residuals
            .map(constrained)
            .map_err(|cause| StatementError::Readings {
                name: readings.name.clone(),
                cause,
            })
    });
    Ok(NondimensionalStatement {
        equations,
        conditions,
        readings: readings.collect::<Result<_, _>>()?,
        ansatz,
    })
}

/// Equations and conditions in dimensionless form, without an ansatz; `all` has its unknowns as fields.
pub(super) fn residuals(
    all: &Statement,
    scales: &Scales,
) -> Result<(NondimensionalResiduals, Vec<NondimensionalResiduals>), StatementError> {
    let equations = all.equations.clone().nondimensionalize(scales);
    let equations = equations.map_err(StatementError::Equations)?;
    let conditions = all.conditions.iter().map(|condition| {
        let residuals = condition.residuals.clone();
        let (mut declared, mut scales) = (all.declared.clone(), scales.clone());
        let data = condition.row_data(&all.declared);
        RowData::append(&data, &mut declared, &mut scales);
        let residuals = residuals.nondimensionalize(&scales);
        residuals.map_err(|cause| StatementError::Condition {
            name: condition.name.clone(),
            cause,
        })
    });
    Ok((equations, conditions.collect::<Result<_, _>>()?))
}
