//! Dimensionless groups (Buckingham Π).

use super::dimensions::Dimensions;

/// A dimensionless product of powers of quantities.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Conventional name (`Fourier`, `Biot`, …) where the group has one.
    pub name: Option<&'static str>,
    /// In symbols: `k t/(rho c_p x^2)`.
    pub symbolic: String,
    pub value: f64,
}

/// A basis of the dimensionless products of `quantities` (name, dimensions, value in SI base units).
/// Quantities that come first are preferred as repeating variables.
pub fn dimensionless_groups(quantities: &[(String, Dimensions, f64)]) -> Vec<Group> {
    let _ = quantities;
    Vec::new()
}
