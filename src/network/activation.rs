//! Activations and their derivatives.

use serde::{Deserialize, Serialize};

/// Elementwise nonlinearity of a hidden layer.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// Hyperbolic tangent.
    #[default]
    Tanh,
    /// Sine.
    Sine,
    /// x·Φ(x) with the normal distribution function Φ (Hendrycks & Gimpel 2016, exact form).
    Gelu,
    /// x·sigmoid(x) (Ramachandran et al. 2017).
    Swish,
}
