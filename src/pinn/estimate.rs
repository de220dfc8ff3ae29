//! Errors without a reference, from a second solution that shares neither points nor parameters with the first.
//!
//! Errors of a smooth solution by random features, or by a network, depend on the draw: two draws are apart by about √2 times
//! the error of one. What both have in common, such as a term that is missing in the equations, no estimate shows.

use super::accuracy::{FieldError, field_error};
use super::settings::{OptimiserSettings, Settings};

/// Distance of the seeds of the two solutions: 2⁶⁴ divided by the golden ratio, far from what people choose.
const APART: u64 = 0x9e37_79b9_7f4a_7c15;

/// Relative error above which a field is taken for zero and noise.
const NOISE: f64 = 0.5;

/// Settings of the second solution.
pub fn second(settings: &Settings) -> Settings {
    Settings {
        seed: settings.seed.wrapping_add(APART),
        ..settings.clone()
    }
}

/// Returns true if a second solution costs little: all phases solve for the output layer alone.
pub fn is_cheap(settings: &Settings) -> bool {
    let mut phases = settings.phases.iter();
    phases.all(|phase| phase.optimiser == OptimiserSettings::LeastSquares)
}

/// Estimated error of a solution at every point, from a second solution there.
pub fn differences(found: &[f64], second: &[f64]) -> Vec<f64> {
    let pairs = found.iter().zip(second);
    pairs
        .map(|(f, s)| (f - s) * std::f64::consts::FRAC_1_SQRT_2)
        .collect()
}

/// Estimated error of a field, from its [`differences`]; `offset` and `scale` are its affine scale.
pub fn estimated(found: &[f64], differences: &[f64], offset: f64, scale: f64) -> FieldError {
    let pairs = found.iter().zip(differences);
    let other: Vec<f64> = pairs.map(|(f, d)| f - d).collect();
    let error = field_error(found, &other, offset, scale, 0.0);
    if error.relative_l2 < NOISE {
        return error;
    }
    // A field that is no larger than its error is measured by its scale.
    let zeros = vec![0.0; differences.len()];
    let relative_l2 = field_error(differences, &zeros, 0.0, scale, 0.0).relative_l2;
    FieldError {
        relative_l2,
        ..error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_field_that_vanishes_is_measured_by_its_scale() {
        let (found, second) = ([1e-9, -2e-9, 1e-9], [-1e-9, 1e-9, 2e-9]);
        let error = estimated(&found, &differences(&found, &second), 0.0, 10.0);
        assert!((1e-11..1e-8).contains(&error.relative_l2), "{error:?}");
        let (found, second) = ([1.0, 2.0], [-3.0, 1.0]);
        let wrong = estimated(&found, &differences(&found, &second), 0.0, 1.0);
        assert!(wrong.relative_l2 > 0.5, "{wrong:?}");
    }

    proptest! {
        /// Two solutions whose errors are independent and of one size.
        #[test]
        fn independent_errors_are_estimated_by_their_size(seed in any::<u64>(), size in 1e-9..1e-3f64) {
            let mut state = seed | 1;
            let mut random = || {
                // xorshift64*, Vigna 2016.
                state ^= state >> 12;
                state ^= state << 25;
                state ^= state >> 27;
                (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
            };
            let exact: Vec<f64> = (0..2000).map(|i| 300.0 + (f64::from(i) * 0.01).sin()).collect();
            let mut noisy = || -> Vec<f64> { exact.iter().map(|x| x + size * random()).collect() };
            let (found, second) = (noisy(), noisy());
            let truth = field_error(&found, &exact, 300.0, 1.0, 0.0).relative_l2;
            let differences = differences(&found, &second);
            let estimate = estimated(&found, &differences, 300.0, 1.0).relative_l2;
            prop_assert!((0.8..1.25).contains(&(estimate / truth)), "{estimate} {truth}");
        }
    }
}
