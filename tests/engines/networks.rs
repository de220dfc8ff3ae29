//! Networks that the suite runs on: every part alone, and parts together.

use pinn::network::activation::Activation;
use pinn::network::*;
use pinn::norm::layer::{Frozen, Layers, NormLayers, Place, PointwiseNorm};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::ops::Range;

pub const ACTIVATIONS: [Activation; 4] = [
    Activation::Tanh,
    Activation::Sine,
    Activation::Gelu,
    Activation::Swish,
];

/// A multilayer perceptron from the unit cube to two fields.
pub fn network(activation: Activation, hidden: &[usize]) -> Network {
    let map = |scale, shift| InputMap { scale, shift };
    let maps = vec![map(0.9, -0.4), map(1.1, 0.2), map(-0.8, 0.3)];
    Network::mlp(maps, hidden.to_vec(), activation, 2)
}

pub fn fourier(features: usize) -> Option<Fourier> {
    Some(Fourier {
        features,
        scale: 0.9,
        seed: 5,
    })
}

pub fn periodic(coordinate: usize, period: f64, harmonics: usize) -> Periodic {
    Periodic {
        coordinate,
        period,
        harmonics,
    }
}

pub const FACTORISED: WeightForm = WeightForm::Factorised {
    mean: 0.5,
    deviation: 0.2,
};

/// Names and networks.
pub fn networks() -> Vec<(String, Network)> {
    use Activation::*;
    let mut networks: Vec<(String, Network)> = vec![];
    for activation in ACTIVATIONS {
        networks.push((format!("{activation:?} MLP"), network(activation, &[7, 5])));
    }
    let with = |activation, hidden: &[usize], change: &dyn Fn(&mut Network)| {
        let mut network = network(activation, hidden);
        change(&mut network);
        network
    };
    let architecture = |architecture| move |n: &mut Network| n.architecture = architecture;
    let parts = [
        ("one unit", network(Gelu, &[1])),
        ("five layers", network(Swish, &[7, 5, 17, 1, 8])),
        (
            "modified MLP",
            with(Gelu, &[5, 5], &architecture(Architecture::ModifiedMlp)),
        ),
        (
            "PirateNet",
            with(Tanh, &[5, 5], &architecture(Architecture::PirateNet)),
        ),
        (
            "dense",
            with(Sine, &[5, 1, 4], &architecture(Architecture::Dense)),
        ),
        (
            "Fourier features",
            with(Tanh, &[5], &|n| n.embedding.fourier = fourier(8)),
        ),
        (
            "periodic",
            with(Swish, &[5], &|n| {
                n.embedding.periodic = vec![periodic(1, 6.0, 2)];
            }),
        ),
        (
            "periodic in every coordinate",
            with(Tanh, &[5], &|n| {
                n.embedding.periodic = vec![
                    periodic(2, 5.0, 1),
                    periodic(0, 7.0, 2),
                    periodic(1, 9.0, 1),
                ];
            }),
        ),
        (
            "factorised",
            with(Tanh, &[7, 5], &|n| n.weights = FACTORISED),
        ),
        (
            "sine with its first frequency",
            with(Sine, &[7, 5], &|n| n.first_frequency = 3.0),
        ),
        ("a constant", with(Tanh, &[5, 4], &|n| n.constants = 1)),
        (
            "a constant beside normalised weights",
            with(Swish, &[4], &|n| {
                n.constants = 1;
                n.weights = WeightForm::Normalised;
            }),
        ),
        (
            "separate",
            with(Gelu, &[5, 3], &|n| n.sharing = Sharing::Separate),
        ),
        (
            "PirateNet that begins with its features",
            with(Swish, &[6], &|n| {
                n.architecture = Architecture::PirateNet;
                n.embedding.fourier = fourier(6);
            }),
        ),
        (
            "periodic dense",
            with(Gelu, &[4, 3], &|n| {
                n.architecture = Architecture::Dense;
                n.embedding.periodic = vec![periodic(0, 6.0, 1)];
                n.weights = FACTORISED;
            }),
        ),
        (
            "separate modified MLP of Fourier features",
            with(Sine, &[4, 4], &|n| {
                n.architecture = Architecture::ModifiedMlp;
                n.embedding.fourier = fourier(6);
                n.sharing = Sharing::Separate;
            }),
        ),
        (
            "everything",
            with(Tanh, &[4, 4], &|n| {
                n.architecture = Architecture::PirateNet;
                n.embedding.periodic = vec![periodic(0, 6.0, 1), periodic(2, 8.0, 1)];
                n.embedding.fourier = fourier(6);
                n.weights = FACTORISED;
                n.sharing = Sharing::Separate;
            }),
        ),
    ];
    networks.extend(normed());
    networks.extend(parts.map(|(name, network)| (name.to_string(), network)));
    networks
}

/// Every norm in every place, and weight normalisation.
fn normed() -> Vec<(String, Network)> {
    use Activation::*;
    let batch = || PointwiseNorm::Batch {
        frozen: Frozen::Initial { seed: 3 },
    };
    let with = |norm, place, activation, hidden: &[usize], change: &dyn Fn(&mut Network)| {
        let mut network = network(activation, hidden);
        network.norms = vec![NormLayers {
            gain: 0.8,
            // Far from the pole at a variance of −ε.
            epsilon: 0.3,
            ..NormLayers::new(norm, place)
        }];
        change(&mut network);
        network
    };
    let architecture = |architecture| move |n: &mut Network| n.architecture = architecture;
    let (layer, rms) = (PointwiseNorm::Layer, PointwiseNorm::Rms);
    let group = |groups| PointwiseNorm::Group { groups };
    let nothing = |_: &mut Network| {};
    let weights = |activation, hidden: &[usize]| {
        let mut network = network(activation, hidden);
        network.weights = WeightForm::Normalised;
        network
    };
    let parts = [
        (
            "layer norm before activations",
            with(layer.clone(), Place::Pre, Tanh, &[7, 5], &nothing),
        ),
        (
            "RMS norm after activations",
            with(rms.clone(), Place::Post, Swish, &[5, 18], &nothing),
        ),
        (
            "group norm around activations",
            with(group(3), Place::Peri, Gelu, &[9, 18], &nothing),
        ),
        (
            "group norm of whole vectors",
            with(group(3), Place::Peri, Tanh, &[9, 48], &nothing),
        ),
        (
            "frozen batch norm before activations",
            with(batch(), Place::Pre, Tanh, &[7, 5], &nothing),
        ),
        (
            "layer norm of the second layer",
            with(layer.clone(), Place::Post, Sine, &[5, 6], &|n| {
                n.norms[0].layers = Layers::Only(vec![2]);
            }),
        ),
        (
            "modified MLP with normalised encoders",
            with(
                group(2),
                Place::Branch,
                Tanh,
                &[6, 6],
                &architecture(Architecture::ModifiedMlp),
            ),
        ),
        (
            "modified MLP with RMS norms",
            with(
                rms.clone(),
                Place::Peri,
                Tanh,
                &[5, 5],
                &architecture(Architecture::ModifiedMlp),
            ),
        ),
        (
            "pre-norm PirateNet",
            with(
                layer.clone(),
                Place::Pre,
                Tanh,
                &[5, 5],
                &architecture(Architecture::PirateNet),
            ),
        ),
        (
            "peri-norm PirateNet",
            with(
                layer.clone(),
                Place::Peri,
                Swish,
                &[6],
                &architecture(Architecture::PirateNet),
            ),
        ),
        (
            "post-norm PirateNet with frozen batch norms",
            with(
                batch(),
                Place::Post,
                Tanh,
                &[5, 5],
                &architecture(Architecture::PirateNet),
            ),
        ),
        (
            "PirateNet with normalised branches and features",
            with(rms, Place::Branch, Gelu, &[6], &|n| {
                n.architecture = Architecture::PirateNet;
                n.embedding.fourier = fourier(6);
                n.weights = WeightForm::Normalised;
            }),
        ),
        (
            "dense with layer norms",
            with(
                layer.clone(),
                Place::Peri,
                Tanh,
                &[4, 3],
                &architecture(Architecture::Dense),
            ),
        ),
        (
            "normalised embedding of separate networks",
            with(layer, Place::Embedding, Tanh, &[5], &|n| {
                n.embedding.fourier = fourier(8);
                n.sharing = Sharing::Separate;
            }),
        ),
        ("normalised weights", weights(Tanh, &[7, 5])),
    ];
    let parts = parts.map(|(name, network)| (name.to_string(), network));
    parts.to_vec()
}

pub fn circuit(network: &Network) -> Circuit {
    network.circuit().expect("the parts fit each other")
}

/// Initial weights, and biases and shares that are not zero. No weight is too large for the complex differences,
/// whose circle must not reach a pole of an activation.
pub fn parameters(network: &Network, seed: u64) -> Vec<f64> {
    let circuit = circuit(network);
    let mut parameters = circuit.initialise(seed);
    let mut random = ChaCha12Rng::seed_from_u64(seed + 1);
    for layer in circuit.linear_layers() {
        if let Bias::Trained(range) = &layer.bias {
            for bias in &mut parameters[range.clone()] {
                *bias = random.random_range(-0.5..0.5);
            }
        }
        let bound = 1.0 / (layer.inputs as f64).sqrt();
        let (matrix, scales) = match &layer.weights {
            Weights::Frozen(_) => continue,
            Weights::Plain(range) => (range.clone(), None),
            Weights::Factorised {
                directions,
                log_scales,
            } => (directions.clone(), Some(log_scales.start)),
            // Their size is in their lengths.
            Weights::Normalised { .. } => continue,
        };
        for (entry, place) in matrix.enumerate() {
            let log_scale = scales.map_or(0.0, |start| parameters[start + entry / layer.inputs]);
            let bound = bound / log_scale.exp();
            parameters[place] = parameters[place].clamp(-bound, bound);
        }
    }
    for share in shares(&circuit) {
        parameters[share] = random.random_range(0.2..0.8);
    }
    for (_, norm) in circuit.norms() {
        for gain in &mut parameters[norm.gain.clone()] {
            *gain *= random.random_range(0.5..1.5);
        }
        if let Some(range) = &norm.bias {
            parameters[range.clone()].fill_with(|| random.random_range(-0.5..0.5));
        }
    }
    parameters
}

fn shares(circuit: &Circuit) -> Vec<usize> {
    let shares = circuit.nodes.iter().filter_map(|node| {
        let Operation::Blend { share, .. } = node.operation else {
            return None;
        };
        Some(share)
    });
    shares.collect()
}

/// The parameters by what they are: weights, scales, biases of each layer, and shares.
pub fn groups(circuit: &Circuit) -> Vec<(String, Range<usize>)> {
    let mut groups = vec![];
    for (number, layer) in circuit.linear_layers().enumerate() {
        let mut push = |what, range: &Range<usize>| {
            groups.push((format!("{what} of layer {number}"), range.clone()));
        };
        match &layer.weights {
            Weights::Frozen(_) => {}
            Weights::Plain(range) => push("weights", range),
            Weights::Factorised {
                directions,
                log_scales,
            } => {
                push("directions", directions);
                push("scales", log_scales);
            }
            Weights::Normalised {
                directions,
                lengths,
            } => {
                push("directions", directions);
                push("lengths", lengths);
            }
        }
        if let Bias::Trained(range) = &layer.bias {
            push("biases", range);
        }
    }
    for (number, (_, norm)) in circuit.norms().enumerate() {
        groups.push((format!("gains of norm {number}"), norm.gain.clone()));
        if let Some(range) = &norm.bias {
            groups.push((format!("biases of norm {number}"), range.clone()));
        }
    }
    for share in shares(circuit) {
        groups.push((format!("share {share}"), share..share + 1));
    }
    groups
}

/// A vector that is random on `range` and zero elsewhere.
pub fn direction(length: usize, range: Range<usize>, seed: u64) -> Vec<f64> {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    let mut direction = vec![0.0; length];
    for entry in &mut direction[range] {
        *entry = random.random_range(-1.0..1.0);
    }
    direction
}
