//! PirateNet: residual blocks of three layers, the first two gated by the encoders of a modified MLP, whose
//! share α of the result is trained and starts at zero (Wang, Li, Chen & Perdikaris, *PirateNets: physics-informed
//! deep learning with residual adaptive networks*, JMLR 25, 2024, eqs. 4.1–4.8).
//!
//! A block adds to its input, which must have the block's width: Fourier features may have it, and any other input passes
//! through a linear layer first.

use crate::builder::Builder;
use crate::circuit::Value;
use pinn_norm::layer::Place;

pub fn build(builder: &mut Builder, input: Value) -> Value {
    let hidden = &builder.network().hidden;
    let width = hidden[0];
    let upper = builder.layer(input, width);
    let lower = builder.layer(input, width);
    let start = match builder.width(input) == width && input != Value::COORDINATES {
        true => input,
        false => builder.linear(input, width),
    };
    if !builder.network().norms.is_empty() {
        builder.draw_biases(start);
    }
    let blocks = hidden.iter().enumerate();
    blocks.fold(start, |value, (number, width)| {
        let mut inner = builder.normed(value, number, &[Place::Pre, Place::Peri]);
        for _ in 0..2 {
            let gate = builder.layer(inner, *width);
            inner = builder.gate(gate, upper, lower);
        }
        let new = builder.layer(inner, *width);
        let new = builder.normed(new, number, &[Place::Branch, Place::Peri]);
        let sum = builder.blend(new, value);
        builder.normed(sum, number, &[Place::Post])
    })
}
