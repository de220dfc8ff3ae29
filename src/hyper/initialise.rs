//! Initial parameters.
//!
//! The generated and the shared parts add up to the variances of the network's own initialization, so that
//! its activations begin like those of an ordinary network (hyperfan-in: Chang, Flokas & Lipson, *Principled
//! weight initialization for hypernetworks*, ICLR 2020, eqs. 6–8). Each feature has initial values of its
//! own, with the distribution of the network: a sum of independent draws, weighted by features of mean square 1,
//! has their variance in every layer of every architecture.

use super::Hypernetwork;
use pinn_geometry::sampling::set_seed;
use pinn_network::Circuit;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use rand_distr::{Distribution, StandardNormal};

/// Generated share of the variance of the initial weights; the base has the rest.
pub const SHARE: f64 = 0.1;
/// Sets of random numbers, in addition to those of the network.
const MAPPING: u64 = 1 << 32;
const HEADS: u64 = MAPPING + 1;

impl Hypernetwork {
    /// Draws the initial trained parameters for the generated network.
    pub fn initialise(&self, circuit: &Circuit, seed: u64) -> Vec<f64> {
        let mut parameters = vec![0.0; self.parameters];
        self.initialise_mapping(seed, &mut parameters);
        let base = circuit.initialise(seed);
        parameters[self.generation.base.clone()].copy_from_slice(&base);
        self.initialise_added(circuit, seed, &base, &mut parameters);
        self.initialise_factors(seed, &base, &mut parameters);
        parameters
    }

    /// Draws weights for products of unit variance, and biases of the same order, so that the norm keeps both.
    fn initialise_mapping(&self, seed: u64, parameters: &mut [f64]) {
        let mut random = ChaCha12Rng::seed_from_u64(set_seed(seed, MAPPING, 0));
        for layer in &self.mapping.layers {
            let bound = (3.0 / layer.inputs as f64).sqrt();
            parameters[layer.weights.clone()].fill_with(|| random.random_range(-bound..bound));
            if let Some(bias) = &layer.bias {
                parameters[bias.clone()].fill_with(|| random.random_range(-0.5..0.5));
            }
            if let Some((gain, _)) = &layer.norm {
                parameters[gain.clone()].fill(1.0);
            }
        }
    }

    /// Differences of two draws, which are zero for parameters that the network does not draw.
    fn initialise_added(&self, circuit: &Circuit, seed: u64, base: &[f64], parameters: &mut [f64]) {
        let features = self.features();
        let size = (0.5 * SHARE / features as f64).sqrt();
        let alone = self.generation.added().all(|(_, to)| {
            let drawn = circuit.initialise(set_seed(seed, HEADS, 0));
            drawn[to.clone()].iter().all(|x| *x == 0.0)
        });
        let width = self.generation.coefficients;
        for feature in 0..features {
            let draw = |n: usize| circuit.initialise(set_seed(seed, HEADS, n as u64));
            let (one, other) = (draw(2 * feature), draw(2 * feature + 1));
            let row = &mut parameters[self.heads.start + feature * width..][..width];
            for (coefficients, to) in self.generation.added() {
                let pairs = one[to.clone()].iter().zip(&other[to.clone()]);
                for (c, (a, b)) in row[coefficients.clone()].iter_mut().zip(pairs) {
                    *c = size * (a - b);
                }
            }
        }
        if alone {
            // If only biases are generated and they start at zero, they get the size of the products that they are
            // added to.
            let mut random = ChaCha12Rng::seed_from_u64(set_seed(seed, HEADS, 0));
            let size = (SHARE / features as f64).sqrt();
            for c in &mut parameters[self.heads.clone()] {
                let normal: f64 = StandardNormal.sample(&mut random);
                *c = size * normal;
            }
            return;
        }
        let other = circuit.initialise(set_seed(seed, HEADS, 0));
        for (_, to) in self.generation.added() {
            for i in to.clone() {
                // Parameters that are not drawn stay unchanged.
                if base[i] != other[i] {
                    parameters[self.generation.base.start + i] *= (1.0 - SHARE).sqrt();
                }
            }
        }
    }

    /// Draws U and V with the size of the square root of the weights' deviation, and s with variance share/rank.
    fn initialise_factors(&self, seed: u64, base: &[f64], parameters: &mut [f64]) {
        let mut random = ChaCha12Rng::seed_from_u64(set_seed(seed, HEADS, 1));
        let mut normal = |size: f64| {
            let normal: f64 = StandardNormal.sample(&mut random);
            size * normal
        };
        let (features, width) = (self.features(), self.generation.coefficients);
        for factors in self.generation.factors() {
            let weights = &base[factors.matrix.clone()];
            let squares: f64 = weights.iter().map(|w| w * w).sum();
            let deviation = (squares / weights.len().max(1) as f64).sqrt();
            for place in [factors.left, factors.right] {
                parameters[place].fill_with(|| normal(deviation.sqrt()));
            }
            let rank = factors.coefficients.len();
            let size = (SHARE / (rank * features) as f64).sqrt();
            for feature in 0..features {
                let row = &mut parameters[self.heads.start + feature * width..][..width];
                row[factors.coefficients.clone()].fill_with(|| normal(size));
            }
            for i in factors.matrix {
                parameters[self.generation.base.start + i] *= (1.0 - SHARE).sqrt();
            }
        }
    }
}
