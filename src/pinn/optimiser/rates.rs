//! Learning rates of layers.
//!
//! The size of a layer W in front of a norm is free: the norm's result does not depend on it, and the gradient by W
//! is proportional to the norm's gain and inversely to ‖W‖. A step of gradient descent turns W by an angle
//! ∝ η·|γ|/‖W‖² (van Laarhoven 2017, *L2 regularization versus batch and weight normalization*, section 2); a step of
//! Adam, whose size does not depend on that of the gradient, by one ∝ η/‖W‖. [`LayerRates::ByNorm`] undoes both.

use crate::settings::LayerRates;
use pinn_expr::Real;
use pinn_network::{Layout, Matrix, NormedLayer};
use std::ops::Range;

/// Largest factor on the global rate; its inverse is the smallest. Without bounds a layer whose gains or weights are
/// close to zero would diverge. Two decades in each direction are more than gains learn in practice.
const MOST: f64 = 100.0;

/// Dependence of a method's step size on the gradient.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Steps {
    /// Steps are proportional to the gradient.
    Proportional,
    /// Steps do not depend on the size of the gradient.
    Normalised,
}

/// Factors on the learning rate, for consecutive ranges that cover all parameters.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    steps: Steps,
    ranges: Vec<(Range<usize>, Option<NormedLayer>)>,
    factors: Vec<f64>,
}

impl Rates {
    /// Creates factors of one.
    pub fn equal(length: usize) -> Self {
        Rates {
            steps: Steps::Proportional,
            ranges: vec![(0..length, None)],
            factors: vec![1.0],
        }
    }

    /// Creates factors for methods whose steps are proportional to the gradient.
    pub fn proportional(rates: LayerRates, layout: &Layout) -> Self {
        Rates::new(Steps::Proportional, rates, layout)
    }

    /// Creates factors for methods whose steps do not depend on the size of the gradient.
    pub fn normalised(rates: LayerRates, layout: &Layout) -> Self {
        Rates::new(Steps::Normalised, rates, layout)
    }

    fn new(steps: Steps, rates: LayerRates, layout: &Layout) -> Self {
        if rates == LayerRates::Equal {
            return Rates::equal(layout.parameters);
        }
        let mut layers: Vec<&NormedLayer> = layout.normed.iter().collect();
        layers.sort_by_key(|layer| layer.weights.place.start);
        let (mut ranges, mut end) = (Vec::new(), 0);
        for layer in layers {
            let Matrix { place, .. } = &layer.weights;
            ranges.push((end..place.start, None));
            ranges.push((place.clone(), Some(layer.clone())));
            end = place.end;
        }
        ranges.push((end..layout.parameters, None));
        Rates {
            steps,
            factors: vec![1.0; ranges.len()],
            ranges,
        }
    }

    /// Updates the factors from the current parameters.
    pub fn refresh<T: Real>(&mut self, parameters: &[T]) {
        for ((_, layer), factor) in self.ranges.iter().zip(&mut self.factors) {
            if let Some(layer) = layer {
                *factor = self.steps.factor(layer, parameters);
            }
        }
    }

    /// Returns true if all factors are one for all parameters.
    pub fn are_equal(&self) -> bool {
        self.ranges.iter().all(|(_, layer)| layer.is_none())
    }

    /// All ranges with their factors.
    pub fn ranges(&self) -> impl Iterator<Item = (&Range<usize>, f64)> {
        let ranges = self.ranges.iter().map(|(range, _)| range);
        ranges.zip(self.factors.iter().copied())
    }

    /// Factor of the layer whose weights begin at a position.
    pub fn of(&self, start: usize) -> f64 {
        let mut pairs = self.ranges.iter().zip(&self.factors);
        let found = pairs.find(|((range, layer), _)| layer.is_some() && range.start == start);
        found.map_or(1.0, |(_, factor)| *factor)
    }
}

impl Steps {
    /// Factor of a layer: one for gains of one and rows of length one, the initial values of square matrices (Glorot &
    /// Bengio 2010, eq. 16).
    fn factor<T: Real>(self, layer: &NormedLayer, parameters: &[T]) -> f64 {
        let mean_square = |range: &Range<usize>, count: usize| {
            let squares = parameters[range.clone()].iter();
            let sum: f64 = squares.map(|x| x.to_f64() * x.to_f64()).sum();
            sum / count as f64
        };
        let row = mean_square(&layer.weights.place, layer.weights.rows);
        let factor = match self {
            Steps::Proportional => row / mean_square(&layer.gain, layer.gain.len()).sqrt(),
            Steps::Normalised => row.sqrt(),
        };
        // 0/0 gives no information.
        match factor.is_nan() {
            true => 1.0,
            false => factor.clamp(1.0 / MOST, MOST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        let matrix = |start: usize| Matrix {
            place: start..start + 4,
            rows: 2,
            columns: 2,
        };
        let layer = |start: usize| NormedLayer {
            weights: matrix(start),
            gain: start + 4..start + 6,
        };
        Layout {
            parameters: 15,
            matrices: vec![matrix(1), matrix(8)],
            output_layer: None,
            normed: vec![layer(8), layer(1)],
            threads: 1,
        }
    }

    fn factors(mut rates: Rates, parameters: &[f64]) -> Vec<f64> {
        let mut factors = vec![f64::NAN; parameters.len()];
        rates.refresh(parameters);
        for (range, factor) in rates.ranges() {
            factors[range.clone()].fill(factor);
        }
        for (start, factor) in [(1, factors[1]), (8, factors[8]), (0, 1.0)] {
            assert_eq!(rates.of(start), factor);
        }
        factors
    }

    #[test]
    fn rates_follow_the_squares_of_weights_and_the_gains() {
        let mut parameters = vec![1.0; 15];
        parameters[1..5].fill(3.0);
        parameters[5..7].copy_from_slice(&[2.0, -2.0]);
        let found = factors(
            Rates::proportional(LayerRates::ByNorm, &layout()),
            &parameters,
        );
        for (p, factor) in found.iter().enumerate() {
            // Rows of two.
            let expected = match p {
                1..5 => 2.0 * 9.0 / 2.0,
                8..12 => 2.0,
                _ => 1.0,
            };
            assert!((factor - expected).abs() < 1e-12, "{p}: {factor}");
        }
        let found = factors(
            Rates::normalised(LayerRates::ByNorm, &layout()),
            &parameters,
        );
        assert!((found[1] - 18f64.sqrt()).abs() < 1e-12);
        let equal = factors(
            Rates::proportional(LayerRates::Equal, &layout()),
            &parameters,
        );
        assert_eq!(equal, [1.0; 15]);
    }

    #[test]
    fn rates_stay_within_bounds() {
        let mut parameters = vec![1.0; 15];
        parameters[5..7].fill(1e-9);
        parameters[8..12].fill(1e-9);
        let found = factors(
            Rates::proportional(LayerRates::ByNorm, &layout()),
            &parameters,
        );
        assert_eq!((found[1], found[8]), (MOST, 1.0 / MOST));
        parameters[8..14].fill(0.0);
        let found = factors(
            Rates::proportional(LayerRates::ByNorm, &layout()),
            &parameters,
        );
        assert_eq!(found[8], 1.0);
    }
}
