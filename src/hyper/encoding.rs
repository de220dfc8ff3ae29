//! Encoding of parameters as vectors of constant length.

use pinn_expr::Real;
use pinn_geometry::domain::Interval;
use std::f64::consts::{FRAC_PI_2, SQRT_2};

/// Encoding by √2·cos(n·π/2·γ) and √2·sin(n·π/2·γ) for n = 1 … harmonics and every parameter, whose place in
/// its range is γ ∈ [0, 1].
///
/// Its root mean square is 1 for all values, so that no parameter dominates another and none vanishes at an end of its
/// range (Ortiz, Guttag & Dalca, *Magnitude invariant parametrizations improve hypernetwork learning*, ICLR 2024, eq.
/// 7). Without harmonics the code is γ itself, for comparison in studies.
#[derive(Clone, PartialEq, Debug)]
pub struct Encoding {
    intervals: Vec<Interval>,
    harmonics: usize,
}

impl Encoding {
    /// Creates an encoding of parameters that run over dimensionless intervals.
    pub fn new(intervals: Vec<Interval>, harmonics: usize) -> Self {
        Encoding {
            intervals,
            harmonics,
        }
    }

    /// Number of parameters.
    pub fn parameters(&self) -> usize {
        self.intervals.len()
    }

    /// Length of a code.
    pub fn width(&self) -> usize {
        (2 * self.harmonics).max(1) * self.intervals.len()
    }

    /// Encodes dimensionless values, one per parameter. `code` receives [`Encoding::width`] numbers.
    pub fn encode<T: Real>(&self, values: &[T], code: &mut [T]) {
        let places = self.intervals.iter().zip(values);
        let places = places.map(|(interval, value)| {
            (value.to_f64() - interval.lower) / (interval.upper - interval.lower)
        });
        self.encode_all(places, code);
    }

    /// Encodes places in the ranges, from 0 to 1.
    pub fn encode_places<T: Real>(&self, places: &[f64], code: &mut [T]) {
        self.encode_all(places.iter().copied(), code);
    }

    fn encode_all<T: Real>(&self, places: impl Iterator<Item = f64>, code: &mut [T]) {
        let pairs = code.chunks_exact_mut((2 * self.harmonics).max(1));
        for (place, code) in places.zip(pairs) {
            if self.harmonics == 0 {
                code[0] = T::from_f64(place);
            }
            for (n, pair) in code.chunks_exact_mut(2).enumerate() {
                let (sine, cosine) = (FRAC_PI_2 * (n + 1) as f64 * place).sin_cos();
                pair[0] = T::from_f64(SQRT_2 * cosine);
                pair[1] = T::from_f64(SQRT_2 * sine);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn codes_have_the_same_length_wherever_the_parameters_lie(
            a in -50.0f64..50.0, b in 0.0f64..1.0, harmonics in 1usize..5,
        ) {
            let interval = |lower, upper| Interval { lower, upper };
            let encoding = Encoding::new(vec![interval(1.0, 20.0), interval(-3.0, 3.0)], harmonics);
            let mut code = vec![f64::NAN; encoding.width()];
            encoding.encode(&[a, b], &mut code);
            let square: f64 = code.iter().map(|x| x * x).sum();
            prop_assert!((square / encoding.width() as f64 - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn both_ends_of_a_range_are_far_apart() {
        let interval = Interval {
            lower: 2.0,
            upper: 4.0,
        };
        let encoding = Encoding::new(vec![interval], 1);
        let code = |value: f64| {
            let mut code = [0.0; 2];
            encoding.encode(&[value], &mut code);
            code
        };
        assert_eq!(code(2.0), [SQRT_2, 0.0]);
        assert!((code(4.0)[1] - SQRT_2).abs() < 1e-15 && code(4.0)[0].abs() < 1e-15);
    }
}
