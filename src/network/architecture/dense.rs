//! Densely connected network: every layer reads the input and all layers before it, aₗ₊₁ = [aₗ, σ(Wₗ·aₗ + bₗ)]
//! (Huang, Liu, van der Maaten & Weinberger, *Densely connected convolutional networks*, CVPR 2017, eq. 2, with
//! fully connected layers).

use crate::builder::Builder;
use crate::circuit::Value;

pub fn build(builder: &mut Builder, input: Value) -> Value {
    let hidden = &builder.network().hidden;
    let mut value = builder.materialised(input);
    for (number, width) in hidden.iter().enumerate() {
        let source = if number == 0 { input } else { value };
        let new = builder.hidden(source, *width, number);
        value = builder.concatenate(value, new);
    }
    value
}
