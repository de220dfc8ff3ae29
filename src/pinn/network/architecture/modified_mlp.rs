//! Modified MLP: two encoders U = σ(W_u·x + b_u) and V = σ(W_v·x + b_v) of the input gate every hidden layer,
//! aₗ₊₁ = g⊙U + (1 − g)⊙V with g = σ(Wₗ·aₗ + bₗ) (Wang, Teng & Perdikaris, *Understanding and mitigating
//! gradient flow pathologies in physics-informed neural networks*, SIAM J. Sci. Comput. 43, 2021, section 2.6;
//! as in their later code, the first hidden layer is gated too).

use crate::pinn::network::builder::Builder;
use crate::pinn::network::circuit::Value;

pub fn build(builder: &mut Builder, input: Value) -> Value {
    let hidden = &builder.network().hidden;
    let upper = builder.layer(input, hidden[0]);
    let lower = builder.layer(input, hidden[0]);
    hidden.iter().fold(input, |value, width| {
        let gate = builder.layer(value, *width);
        builder.gate(gate, upper, lower)
    })
}
