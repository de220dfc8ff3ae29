//! Modified MLP: two encoders U = σ(W_u·x + b_u) and V = σ(W_v·x + b_v) of the input gate every hidden layer,
//! aₗ₊₁ = g⊙U + (1 − g)⊙V with g = σ(Wₗ·aₗ + bₗ) (Wang, Teng & Perdikaris, *Understanding and mitigating
//! gradient flow pathologies in physics-informed neural networks*, SIAM J. Sci. Comput. 43, 2021, section 2.6;
//! as in their later code, the first hidden layer is gated too).

use crate::builder::Builder;
use crate::circuit::Value;
use pinn_norm::layer::Place;

pub fn build(builder: &mut Builder, input: Value) -> Value {
    let hidden = &builder.network().hidden;
    let [upper, lower] = [(); 2].map(|()| {
        let encoder = builder.layer(input, hidden[0]);
        builder.normed(encoder, 0, &[Place::Branch])
    });
    let layers = hidden.iter().enumerate();
    layers.fold(input, |value, (number, width)| {
        let gate = builder.inner(value, *width, number);
        let gated = builder.gate(gate, upper, lower);
        builder.normed(gated, number, &[Place::Post, Place::Peri])
    })
}
