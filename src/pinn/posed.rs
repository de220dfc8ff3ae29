//! Checked statements with the results of the check.

use super::ansatz::{self, NondimensionalAnsatz};
use super::measurements::tolerance;
use super::samples::Samples;
use super::statement::{Statement, StatementError};
use super::unknown::{as_fields, positive};
use pinn_expr::{Degree, Graph};
use pinn_geometry::place::Boundary;
use pinn_geometry::sampling::DimensionlessDomain;
use pinn_units::{Form, NondimensionalResiduals, Scales};
use std::ops::Deref;
use std::sync::Arc;

/// A well-posed statement: its places exist, its equations and conditions have a dimensionless form, and its hard
/// conditions hold.
///
/// Only [`Statement::pose`] creates one. Clones share their content, which is immutable: the dimensionless form always
/// belongs to its statement.
#[derive(Clone)]
pub struct Posed(Arc<Parts>);

struct Parts {
    statement: Statement,
    dimensionless: NondimensionalStatement,
    domain: DimensionlessDomain,
}

/// Statement after nondimensionalization, which training accepts.
#[derive(Clone)]
pub struct NondimensionalStatement {
    /// Residuals of the equations inside the domain.
    pub equations: NondimensionalResiduals,
    /// Residuals of the conditions, in the order of [`Statement::conditions`].
    pub conditions: Vec<NondimensionalResiduals>,
    /// Expression that replaces the fields in all residuals. [`forms`](NondimensionalResiduals::forms) are those
    /// without it.
    pub ansatz: Option<NondimensionalAnsatz>,
    /// Residuals of the measurements, in the order of [`Statement::measurements`].
    pub measurements: Vec<NondimensionalResiduals>,
}

impl Posed {
    /// Statement in physical units.
    pub fn statement(&self) -> &Statement {
        &self.0.statement
    }

    /// Equations, conditions and measurements in dimensionless form.
    pub fn dimensionless(&self) -> &NondimensionalStatement {
        &self.0.dimensionless
    }

    /// Domain in dimensionless coordinates, with evenly spread points.
    ///
    /// [`Statement::domain`] is the one in physical units.
    pub fn dimensionless_domain(&self) -> &DimensionlessDomain {
        &self.0.domain
    }

    /// Forms of the equations, then of the conditions, then of the measurements, with the names of the losses of a run.
    pub fn named_forms(&self) -> impl Iterator<Item = (String, &Form)> {
        let dimensionless = self.dimensionless();
        let equations = dimensionless.equations.forms().iter();
        let conditions = self.conditions.iter();
        let conditions = conditions.zip(&dimensionless.conditions);
        let measurements = self.measurements.iter();
        let measurements = measurements.zip(&dimensionless.measurements);
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
            .chain(measurements.flat_map(|(set, residuals)| {
                let forms = residuals.forms().iter();
                forms.map(|form| (set.name.clone(), form))
            }))
    }

    /// Largest degree of the equations, conditions and measurements in the outputs of the network: the problem is one of linear
    /// least squares for anything that they are linear in, unless it is [`Degree::Nonlinear`].
    pub fn degree(&self) -> Degree {
        let NondimensionalStatement {
            equations,
            conditions,
            measurements,
            ..
        } = self.dimensionless();
        let all = std::iter::once(equations)
            .chain(conditions)
            .chain(measurements);
        all.map(|r| r.degree()).max().unwrap_or(Degree::Constant)
    }

    /// Returns true if both are clones of one posed statement.
    pub fn is(&self, other: &Posed) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Posed statements dereference to their statement.
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

/// Checks that every condition lies on a face of the domain and that partners fix the same coordinate.
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

/// Checks that the region and all places in it contain points.
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

/// Checks that positive fields are measured from zero and given by the network alone.
fn check_positive(
    statement: &Statement,
    ansatz: Option<&NondimensionalAnsatz>,
) -> Result<(), StatementError> {
    for number in &statement.positive {
        let field = || statement.declared.fields[*number].name.clone();
        let reference = statement.scales.fields[*number].reference;
        if reference != 0.0 {
            return Err(StatementError::PositiveReference {
                field: field(),
                reference,
            });
        }
        if ansatz.is_some_and(|ansatz| ansatz.field(*number).is_some()) {
            return Err(StatementError::PositiveHard { field: field() });
        }
    }
    Ok(())
}

/// Brings every equation and condition into dimensionless form, with the ansatz in place of the fields. The error names
/// the one that failed.
fn nondimensionalize(
    statement: &Statement,
    domain: &DimensionlessDomain,
) -> Result<NondimensionalStatement, StatementError> {
    let own_fields = statement.declared.fields.len();
    let all = as_fields(statement);
    let ansatz = ansatz::ansatz(&all, domain)?;
    check_positive(statement, ansatz.as_ref())?;
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
    let (equations, conditions) = residuals(&all, &all.scales, &Samples::of(&all))?;
    let equations = constrained(equations);
    let conditions = conditions.into_iter().map(constrained).collect();
    let tolerance = tolerance(&statement.measurements, &statement.scales);
    let measurements = statement.measurements.iter().map(|measurements| {
        let residuals = measurements.residuals(&all, tolerance);
        residuals
            .map(constrained)
            .map_err(|cause| StatementError::Measurements {
                name: measurements.name.clone(),
                cause,
            })
    });
    Ok(NondimensionalStatement {
        equations,
        conditions,
        measurements: measurements.collect::<Result<_, _>>()?,
        ansatz,
    })
}

/// Equations and conditions in dimensionless form, without an ansatz; `all` has its unknowns as fields.
pub(super) fn residuals(
    all: &Statement,
    scales: &Scales,
    samples: &Samples,
) -> Result<(NondimensionalResiduals, Vec<NondimensionalResiduals>), StatementError> {
    let equations = all.equations.clone();
    let equations = equations.nondimensionalize_at(scales, &samples.inside);
    let equations = equations.map_err(StatementError::Equations)?;
    let conditions = all.conditions.iter().zip(&samples.conditions);
    let conditions = conditions.map(|(condition, at)| {
        let residuals = condition.nondimensionalize(&all.declared, scales, at);
        residuals.map_err(|cause| StatementError::Condition {
            name: condition.name.clone(),
            cause,
        })
    });
    Ok((equations, conditions.collect::<Result<_, _>>()?))
}
