//! Samplers of the points at which residuals are evaluated.
//!
//! Every method draws in the unit cube; an affine map then moves the points to the *dimensionless* domain. Physical units
//! are not involved, so that the unit of a length in a file does not change a bit.

pub mod adaptive;
mod curve;
mod grading;
mod latin_hypercube;
mod place;
mod region;
pub mod settings;
mod sobol;
mod uniform;

pub use curve::along_curve;
use grading::Grading;
pub use latin_hypercube::LatinHypercube;
pub use place::{DimensionlessDomain, EmptyDomain};
pub use region::repeated;
pub use sobol::Sobol;
pub use uniform::Uniform;

use crate::sampling::settings::SamplingMethod;

/// Method of drawing points of the unit cube.
pub trait Sampler: Send + Sync {
    /// Fills `points`, column by column (`dimensions` columns of `rows` entries), with points of [0,
    /// 1)^dimensions.
    ///
    /// Equal arguments give equal bits; different seeds give independent sets. `points.len()` must be
    /// `dimensions * rows`.
    fn fill(&self, seed: u64, dimensions: usize, rows: usize, points: &mut [f64]);
}

/// Sampler of this name in the settings.
pub fn sampler(method: SamplingMethod) -> &'static dyn Sampler {
    match method {
        SamplingMethod::Uniform => &Uniform,
        SamplingMethod::LatinHypercube => &LatinHypercube,
        SamplingMethod::Sobol => &Sobol,
    }
}

/// Seed of one set of points.
///
/// `seed` is that of the run. `set` is 0 for the interior and 1 + number for conditions. `epoch` counts the
/// resamplings. A resumed run thereby draws the points that an uninterrupted one would have drawn.
pub fn set_seed(seed: u64, set: u64, epoch: u64) -> u64 {
    mix(mix(mix(seed) ^ set) ^ epoch)
}

/// SplitMix64's output function, a bijection (Steele, Lea & Flood, *Fast splittable pseudorandom number
/// generators*, OOPSLA 2014; constants of Stafford's variant 13, with the golden-ratio increment).
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const METHODS: [SamplingMethod; 3] = [
        SamplingMethod::Uniform,
        SamplingMethod::LatinHypercube,
        SamplingMethod::Sobol,
    ];

    fn draw(method: SamplingMethod, seed: u64, dimensions: usize, rows: usize) -> Vec<f64> {
        let mut points = vec![f64::NAN; dimensions * rows];
        sampler(method).fill(seed, dimensions, rows, &mut points);
        points
    }

    // The suite that every sampler passes.
    proptest! {
        #[test]
        fn points_lie_in_the_unit_cube(seed: u64, dimensions in 0usize..5, rows in 0usize..200) {
            for method in METHODS {
                let points = draw(method, seed, dimensions, rows);
                prop_assert!(points.iter().all(|x| (0.0..1.0).contains(x)), "{method:?}");
            }
        }

        #[test]
        fn the_same_seed_gives_the_same_points_and_another_seed_others(seed: u64) {
            for method in METHODS {
                let first = draw(method, seed, 2, 64);
                prop_assert_eq!(&first, &draw(method, seed, 2, 64));
                prop_assert_ne!(&first, &draw(method, seed ^ 1, 2, 64));
            }
        }

        #[test]
        fn set_seeds_differ(seed: u64, set in 0u64..50, epoch in 0u64..50) {
            prop_assert_ne!(set_seed(seed, set, epoch), set_seed(seed, set + 1, epoch));
            prop_assert_ne!(set_seed(seed, set, epoch), set_seed(seed, set, epoch + 1));
            prop_assert_ne!(set_seed(seed, set, epoch), set_seed(seed.wrapping_add(1), set, epoch));
        }

        #[test]
        fn latin_hypercube_puts_one_point_into_every_slice(seed: u64, rows in 1usize..300) {
            for column in draw(SamplingMethod::LatinHypercube, seed, 3, rows).chunks(rows) {
                assert_one_per_slice(column);
            }
        }

        #[test]
        fn sobol_puts_one_point_into_every_dyadic_slice(seed: u64, log in 0u32..9) {
            let rows = 1 << log;
            for column in draw(SamplingMethod::Sobol, seed, 3, rows).chunks(rows) {
                assert_one_per_slice(column);
            }
        }
    }

    fn assert_one_per_slice(column: &[f64]) {
        let mut taken = vec![false; column.len()];
        for x in column {
            let slice = (x * column.len() as f64) as usize;
            assert!(
                !taken[slice],
                "two points in slice {slice} of {}",
                column.len()
            );
            taken[slice] = true;
        }
    }

    #[test]
    fn means_agree_with_the_uniform_distribution() {
        for method in METHODS {
            for column in draw(method, 7, 3, 4096).chunks(4096) {
                let mean = column.iter().sum::<f64>() / 4096.0;
                // Four standard errors of independent draws, 1/√12/√4096; the others are far better.
                assert!((mean - 0.5).abs() < 0.018, "{method:?}: {mean}");
            }
        }
    }

    #[test]
    fn sobol_sequences_longer_than_one_block_do_not_repeat() {
        let rows = sobol::BLOCK + 100;
        let points = draw(SamplingMethod::Sobol, 3, 1, rows);
        assert_ne!(points[..100], points[sobol::BLOCK..]);
    }
}
