//! Errors of a solution against a reference.

use serde::Serialize;

/// Error of one field. Lengths in the field's unit are in SI base units here.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct FieldError {
    /// ‖f − f_ref‖₂ / ‖f_ref − reference of the scale‖₂ over the evaluation grid: offsets such as 273.15 K do
    /// not flatter it. Absolute (divided by the scale) if the denominator vanishes.
    pub relative_l2: f64,
    /// Largest absolute difference, SI base units.
    pub max_absolute: f64,
    /// The reference's own relative error.
    pub reference_error: f64,
}

/// Compares two columns in SI base units. `offset` and `scale` are the field's affine scale.
pub fn field_error(
    found: &[f64],
    reference: &[f64],
    offset: f64,
    scale: f64,
    reference_error: f64,
) -> FieldError {
    let pairs = found.iter().zip(reference);
    let difference: f64 = pairs.clone().map(|(f, r)| (f - r) * (f - r)).sum();
    let size: f64 = reference.iter().map(|r| (r - offset) * (r - offset)).sum();
    let relative_l2 = if size > 0.0 {
        (difference / size).sqrt()
    } else {
        (difference / found.len().max(1) as f64).sqrt() / scale.abs()
    };
    FieldError {
        relative_l2,
        max_absolute: pairs.map(|(f, r)| (f - r).abs()).fold(0.0, f64::max),
        reference_error,
    }
}
