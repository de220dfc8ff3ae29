//! Multilayer perceptron: aₗ₊₁ = σ(Wₗ·aₗ + bₗ).

use crate::pinn::network::builder::Builder;
use crate::pinn::network::circuit::Value;

pub fn build(builder: &mut Builder, input: Value) -> Value {
    let hidden = &builder.network().hidden;
    hidden
        .iter()
        .fold(input, |value, width| builder.layer(value, *width))
}
