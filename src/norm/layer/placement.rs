//! Kind and places of the norms of a network, as data.

use super::EPSILON;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// Norm of the features of each point alone.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PointwiseNorm {
    /// See [`LayerNorm`](super::LayerNorm).
    Layer,
    /// See [`RmsNorm`](super::RmsNorm).
    Rms,
    /// See [`GroupNorm`](super::GroupNorm).
    Group {
        /// Number of groups, a divisor of the number of features.
        groups: usize,
    },
    /// See [`FrozenBatchNorm`](super::FrozenBatchNorm).
    Batch {
        /// Source of the statistics.
        frozen: Frozen,
    },
}

/// Source of the frozen statistics of a batch norm.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Frozen {
    /// Statistics of the values that reach the norm in the network with the initial parameters of this seed,
    /// over points of the whole domain.
    Initial {
        /// Seed of the initial parameters.
        seed: u64,
    },
    /// Statistics for each norm of the network, in order; a single one serves all.
    Given(Vec<UnitStatistics>),
}

/// Mean and variance of each unit.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct UnitStatistics {
    /// Mean of each unit.
    pub mean: Vec<f64>,
    /// Variance of each unit.
    pub variance: Vec<f64>,
}

impl UnitStatistics {
    /// Statistics of a batch with one sample per row.
    pub fn of(values: &DMatrix<f64>) -> Self {
        let rows = values.nrows() as f64;
        let (mut mean, mut variance) = (Vec::new(), Vec::new());
        for column in values.column_iter() {
            let m = column.iter().sum::<f64>() / rows;
            mean.push(m);
            variance.push(column.iter().map(|x| (x - m).powi(2)).sum::<f64>() / rows);
        }
        UnitStatistics { mean, variance }
    }
}

/// Place of the norm in a network.
///
/// N is the norm. A *block* belongs to a residual architecture (PirateNet); a *layer* is one hidden layer of
/// any other.
///
/// | | layer a′ = σ(W·a + b) | gated layer (modified MLP) | residual block (PirateNet) x′ = αF(x) + (1 − α)x |
/// |---|---|---|---|
/// | `Pre` | σ(N(W·a + b)) | g = σ(N(W·a + b)) | αF(N(x)) + (1 − α)x |
/// | `Post` | N(σ(W·a + b)) | N(g⊙U + (1 − g)⊙V) | N(αF(x) + (1 − α)x) |
/// | `Peri` | N(σ(N(W·a + b))) | both | αN(F(N(x))) + (1 − α)x |
/// | `Branch` | – | encoders N(U), N(V) | αN(F(x)) + (1 − α)x |
/// | `Embedding` | N(embedding) | N(embedding) | N(embedding) |
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Before the activation (Ba, Kiros & Hinton 2016, eq. 4), or at the input of a residual block (Xiong et
    /// al. 2020, *On layer normalization in the transformer architecture*).
    Pre,
    /// After the activation or the gate, or after the sum of a residual block (Vaswani et al. 2017, *Attention is
    /// all you need*, section 3.1).
    Post,
    /// On both sides of a layer, or at both ends of the branch of a residual block (Kim et al. 2025,
    /// *Peri-LN*).
    Peri,
    /// On the branch that a residual block adds (Liu et al. 2022, *Swin transformer V2*, section 3.2), or on
    /// the encoders that gate all layers.
    Branch,
    /// Between the embedding of the coordinates and the first trained layer.
    Embedding,
}

impl Place {
    /// Name in problem files.
    pub fn name(self) -> &'static str {
        match self {
            Place::Pre => "pre",
            Place::Post => "post",
            Place::Peri => "peri",
            Place::Branch => "branch",
            Place::Embedding => "embedding",
        }
    }

    /// Returns true if norms at both places of one layer would normalize the same value: peri is on both
    /// sides.
    pub fn meets(self, other: Place) -> bool {
        self == other || self == Place::Peri || other == Place::Peri
    }
}

/// Layers (or blocks) that are normalized.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layers {
    /// All layers.
    #[default]
    All,
    /// Layers with these numbers, counted from 1.
    Only(Vec<usize>),
}

impl Layers {
    /// Returns true if the layer with this number, counted from 1, is one of them.
    pub fn contain(&self, number: usize) -> bool {
        match self {
            Layers::All => true,
            Layers::Only(numbers) => numbers.contains(&number),
        }
    }
}

/// Norm and its places in a network.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NormLayers {
    /// Kind of the norm.
    pub norm: PointwiseNorm,
    /// Place within each layer.
    pub place: Place,
    /// Normalized layers.
    pub layers: Layers,
    /// Initial value of the learnable gains γ. Biases begin at zero; RMSNorm has none.
    pub gain: f64,
    /// Small number ε below the root; see [`EPSILON`].
    pub epsilon: f64,
}

impl NormLayers {
    /// Norm in all layers, with gain 1 and [`EPSILON`].
    pub fn new(norm: PointwiseNorm, place: Place) -> Self {
        NormLayers {
            norm,
            place,
            layers: Layers::All,
            gain: 1.0,
            epsilon: EPSILON,
        }
    }

    /// Sets the seed of the initial statistics, if the norm has any.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        if let PointwiseNorm::Batch {
            frozen: Frozen::Initial { seed: old },
        } = &mut self.norm
        {
            *old = seed;
        }
        self
    }

    /// Describes the norm in words: `layer norm before activations`.
    pub fn describe(&self) -> String {
        let norm = match &self.norm {
            PointwiseNorm::Layer => "layer norm".to_string(),
            PointwiseNorm::Rms => "RMS norm".to_string(),
            PointwiseNorm::Group { groups } => format!("group norm of {groups} groups"),
            PointwiseNorm::Batch { .. } => "batch norm with frozen statistics".to_string(),
        };
        let mut text = format!("{norm} ({})", self.place.name());
        if let Layers::Only(numbers) = &self.layers {
            let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
            text += &format!(" in layers {}", numbers.join(", "));
        }
        if self.gain != 1.0 {
            text += &format!(" of gain {}", self.gain);
        }
        text
    }
}
