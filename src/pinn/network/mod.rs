//! What a network is, as data, and the [`Circuit`] that it compiles to.
//!
//! [`Network`] is what a person chooses. [`Network::circuit`] is the one place that turns it into layers; the
//! engines know circuits only.

mod architecture;
mod builder;
mod circuit;
mod embedding;
mod initialise;
#[cfg(test)]
mod tests;

pub use circuit::{Bias, Circuit, Head, Linear, Node, Operation, Start, Value, Weights};
pub use embedding::{Embedding, Fourier, Periodic};

use super::activation::Activation;
use builder::Builder;
use serde::{Deserialize, Serialize};

/// A network from dimensionless coordinates to dimensionless fields.
#[derive(Clone, PartialEq, Debug)]
pub struct Network {
    /// First of all each coordinate x̂ is mapped to `scale · x̂ + shift`, so that the domain becomes [−1, 1].
    pub input_maps: Vec<InputMap>,
    pub embedding: Embedding,
    pub architecture: Architecture,
    /// Width of each hidden layer (of each block, for residual architectures).
    pub hidden: Vec<usize>,
    pub activation: Activation,
    /// ω₀ of sine networks: the weights of their first layer are drawn from ±ω₀/inputs (Sitzmann et al. 2020,
    /// *Implicit neural representations with periodic activation functions*, section 3.2). Not read by others.
    pub first_frequency: f64,
    pub weights: WeightForm,
    pub sharing: Sharing,
    /// Number of fields.
    pub outputs: usize,
}

/// How hidden layers are connected; one file each in `architecture`.
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

/// What the trained parameters of a layer's weights are.
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "form")]
pub enum WeightForm {
    /// The weights.
    #[default]
    Plain,
    /// W = diag(exp s)·V with s drawn from a normal distribution (Wang, Wang, Seidman & Perdikaris 2022,
    /// *Random weight factorization improves the training of continuous neural representations*, eq. 5).
    Factorised { mean: f64, deviation: f64 },
}

/// Whether fields share the hidden layers.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sharing {
    /// One trunk, one linear output per field.
    #[default]
    Shared,
    /// One network per field.
    Separate,
}

/// `scale · x̂ + shift`
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct InputMap {
    pub scale: f64,
    pub shift: f64,
}

impl InputMap {
    /// Maps [lower, upper] to [−1, 1].
    pub fn onto_unit(lower: f64, upper: f64) -> Self {
        let scale = 2.0 / (upper - lower);
        InputMap {
            scale,
            shift: -1.0 - lower * scale,
        }
    }
}

/// A network that cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NetworkError {
    #[error("expected at least one {what}, found none")]
    None { what: &'static str },
    #[error(
        "{architecture} networks add and multiply layers element by element: expected hidden layers of equal width {expected}, found {found}"
    )]
    UnequalWidths {
        architecture: &'static str,
        expected: usize,
        found: usize,
    },
    #[error(
        "Fourier features are pairs of sine and cosine: expected an even number of at least 2, found {found}"
    )]
    OddFeatures { found: usize },
    #[error("{what} must be a positive number, found {found}")]
    NotPositive { what: &'static str, found: f64 },
    #[error(
        "a period is given for coordinate number {found}; the network has {inputs}, counted from 0"
    )]
    NoSuchCoordinate { found: usize, inputs: usize },
}

impl Network {
    /// A multilayer perceptron with plain weights and nothing else.
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
            weights: WeightForm::Plain,
            sharing: Sharing::Shared,
            outputs,
        }
    }

    pub fn inputs(&self) -> usize {
        self.input_maps.len()
    }

    /// The layers, and where their parameters lie in the flat vector.
    ///
    /// # Errors
    /// If something has no width, or the parts do not fit each other.
    pub fn circuit(&self) -> Result<Circuit, NetworkError> {
        self.check()?;
        let mut builder = Builder::new(self);
        // Nothing in it is trained, so that separate networks may share it.
        let embedded = self.embedding.build(&mut builder);
        match self.sharing {
            Sharing::Shared => {
                let trunk = architecture::build(self, &mut builder, embedded);
                builder.head(trunk, 0..self.outputs);
            }
            Sharing::Separate => {
                for field in 0..self.outputs {
                    let trunk = architecture::build(self, &mut builder, embedded);
                    builder.head(trunk, field..field + 1);
                }
            }
        }
        Ok(builder.finish())
    }

    fn check(&self) -> Result<(), NetworkError> {
        let some = |what, n: usize| match n {
            0 => Err(NetworkError::None { what }),
            _ => Ok(()),
        };
        some("coordinate", self.inputs())?;
        some("field", self.outputs)?;
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
        if let WeightForm::Factorised { deviation, .. } = self.weights {
            positive("the deviation of the factorised weights", deviation)?;
        }
        self.embedding.check(self.inputs())
    }
}
