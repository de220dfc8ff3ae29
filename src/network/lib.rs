//! Networks as data, and the [`Circuit`] that they compile to.
//!
//! [`Network`] is the user's choice. [`Network::circuit`] is the one place that turns it into layers; engines
//! know circuits only.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod activation;
mod architecture;
mod builder;
mod circuit;
mod embedding;
mod evaluate;
mod initialise;
pub mod jets;
mod layout;
pub mod settings;
#[cfg(test)]
mod tests;

pub use circuit::{
    Bias, Circuit, Head, Linear, Node, NormLayer, Operation, Start, Statistics, Value, Weights,
};
pub use embedding::{Embedding, Fourier, Periodic};
pub use layout::{Layout, Matrix, NormedLayer};

use crate::activation::Activation;
use builder::Builder;
use pinn_norm::layer::{Frozen, Layers, NormLayers, Place, Pointwise, PointwiseNorm};
use serde::{Deserialize, Serialize};

/// Network from dimensionless coordinates to dimensionless fields.
#[derive(Clone, PartialEq, Debug)]
pub struct Network {
    /// Maps of the coordinates, applied first: each x̂ becomes `scale · x̂ + shift`, so that the domain
    /// becomes [−1, 1].
    pub input_maps: Vec<InputMap>,
    /// Fixed layers in front of the trained ones.
    pub embedding: Embedding,
    /// Connection of the hidden layers.
    pub architecture: Architecture,
    /// Width of each hidden layer (of each block, for residual architectures).
    pub hidden: Vec<usize>,
    /// Activation of all hidden layers.
    pub activation: Activation,
    /// ω₀ of sine networks: the weights of their first layer are drawn from ±ω₀/inputs (Sitzmann et al. 2020,
    /// *Implicit neural representations with periodic activation functions*, section 3.2). Not read by others.
    pub first_frequency: f64,
    /// Largest weight of the first layer as random features ([`Start::Features`](circuit::Start)); `None` draws it like the
    /// other layers.
    pub steepness: Option<f64>,
    /// Parametrization of the weights.
    pub weights: WeightForm,
    /// Norms of hidden layers, no two at one place. A norm that couples points cannot be expressed here; from
    /// Rust see [`Network::with_norm`].
    pub norms: Vec<NormLayers>,
    /// Separation of the fields into networks.
    pub sharing: Sharing,
    /// Number of fields, the constants included.
    pub outputs: usize,
    /// Number of outputs, the last ones, that are trained constants, equal at all points.
    pub constants: usize,
}

/// Connection of hidden layers; one file each in `architecture`.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// Multilayer perceptron.
    #[default]
    Mlp,
    /// Every hidden layer gated by two encoders of the input.
    ModifiedMlp,
    /// Adaptive residual blocks that begin as the identity.
    PirateNet,
    /// Every layer reads all layers before it.
    Dense,
}

/// Parametrization of a layer's weights.
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "form")]
pub enum WeightForm {
    /// Plain: the parameters are the weights.
    #[default]
    Plain,
    /// Random weight factorization: W = diag(exp s)·V with s drawn from a normal distribution (Wang, Wang,
    /// Seidman & Perdikaris 2022, *Random weight factorization improves the training of continuous neural
    /// representations*, eq. 5).
    Factorised {
        /// Mean of the initial s.
        mean: f64,
        /// Standard deviation of the initial s.
        deviation: f64,
    },
    /// Weight normalization: W = diag(g/‖v‖)·V, every row a length and a direction (Salimans & Kingma,
    /// *Weight normalization*, NeurIPS 2016, eq. 2). g begins as ‖v‖.
    Normalised,
}

/// Separation of the fields into networks.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sharing {
    /// One trunk, one linear output per field.
    #[default]
    Shared,
    /// One network per field.
    Separate,
}

/// Affine map `scale · x̂ + shift` of a coordinate.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct InputMap {
    /// Slope of the map.
    pub scale: f64,
    /// Image of zero.
    pub shift: f64,
}

impl InputMap {
    /// Map of [lower, upper] onto [−1, 1].
    pub fn onto_unit(lower: f64, upper: f64) -> Self {
        let scale = 2.0 / (upper - lower);
        InputMap {
            scale,
            shift: -1.0 - lower * scale,
        }
    }
}

/// Reason why a network cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// Something is missing.
    #[error("expected at least one {what}, found none")]
    None {
        /// Name of the missing part.
        what: &'static str,
    },
    /// The architecture needs hidden layers of equal width.
    #[error(
        "{architecture} networks add and multiply layers element by element: expected hidden layers of equal width {expected}, found {found}"
    )]
    UnequalWidths {
        /// Name of the architecture.
        architecture: &'static str,
        /// Width of the first layer.
        expected: usize,
        /// Width of another layer.
        found: usize,
    },
    /// The number of Fourier features is odd or zero.
    #[error(
        "Fourier features are pairs of sine and cosine: expected an even number of at least 2, found {found}"
    )]
    OddFeatures {
        /// Number of features.
        found: usize,
    },
    /// A number is not positive.
    #[error("{what} must be a positive number, found {found}")]
    NotPositive {
        /// Name of the number.
        what: &'static str,
        /// Its value.
        found: f64,
    },
    /// Random features need plain weights that read the coordinates.
    #[error(
        "a steepness of the first layer needs plain weights and no embedding; expected `weights = \"plain\"` without Fourier \
         features and periods"
    )]
    Features,
    /// A period belongs to no coordinate.
    #[error(
        "a period is given for coordinate number {found}; the network has {inputs}, counted from 0"
    )]
    NoSuchCoordinate {
        /// Number given with the period.
        found: usize,
        /// Number of coordinates.
        inputs: usize,
    },
    /// The groups of a norm do not divide a layer.
    #[error("{groups} groups do not divide a layer of {width} units")]
    UnevenGroups {
        /// Number of groups.
        groups: usize,
        /// Width of the layer.
        width: usize,
    },
    /// The groups of a norm have a single unit.
    #[error(
        "a norm over a single unit is always zero: expected at least 2 units per group, found {width} in {groups}"
    )]
    OneUnit {
        /// Number of groups.
        groups: usize,
        /// Width of the layer.
        width: usize,
    },
    /// The architecture has no branch for a norm.
    #[error("{architecture} networks have no branch to normalise")]
    NoBranch {
        /// Name of the architecture.
        architecture: &'static str,
    },
    /// There is no embedding for a norm.
    #[error("expected an embedding before the norm, but the network has none")]
    NoEmbedding,
    /// A norm belongs to no layer.
    #[error("there is no layer {found} to normalise; layers are numbered from 1 to {layers}")]
    NoSuchLayer {
        /// Number given with the norm.
        found: usize,
        /// Number of hidden layers.
        layers: usize,
    },
    /// A norm at a place common to all layers was restricted to some.
    #[error("a norm in place `{place}` applies to all layers and cannot be restricted to some")]
    NotPerLayer {
        /// Name of the place.
        place: &'static str,
    },
    /// Two norms meet.
    #[error("{what} would be normalised twice at one place, by norms number {first} and {second}")]
    NormedTwice {
        /// Layer at which they meet.
        what: String,
        /// Number of the first norm.
        first: usize,
        /// Number of the second norm.
        second: usize,
    },
    /// Given statistics do not fit the network.
    #[error("frozen statistics: expected {expected} {what}, found {found}")]
    FrozenStatistics {
        /// Kind of the numbers.
        what: &'static str,
        /// Number needed.
        expected: usize,
        /// Number given.
        found: usize,
    },
}

impl Network {
    /// Creates a multilayer perceptron with plain weights and without further options.
    pub fn mlp(
        input_maps: Vec<InputMap>,
        hidden: Vec<usize>,
        activation: Activation,
        outputs: usize,
    ) -> Self {
        Network {
            input_maps,
            embedding: Embedding::default(),
            architecture: Architecture::Mlp,
            hidden,
            activation,
            first_frequency: 1.0,
            steepness: None,
            weights: WeightForm::Plain,
            norms: Vec::new(),
            sharing: Sharing::Shared,
            outputs,
            constants: 0,
        }
    }

    /// Adds a norm in all hidden layers. Norms that couple points do not compile here.
    ///
    /// ```
    /// use pinn_network::{InputMap, Network, activation::Activation};
    /// use pinn_norm::layer::{EPSILON, LayerNorm, Place};
    ///
    /// let maps = vec![InputMap::onto_unit(0.0, 1.0)];
    /// let network = Network::mlp(maps, vec![16, 16], Activation::Tanh, 1)
    ///     .with_norm(&LayerNorm { epsilon: EPSILON }, Place::Pre);
    /// assert_eq!(network.circuit()?.norms().count(), 2);
    /// # Ok::<(), pinn_network::NetworkError>(())
    /// ```
    #[must_use]
    pub fn with_norm<N: Pointwise>(mut self, norm: &N, place: Place) -> Self {
        let mut layers = NormLayers::new(norm.kind(), place);
        layers.epsilon = norm.epsilon();
        self.norms.push(layers);
        self
    }

    /// Number of coordinates.
    pub fn inputs(&self) -> usize {
        self.input_maps.len()
    }

    /// Compiles to layers, and lays out their parameters in the flat vector.
    ///
    /// # Errors
    /// If something has no width, or the parts do not fit each other.
    pub fn circuit(&self) -> Result<Circuit, NetworkError> {
        let mut circuit = self.layout()?;
        let seeds = self.norms.iter().filter_map(|norm| match norm.norm {
            PointwiseNorm::Batch {
                frozen: Frozen::Initial { seed },
            } => Some(seed),
            _ => None,
        });
        if let Some(seed) = seeds.max() {
            circuit.freeze(seed);
        }
        Ok(circuit)
    }

    /// Compiles to layers without the statistics of the initial network, for checks and counts.
    ///
    /// # Errors
    /// As for [`Network::circuit`].
    pub fn layout(&self) -> Result<Circuit, NetworkError> {
        self.check()?;
        let mut builder = Builder::new(self);
        // It has no trained parameters, so that separate networks share it.
        let embedded = self.embedding.build(&mut builder);
        let fields = self.outputs - self.constants;
        match self.sharing {
            Sharing::Shared => {
                let trunk = self.trunk(&mut builder, embedded);
                builder.head(trunk, 0..fields);
            }
            Sharing::Separate => {
                for field in 0..fields {
                    let trunk = self.trunk(&mut builder, embedded);
                    builder.head(trunk, field..field + 1);
                }
            }
        }
        if self.constants > 0 {
            builder.constants(fields..self.outputs);
        }
        builder.finish()
    }

    /// Builds the layers from the embedding to the last hidden one.
    fn trunk(&self, builder: &mut Builder, embedded: Value) -> Value {
        let embedded = builder.normed_embedding(embedded);
        architecture::build(self, builder, embedded)
    }

    fn check(&self) -> Result<(), NetworkError> {
        let some = |what, n: usize| match n {
            0 => Err(NetworkError::None { what }),
            _ => Ok(()),
        };
        some("coordinate", self.inputs())?;
        some("field", self.outputs.saturating_sub(self.constants))?;
        some("hidden layer", self.hidden.len())?;
        for width in &self.hidden {
            some("unit in every hidden layer", *width)?;
        }
        let first = self.hidden[0];
        if let Some(architecture) = self.architecture.needs_equal_widths()
            && let Some(found) = self.hidden.iter().find(|width| **width != first)
        {
            return Err(NetworkError::UnequalWidths {
                architecture,
                expected: first,
                found: *found,
            });
        }
        let positive = |what, found: f64| match found.is_finite() && found > 0.0 {
            true => Ok(()),
            false => Err(NetworkError::NotPositive { what, found }),
        };
        positive("the first frequency", self.first_frequency)?;
        positive("the steepness", self.steepness.unwrap_or(1.0))?;
        let plain = self.weights == WeightForm::Plain && self.embedding == Embedding::default();
        if self.steepness.is_some() && !plain {
            return Err(NetworkError::Features);
        }
        if let WeightForm::Factorised { deviation, .. } = self.weights {
            positive("the deviation of the factorised weights", deviation)?;
        }
        for norm in &self.norms {
            self.check_norm(norm)?;
        }
        self.check_norms_apart()?;
        self.embedding.check(self.inputs())
    }

    /// Checks that no two norms are at one place, where their order would be undefined.
    fn check_norms_apart(&self) -> Result<(), NetworkError> {
        for (second, later) in self.norms.iter().enumerate() {
            for (first, earlier) in self.norms[..second].iter().enumerate() {
                let what = match (earlier.place, later.place) {
                    (Place::Embedding, Place::Embedding) => Some("the embedding".to_string()),
                    (a, b) if a.meets(b) => {
                        let mut layers = 1..=self.hidden.len();
                        let both =
                            |n: &usize| earlier.layers.contain(*n) && later.layers.contain(*n);
                        layers.find(both).map(|n| format!("layer {n}"))
                    }
                    _ => None,
                };
                if let Some(what) = what {
                    return Err(NetworkError::NormedTwice {
                        what,
                        first: first + 1,
                        second: second + 1,
                    });
                }
            }
        }
        Ok(())
    }

    fn check_norm(&self, norm: &NormLayers) -> Result<(), NetworkError> {
        for (what, found) in [
            ("epsilon of the norm", norm.epsilon),
            ("the gain of the norm", norm.gain),
        ] {
            if !(found.is_finite() && found > 0.0) {
                return Err(NetworkError::NotPositive { what, found });
            }
        }
        let layers = self.hidden.len();
        if let Layers::Only(numbers) = &norm.layers {
            if numbers.is_empty() {
                return Err(NetworkError::None {
                    what: "layer to normalise",
                });
            }
            if let Some(found) = numbers.iter().find(|n| !(1..=layers).contains(*n)) {
                return Err(NetworkError::NoSuchLayer {
                    found: *found,
                    layers,
                });
            }
            let encoders =
                norm.place == Place::Branch && self.architecture == Architecture::ModifiedMlp;
            if norm.place == Place::Embedding || encoders {
                return Err(NetworkError::NotPerLayer {
                    place: norm.place.name(),
                });
            }
        }
        match (norm.place, self.architecture) {
            (Place::Branch, Architecture::Mlp | Architecture::Dense) => {
                Err(NetworkError::NoBranch {
                    architecture: self.architecture.name(),
                })
            }
            (Place::Embedding, _) if self.embedding == Embedding::default() => {
                Err(NetworkError::NoEmbedding)
            }
            _ => Ok(()),
        }
    }
}
