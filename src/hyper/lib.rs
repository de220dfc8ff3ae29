//! Hypernetworks, which map the parameters of a problem to the weights of the network that solves it.
//!
//! ```text
//! parameters → code of constant length → dense layers with LayerNorm → features z
//! θ = base + generation(Σ_j z_j · C_j)
//! ```
//!
//! The code ([`Encoding`]) is a cosine and a sine of each parameter's place in its range. Every layer adds a
//! bias *before* its norm: LayerNorm of W·x alone is equal for every multiple of x, and would erase an x that
//! is one number. The heads C and the base are trained together with the layers.
//! [`Generate`](crate::settings::Generate) selects what is generated.
//!
//! A hypernetwork trains like any network: [`FamilyEngine`] is an engine on its flat parameters. Per member
//! of the family it generates θ, has the fused engine compute the loss and its gradient by θ at that member's
//! points, and propagates the gradient back through the generation.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod encoding;
mod engine;
mod generation;
mod initialise;
mod linearised;
mod mapping;
pub mod settings;
#[cfg(test)]
mod tests;

pub use encoding::Encoding;
pub use engine::FamilyEngine;

use crate::settings::HypernetworkSettings;
use generation::Generation;
use mapping::{Mapping, Passed};
use pinn_engine::simd::{Dot, Element, InstructionSet, Multiply};
use pinn_expr::Real;
use pinn_geometry::domain::Interval;
use pinn_network::{Circuit, Layout, Matrix, Weights};
use std::ops::Range;

/// Reason why a network cannot be generated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HyperError {
    /// The network's weights are not plain.
    #[error(
        "a hypernetwork can only generate plain weights, but this network has factorised or normalised ones; choose \
         `weights = \"plain\"`"
    )]
    WeightForm,
}

/// Hypernetwork of one network.
#[derive(Clone, PartialEq, Debug)]
pub struct Hypernetwork {
    encoding: Encoding,
    mapping: Mapping,
    /// C, row-major: one row of coefficients per feature.
    heads: Range<usize>,
    generation: Generation,
    /// Parameters of the network.
    generated: usize,
    parameters: usize,
}

/// Memory for the members of a family.
#[derive(Clone, Debug, Default)]
struct Space<T> {
    passed: Passed<T>,
    /// C with padded rows.
    heads: Vec<T>,
    /// By member, padded.
    coefficients: Vec<T>,
    by_coefficients: Vec<T>,
    by_heads: Vec<T>,
    by_features: Vec<T>,
    /// Parameters of the network, by member.
    theta: Vec<T>,
}

impl Hypernetwork {
    /// Creates a hypernetwork for a network and parameters on dimensionless intervals.
    ///
    /// # Errors
    /// If the network's weights are not plain.
    pub fn new(
        settings: &HypernetworkSettings,
        circuit: &Circuit,
        intervals: Vec<Interval>,
    ) -> Result<Self, HyperError> {
        let plain = |weights: &Weights| matches!(weights, Weights::Plain(_) | Weights::Frozen(_));
        if !circuit.linear_layers().all(|layer| plain(&layer.weights)) {
            return Err(HyperError::WeightForm);
        }
        let encoding = Encoding::new(intervals, settings.harmonics);
        let mapping = Mapping::new(
            encoding.width(),
            &settings.hidden,
            settings.norm,
            settings.bias,
        );
        let features = mapping.layers.last().map_or(0, |layer| layer.outputs);
        let start = mapping.parameters();
        let coefficients = Generation::new(circuit, settings.generate, 0).coefficients;
        let heads = start..start + features * coefficients;
        let generation = Generation::new(circuit, settings.generate, heads.end);
        Ok(Hypernetwork {
            encoding,
            mapping,
            parameters: generation.end(),
            heads,
            generation,
            generated: circuit.parameters,
        })
    }

    /// Length of the flat vector of trained parameters.
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// Length of the generated vector, the flat parameters of the network.
    pub fn generated(&self) -> usize {
        self.generated
    }

    /// Number of ranged parameters that the hypernetwork reads.
    pub fn inputs(&self) -> usize {
        self.encoding.parameters()
    }

    fn features(&self) -> usize {
        self.mapping.layers.last().map_or(0, |layer| layer.outputs)
    }

    /// Layout of the parameters, for optimisers.
    pub fn layout(&self, threads: usize) -> Layout {
        let layers = self.mapping.layers.iter();
        let matrices = layers.map(|layer| Matrix {
            place: layer.weights.clone(),
            rows: layer.outputs,
            columns: layer.inputs,
        });
        Layout {
            parameters: self.parameters,
            matrices: matrices.collect(),
            threads,
            ..Layout::default()
        }
    }

    /// Generates the parameters of the network at dimensionless values, one per ranged parameter.
    ///
    /// # Panics
    /// If there are not as many parameters or values as it has.
    pub fn generate<T: Element>(&self, parameters: &[T], values: &[T]) -> Vec<T> {
        assert_eq!(parameters.len(), self.parameters, "parameters");
        assert_eq!(values.len(), self.inputs(), "values");
        let mut space = Space::default();
        self.forward(InstructionSet::fastest(), parameters, values, &mut space);
        space.theta
    }

    /// Generates the network's parameters at codes that need not be those of values, for studies of the map
    /// itself.
    ///
    /// # Panics
    /// If there are not as many parameters or numbers in the code as it has.
    pub fn generate_from_code<T: Element>(&self, parameters: &[T], code: &[T]) -> Vec<T> {
        assert_eq!(parameters.len(), self.parameters, "parameters");
        let mut space = Space::default();
        space
            .passed
            .codes(self.encoding.width())
            .copy_from_slice(code);
        self.forward_codes(InstructionSet::fastest(), parameters, 1, &mut space);
        space.theta
    }

    /// Parameters that all members share: the network's parameters without the generated part.
    pub fn base<'a, T>(&self, parameters: &'a [T]) -> &'a [T] {
        &parameters[self.generation.base.clone()]
    }

    /// Encoding of the ranged parameters.
    pub fn encoding(&self) -> &Encoding {
        &self.encoding
    }

    /// Generates θ of all members from their concatenated dimensionless values.
    fn forward<T: Element>(
        &self,
        set: InstructionSet,
        parameters: &[T],
        values: &[T],
        space: &mut Space<T>,
    ) {
        let members = values.len() / self.inputs();
        let width = self.encoding.width();
        let codes = space.passed.codes(members * width);
        let pairs = values.chunks_exact(self.inputs());
        for (values, code) in pairs.zip(codes.chunks_exact_mut(width)) {
            self.encoding.encode(values, code);
        }
        self.forward_codes(set, parameters, members, space);
    }

    fn forward_codes<T: Element>(
        &self,
        set: InstructionSet,
        parameters: &[T],
        members: usize,
        space: &mut Space<T>,
    ) {
        self.mapping.forward(parameters, members, &mut space.passed);
        let (features, width) = (self.features(), self.generation.coefficients);
        let padded = T::padded(width);
        pad(
            &parameters[self.heads.clone()],
            width,
            padded,
            &mut space.heads,
        );
        space.coefficients.resize(members * padded, T::ZERO);
        Multiply {
            rows: members,
            depth: features,
            columns: padded,
            left: space.passed.features(),
            left_strides: (features, 1),
            right: &space.heads,
            right_stride: padded,
            result: &mut space.coefficients,
            result_stride: padded,
            accumulate: false,
        }
        .run(set);
        space.theta.resize(members * self.generated, T::ZERO);
        let theta = space.theta.chunks_exact_mut(self.generated);
        for (coefficients, theta) in space.coefficients.chunks_exact(padded).zip(theta) {
            self.generation.expand(parameters, coefficients, theta);
        }
    }

    /// Gradient by the trained parameters (overwritten) from the concatenated gradients by θ of the first members of
    /// the last forward pass.
    fn backward<T: Element>(
        &self,
        set: InstructionSet,
        parameters: &[T],
        by_theta: &[T],
        space: &mut Space<T>,
        gradient: &mut [T],
    ) {
        let members = by_theta.len() / self.generated;
        self.backward_of(set, parameters, 0..members, by_theta, space, gradient);
    }

    /// Propagates the gradients of some of the members back.
    fn backward_of<T: Element>(
        &self,
        set: InstructionSet,
        parameters: &[T],
        members: Range<usize>,
        by_theta: &[T],
        space: &mut Space<T>,
        gradient: &mut [T],
    ) {
        gradient.fill(T::ZERO);
        let (features, width) = (self.features(), self.generation.coefficients);
        let padded = T::padded(width);
        let count = members.len();
        space.by_coefficients.resize(count * padded, T::ZERO);
        let rows = by_theta.chunks_exact(self.generated);
        let coefficients = space.coefficients.chunks_exact(padded).skip(members.start);
        let by_coefficients = space.by_coefficients.chunks_exact_mut(padded);
        for ((by_theta, coefficients), by_coefficients) in
            rows.zip(coefficients).zip(by_coefficients)
        {
            by_coefficients[width..].fill(T::ZERO);
            self.generation.backward(
                parameters,
                coefficients,
                by_theta,
                by_coefficients,
                gradient,
            );
        }
        // C: outer products of features and gradients by coefficients.
        space.by_heads.resize(features * padded, T::ZERO);
        Multiply {
            rows: features,
            depth: count,
            columns: padded,
            left: &space.passed.features()[members.start * features..],
            left_strides: (1, features),
            right: &space.by_coefficients,
            right_stride: padded,
            result: &mut space.by_heads,
            result_stride: padded,
            accumulate: false,
        }
        .run(set);
        let by_heads = gradient[self.heads.clone()].chunks_exact_mut(width.max(1));
        for (to, from) in by_heads.zip(space.by_heads.chunks_exact(padded.max(1))) {
            to.copy_from_slice(&from[..width]);
        }
        space.by_features.resize(features, T::ZERO);
        for (number, member) in members.enumerate() {
            T::dot(
                set,
                Dot {
                    rows: features,
                    columns: padded,
                    left: &space.heads,
                    left_stride: padded,
                    right: &space.by_coefficients[number * padded..][..padded],
                    constant: T::ZERO,
                    result: &mut space.by_features,
                    accumulate: false,
                },
            );
            let (by_features, passed) = (&space.by_features, &mut space.passed);
            self.mapping
                .backward(parameters, member, by_features, passed, gradient);
        }
    }

    /// Derivative of θ of one member along a direction in the trained parameters.
    fn tangent<T: Element>(
        &self,
        parameters: &[T],
        direction: &[T],
        member: usize,
        space: &mut Space<T>,
        theta: &mut [T],
    ) {
        let (features, width) = (self.features(), self.generation.coefficients);
        let padded = T::padded(width);
        let mut slopes = vec![T::ZERO; width];
        let values = space.passed.features()[member * features..][..features].to_vec();
        let tangents = self
            .mapping
            .tangent(parameters, direction, member, &mut space.passed);
        let heads = parameters[self.heads.clone()].chunks_exact(width.max(1));
        let directions = direction[self.heads.clone()].chunks_exact(width.max(1));
        for (((row, slope), z), dz) in heads.zip(directions).zip(&values).zip(tangents) {
            for ((sum, c), dc) in slopes.iter_mut().zip(row).zip(slope) {
                *sum += *dz * *c + *z * *dc;
            }
        }
        let coefficients = &space.coefficients[member * padded..][..width];
        self.generation
            .tangent(parameters, direction, coefficients, &slopes, theta);
    }
}

/// Copies rows of `width` numbers to rows of `padded`, the rest zero.
fn pad<T: Real>(from: &[T], width: usize, padded: usize, to: &mut Vec<T>) {
    to.resize(from.len() / width.max(1) * padded, T::ZERO);
    let rows = from.chunks_exact(width.max(1));
    for (row, to) in rows.zip(to.chunks_exact_mut(padded.max(1))) {
        to[..width].copy_from_slice(row);
        to[width..].fill(T::ZERO);
    }
}
