//! Errors of a solution against a reference.

use serde::Serialize;

/// References below this part of the scale are rounding, and no measure of an error.
const VANISHING: f64 = 1e-10;

/// Error of one field. Amounts are in SI base units.
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
    let rows = found.len().max(1) as f64;
    let relative_l2 = if (size / rows).sqrt() > VANISHING * scale.abs() {
        (difference / size).sqrt()
    } else {
        (difference / rows).sqrt() / scale.abs()
    };
    FieldError {
        relative_l2,
        max_absolute: pairs
            .map(|(f, r)| (f - r).abs())
            // `f64::max` would drop a NaN.
            .fold(0.0, |a, b| if b > a || b.is_nan() { b } else { a }),
        reference_error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_do_not_flatter_a_temperature() {
        let (reference, found) = ([303.15, 313.15], [304.15, 313.15]);
        let error = field_error(&found, &reference, 293.15, 20.0, 1e-9);
        assert!((error.relative_l2 - 1.0 / 500f64.sqrt()).abs() < 1e-12);
        assert!((error.max_absolute - 1.0).abs() < 1e-9);
        assert_eq!(error.reference_error, 1e-9);
    }

    #[test]
    fn a_reference_without_size_is_judged_by_the_scale() {
        let error = field_error(&[5.1, 5.1], &[5.0, 5.0], 5.0, -2.0, 0.0);
        assert!((error.relative_l2 - 0.05).abs() < 1e-12);
    }

    #[test]
    fn values_that_are_not_numbers_are_not_overlooked() {
        let error = field_error(&[f64::NAN, 1.0], &[1.0, 1.0], 0.0, 1.0, 0.0);
        assert!(error.relative_l2.is_nan() && error.max_absolute.is_nan());
    }
}
