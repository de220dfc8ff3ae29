//! Architectures: each connects the embedded coordinates to the last hidden layer.

mod dense;
mod mlp;
mod modified_mlp;
mod pirate_net;

use super::builder::Builder;
use super::circuit::Value;
use super::{Architecture, Network};

pub(super) fn build(network: &Network, builder: &mut Builder, input: Value) -> Value {
    match network.architecture {
        Architecture::Mlp => mlp::build(builder, input),
        Architecture::ModifiedMlp => modified_mlp::build(builder, input),
        Architecture::PirateNet => pirate_net::build(builder, input),
        Architecture::Dense => dense::build(builder, input),
    }
}

impl Architecture {
    /// Name in messages and reports.
    pub fn name(self) -> &'static str {
        match self {
            Architecture::Mlp => "MLP",
            Architecture::ModifiedMlp => "modified MLP",
            Architecture::PirateNet => "PirateNet",
            Architecture::Dense => "dense network",
        }
    }

    /// Name of the architecture, if its hidden layers must have equal widths.
    pub(super) fn needs_equal_widths(self) -> Option<&'static str> {
        match self {
            Architecture::Mlp | Architecture::Dense => None,
            Architecture::ModifiedMlp | Architecture::PirateNet => Some(self.name()),
        }
    }
}
