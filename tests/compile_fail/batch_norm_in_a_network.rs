use pinn::norm::layer::{BatchNorm, EPSILON, Place};
use pinn::network::activation::Activation;
use pinn::network::Network;

fn main() {
    let norm = BatchNorm { epsilon: EPSILON };
    let _ = Network::mlp(vec![], vec![32], Activation::Tanh, 1).with_norm(&norm, Place::Pre);
}
