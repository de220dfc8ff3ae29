//! Settings of the hypernetwork.

use serde::{Deserialize, Serialize};

/// Settings of a [`Hypernetwork`](crate::Hypernetwork).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct HypernetworkSettings {
    /// Widths of the layers; the last is the number of features that the heads combine.
    pub hidden: Vec<usize>,
    /// Number of cosines and sines per parameter; 0 selects the place in the range itself.
    pub harmonics: usize,
    /// Parameters of the network that the heads generate.
    pub generate: Generate,
    /// True for LayerNorm before every activation.
    pub norm: bool,
    /// True for biases before the norm. Only studies omit them.
    pub bias: bool,
}

/// Parameters of the network that the heads generate; the whole family shares all others.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Generate {
    /// All parameters.
    #[default]
    Weights,
    /// Low-rank updates: W + U·diag(s)·Vᵀ with shared W, U, V and generated s for every layer, and all biases
    /// (after Cho, Lee, Rim & Park, *Hypernetwork-based meta-learning for low-rank physics-informed neural
    /// networks*, NeurIPS 2023, eq. 3, which has no W).
    LowRank {
        /// Rank of each update.
        rank: usize,
    },
    /// Only biases: the encoded parameter is added before each activation.
    ///
    /// With the biases of one layer this is the concatenation of Cho, Jo, Lim, Lee, Lee, Hong & Park,
    /// *Parameterized physics-informed neural networks for parameterized PDEs*, ICML 2024, section 4.1.
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
