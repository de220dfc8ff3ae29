//! Which norm a network has, and where, as data.

use super::EPSILON;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// Norms that act on each point by itself.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PointwiseNorm {
    /// [`LayerNorm`](super::LayerNorm)
    Layer,
    /// [`RmsNorm`](super::RmsNorm)
    Rms,
    /// [`GroupNorm`](super::GroupNorm)
    Group { groups: usize },
    /// [`FrozenBatchNorm`](super::FrozenBatchNorm)
    Batch { frozen: Frozen },
}

/// Where the frozen statistics of a batch norm come from.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Frozen {
    /// From what reaches the norm in the network with the initial parameters of this seed, over points of the
    /// whole domain.
    Initial { seed: u64 },
    /// One for each norm of the network, in order; a single one serves all.
    Given(Vec<UnitStatistics>),
}

/// Mean and variance of each unit.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct UnitStatistics {
    pub mean: Vec<f64>,
    pub variance: Vec<f64>,
}

impl UnitStatistics {
    /// Of a batch with one sample per row.
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

/// Where a network is normalised. N is the norm; a *block* is one of a residual architecture (PirateNet), a
/// *layer* one hidden layer of any other.
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
    /// Before the activation (Ba, Kiros & Hinton 2016, eq. 4), or where a residual block reads (Xiong et al.
    /// 2020, *On layer normalization in the transformer architecture*).
    Pre,
    /// After the activation or the gate, or after the sum of a residual block (Vaswani et al. 2017, *Attention is
    /// all you need*, section 3.1).
    Post,
    /// Both sides of a layer, or both ends of what a residual block adds (Kim et al. 2025, *Peri-LN*).
    Peri,
    /// What a residual block adds (Liu et al. 2022, *Swin transformer V2*, section 3.2), or the encoders that gate
    /// all layers.
    Branch,
    /// What the embedding of the coordinates gives to the first trained layer.
    Embedding,
}

impl Place {
    /// As it stands in problem files.
    pub fn name(self) -> &'static str {
        match self {
            Place::Pre => "pre",
            Place::Post => "post",
            Place::Peri => "peri",
            Place::Branch => "branch",
            Place::Embedding => "embedding",
        }
    }

    /// Whether norms at both places of one layer would normalise the same value: peri is on both sides.
    pub fn meets(self, other: Place) -> bool {
        self == other || self == Place::Peri || other == Place::Peri
    }
}

/// Layers (or blocks) that are normalised.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layers {
    #[default]
    All,
    /// Their numbers, from 1.
    Only(Vec<usize>),
}

impl Layers {
    /// Whether the layer with this number, from 1, is one of them.
    pub fn contain(&self, number: usize) -> bool {
        match self {
            Layers::All => true,
            Layers::Only(numbers) => numbers.contains(&number),
        }
    }
}

/// A norm and its places in a network.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NormLayers {
    pub norm: PointwiseNorm,
    pub place: Place,
    pub layers: Layers,
    /// Initial value of the learnable gains γ. Biases begin at zero; RMSNorm has none.
    pub gain: f64,
    /// See [`EPSILON`].
    pub epsilon: f64,
}

impl NormLayers {
    /// In all layers, with gain 1 and [`EPSILON`].
    pub fn new(norm: PointwiseNorm, place: Place) -> Self {
        NormLayers {
            norm,
            place,
            layers: Layers::All,
            gain: 1.0,
            epsilon: EPSILON,
        }
    }

    /// The same with the initial statistics of another seed, where there are such.
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

    /// `layer norm before activations`, for people.
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
