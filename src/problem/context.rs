//! Declarations of a file that its conditions, data and settings are read against.

use super::exact::Exact;
use super::expression::Definitions;
use pinn_geometry::domain::Domain;
use pinn_units::{Declared, DimensionalResiduals, Unit};

/// Names that expressions may use, and their meaning.
#[derive(Copy, Clone)]
pub(super) struct Context<'a> {
    pub declared: &'a Declared,
    pub definitions: &'a Definitions,
    /// Closed forms that the fields are made to have.
    pub exact: &'a Exact,
    /// Fields that are positive.
    pub positive: &'a [usize],
    pub parameters: &'a [f64],
    pub domain: &'a Domain,
    /// Units of the coordinates as written.
    pub units: &'a [Unit],
    /// Equations in the interior, without terms that are zero: they determine how many derivatives a periodic condition
    /// couples.
    pub equations: &'a DimensionalResiduals,
    pub file: &'a str,
}
