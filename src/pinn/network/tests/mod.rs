//! Networks and their circuits.

mod formulas;
mod initial;
mod layout;
mod refused;

use super::*;
use crate::norm::layer::{NormLayers, Place, PointwiseNorm};

const ARCHITECTURES: [Architecture; 4] = [
    Architecture::Mlp,
    Architecture::ModifiedMlp,
    Architecture::PirateNet,
    Architecture::Dense,
];
const FORMS: [WeightForm; 3] = [
    WeightForm::Plain,
    WeightForm::Factorised {
        mean: 1.0,
        deviation: 0.1,
    },
    WeightForm::Normalised,
];

fn network(hidden: &[usize]) -> Network {
    let maps = vec![
        InputMap::onto_unit(-1.0, 3.0),
        InputMap::onto_unit(0.0, 1.0),
    ];
    Network::mlp(maps, hidden.to_vec(), Activation::Tanh, 3)
}

fn periodic(coordinate: usize) -> Periodic {
    Periodic {
        coordinate,
        period: 2.0,
        harmonics: 2,
    }
}

fn fourier(features: usize) -> Option<Fourier> {
    Some(Fourier {
        features,
        scale: 2.0,
        seed: 3,
    })
}

fn embeddings() -> [Embedding; 5] {
    let embedding = |periodic, fourier| Embedding { periodic, fourier };
    [
        embedding(vec![], None),
        embedding(vec![periodic(1)], None),
        embedding(vec![periodic(1), periodic(0)], None),
        embedding(vec![], fourier(6)),
        embedding(vec![periodic(0)], fourier(4)),
    ]
}

/// Every architecture with every embedding, form of weights and kind of sharing, with and without norms.
fn all() -> Vec<Network> {
    let mut all = vec![];
    let norms = [
        None,
        Some(NormLayers::new(PointwiseNorm::Layer, Place::Peri)),
    ];
    for architecture in ARCHITECTURES {
        for embedding in embeddings() {
            for weights in FORMS {
                for sharing in [Sharing::Shared, Sharing::Separate] {
                    for norm in &norms {
                        all.push(Network {
                            architecture,
                            embedding: embedding.clone(),
                            weights,
                            sharing,
                            norm: norm.clone(),
                            ..network(&[6, 6])
                        });
                    }
                }
            }
        }
    }
    all
}

fn circuit(network: &Network) -> Circuit {
    network.circuit().unwrap()
}

fn layers(circuit: &Circuit) -> impl Iterator<Item = &Linear> {
    let nodes = circuit.nodes.iter();
    let hidden = nodes.filter_map(|node| match &node.operation {
        Operation::Linear { layer, .. } => Some(layer),
        _ => None,
    });
    hidden.chain(circuit.heads.iter().map(|head| &head.layer))
}
