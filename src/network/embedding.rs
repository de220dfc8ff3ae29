//! Fixed layers between the coordinates and the first trained layer.

use super::NetworkError;
use super::builder::Builder;
use super::circuit::Value;
use crate::activation::Activation;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rand_distr::{Distribution, StandardNormal};
use std::f64::consts::{FRAC_PI_2, PI};

/// Embedding of the coordinates: periodic ones first, then random Fourier features of the result.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Embedding {
    /// Periodic coordinates, each at most once.
    pub periodic: Vec<Periodic>,
    /// Random Fourier features, if there are any.
    pub fourier: Option<Fourier>,
}

/// Periodic coordinate: it is replaced by sin and cos of 2πkx/period, k = 1..=harmonics.
///
/// The network is then exactly periodic, with all its derivatives (Dong & Ni, *A method for representing
/// periodic functions and enforcing exactly periodic boundary conditions with deep neural networks*, J.
/// Comput. Phys. 435, 2021).
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Periodic {
    /// Number of the coordinate.
    pub coordinate: usize,
    /// Period in the mapped coordinate: 2 if it is the whole domain.
    pub period: f64,
    /// Number of harmonics.
    pub harmonics: usize,
}

/// Random Fourier features: sin(Bx) and cos(Bx) with the entries of B drawn once from a normal distribution
/// with deviation `scale` and never trained (Tancik et al. 2020, *Fourier features let networks learn high
/// frequency functions in low dimensional domains*; Wang, Wang & Perdikaris, CMAME 384, 2021).
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Fourier {
    /// Number of features, even: half sines, half cosines.
    pub features: usize,
    /// Standard deviation of the entries of B.
    pub scale: f64,
    /// Seed of B.
    pub seed: u64,
}

impl Embedding {
    pub(super) fn check(&self, inputs: usize) -> Result<(), NetworkError> {
        for periodic in &self.periodic {
            if periodic.coordinate >= inputs {
                return Err(NetworkError::NoSuchCoordinate {
                    found: periodic.coordinate,
                    inputs,
                });
            }
            if periodic.harmonics == 0 {
                return Err(NetworkError::None {
                    what: "harmonic of a periodic coordinate",
                });
            }
            if !(periodic.period.is_finite() && periodic.period > 0.0) {
                return Err(NetworkError::NotPositive {
                    what: "a period",
                    found: periodic.period,
                });
            }
        }
        if let Some(fourier) = &self.fourier {
            if fourier.features < 2 || !fourier.features.is_multiple_of(2) {
                return Err(NetworkError::OddFeatures {
                    found: fourier.features,
                });
            }
            if !(fourier.scale.is_finite() && fourier.scale > 0.0) {
                return Err(NetworkError::NotPositive {
                    what: "the scale of the Fourier features",
                    found: fourier.scale,
                });
            }
        }
        Ok(())
    }

    pub(super) fn build(&self, builder: &mut Builder) -> Value {
        let mut value = Value::COORDINATES;
        if !self.periodic.is_empty() {
            value = self.build_periodic(builder);
        }
        if let Some(fourier) = &self.fourier {
            value = fourier.build(builder, value);
        }
        value
    }

    fn build_periodic(&self, builder: &mut Builder) -> Value {
        let inputs = builder.width(Value::COORDINATES);
        let (mut weights, mut phases) = (Vec::new(), Vec::new());
        for periodic in &self.periodic {
            for k in 1..=periodic.harmonics {
                let mut row = vec![0.0; inputs];
                row[periodic.coordinate] = 2.0 * PI * k as f64 / periodic.period;
                for phase in [0.0, FRAC_PI_2] {
                    weights.extend(&row);
                    phases.push(phase);
                }
            }
        }
        let angles = builder.frozen(Value::COORDINATES, weights, Some(phases));
        let waves = builder.activation(angles, Activation::Sine);
        let mut others = Vec::new();
        for coordinate in 0..inputs {
            if self.periodic.iter().all(|p| p.coordinate != coordinate) {
                let mut row = vec![0.0; inputs];
                row[coordinate] = 1.0;
                others.extend(row);
            }
        }
        if others.is_empty() {
            return waves;
        }
        let others = builder.frozen(Value::COORDINATES, others, None);
        builder.concatenate(waves, others)
    }
}

impl Fourier {
    fn build(&self, builder: &mut Builder, input: Value) -> Value {
        let inputs = builder.width(input);
        let mut random = ChaCha12Rng::seed_from_u64(self.seed);
        let half: Vec<f64> = (0..inputs * self.features / 2)
            .map(|_| {
                let normal: f64 = StandardNormal.sample(&mut random);
                self.scale * normal
            })
            .collect();
        let weights = [half.clone(), half].concat();
        let phases = (0..self.features)
            .map(|i| {
                if i < self.features / 2 {
                    0.0
                } else {
                    FRAC_PI_2
                }
            })
            .collect();
        let angles = builder.frozen(input, weights, Some(phases));
        builder.activation(angles, Activation::Sine)
    }
}
