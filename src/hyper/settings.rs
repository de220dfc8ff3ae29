//! The hypernetwork that a person chooses.

use serde::{Deserialize, Serialize};

/// See [`Hypernetwork`](crate::Hypernetwork).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct HypernetworkSettings {
    /// Widths of its layers; the last is the number of features that the heads combine.
    pub hidden: Vec<usize>,
    /// Cosines and sines per parameter; 0: its place in its range, as a number.
    pub harmonics: usize,
    pub generate: Generate,
    /// LayerNorm before every activation.
    pub norm: bool,
    /// Biases before the norm. Only studies go without.
    pub bias: bool,
}

/// What the heads generate; everything else of the network is shared by the whole family.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Generate {
    /// Every parameter of the network.
    #[default]
    Weights,
    /// W + U·diag(s)·Vᵀ with shared W, U, V and generated s for every layer, and all biases (after Cho, Lee, Rim &
    /// Park, *Hypernetwork-based meta-learning for low-rank physics-informed neural networks*, NeurIPS 2023, eq. 3,
    /// which has no W).
    LowRank { rank: usize },
    /// Biases alone: the encoded parameter is added to what the coordinates give before each activation. With the
    /// biases of one layer that is the concatenation of Cho, Jo, Lim, Lee, Lee, Hong & Park, *Parameterized
    /// physics-informed neural networks for parameterized PDEs*, ICML 2024, section 4.1.
    Biases,
}

impl Default for HypernetworkSettings {
    fn default() -> Self {
        HypernetworkSettings {
            hidden: vec![32, 16],
            harmonics: 1,
            generate: Generate::Weights,
            norm: true,
            bias: true,
        }
    }
}
