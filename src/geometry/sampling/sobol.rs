//! Sobol' points.

use super::{Sampler, mix};

/// Length of the sequence that the direction numbers are good for.
pub(super) const BLOCK: usize = 1 << 16;

/// Sampler of Owen-scrambled Sobol' points (Owen 1995; hash-based scrambling of Burley, *Practical hash-based
/// Owen scrambling*, JCGT 9(4), 2020). Any first 2ⁿ points are stratified in every dyadic slice.
///
/// Beyond 65,536 points further independently scrambled sequences are appended. Coordinates have the
/// resolution of an `f32`. Up to 256 dimensions differ; further ones are independent scramblings.
#[derive(Copy, Clone, Debug)]
pub struct Sobol;

impl Sampler for Sobol {
    fn fill(&self, seed: u64, _: usize, rows: usize, points: &mut [f64]) {
        for (dimension, column) in points.chunks_exact_mut(rows.max(1)).enumerate() {
            let (turn, dimension) = (
                dimension as u32 / sobol_burley::NUM_DIMENSIONS,
                dimension as u32 % sobol_burley::NUM_DIMENSIONS,
            );
            for (block, part) in column.chunks_mut(BLOCK).enumerate() {
                let seed = mix(seed ^ (block as u64) << 32 ^ u64::from(turn)) as u32;
                for (i, x) in part.iter_mut().enumerate() {
                    *x = f64::from(sobol_burley::sample(i as u32, dimension, seed));
                }
            }
        }
    }
}
