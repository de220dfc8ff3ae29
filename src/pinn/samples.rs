//! Points at which functions in residuals are sized.

use super::scales::points;
use super::statement::{Condition, Statement};
use pinn_geometry::domain::Domain;
use pinn_units::DimensionalResiduals;

/// Points where residuals hold, in SI base units: one column per coordinate and component of the normal, and none for residuals
/// without functions.
pub(super) struct Samples {
    /// Points inside the domain.
    pub inside: Vec<Vec<f64>>,
    /// Points at the place of every condition.
    pub conditions: Vec<Vec<Vec<f64>>>,
}

impl Samples {
    pub fn of(statement: &Statement) -> Self {
        let Statement {
            equations,
            conditions,
            domain,
            ..
        } = statement;
        Self::new(equations, conditions, domain)
    }

    pub fn new<'a>(
        equations: &DimensionalResiduals,
        conditions: impl IntoIterator<Item = &'a Condition>,
        domain: &Domain,
    ) -> Self {
        let conditions = conditions.into_iter();
        let conditions = conditions.map(|condition| match condition.residuals.has_functions() {
            true => points(domain, Some(&condition.place), &condition.normal),
            false => Vec::new(),
        });
        Samples {
            inside: match equations.has_functions() {
                true => points(domain, None, &[]),
                false => Vec::new(),
            },
            conditions: conditions.collect(),
        }
    }
}
