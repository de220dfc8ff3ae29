use pinn::norm::layer::{BatchNorm, EPSILON, Place};
use pinn::pinn::activation::Activation;
use pinn::pinn::network::Network;

fn main() {
    let norm = BatchNorm { epsilon: EPSILON };
    let _ = Network::mlp(vec![], vec![32], Activation::Tanh, 1).with_norm(&norm, Place::Pre);
}
