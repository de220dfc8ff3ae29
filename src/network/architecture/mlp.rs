//! Multilayer perceptron: aₗ₊₁ = σ(Wₗ·aₗ + bₗ).

use crate::builder::Builder;
use crate::circuit::Value;

pub fn build(builder: &mut Builder, input: Value) -> Value {
    let hidden = &builder.network().hidden;
    let layers = hidden.iter().enumerate();
    layers.fold(input, |value, (number, width)| {
        builder.hidden(value, *width, number)
    })
}
