//! Places and initial statistics of norms.

use super::*;
use nalgebra::DMatrix;
use pinn_norm::layer::{BatchNorm, Frozen, GroupNorm, LayerNorm, Layers, UnitStatistics};

const NAMES: [&str; 5] = ["pre", "post", "peri", "branch", "embedding"];
const PLACES: [Place; 5] = [
    Place::Pre,
    Place::Post,
    Place::Peri,
    Place::Branch,
    Place::Embedding,
];

/// The circuit's operations as letters: Linear, Activation, Gate, Blend, Concatenate, Norm.
fn letters(network: &Network) -> String {
    let circuit = network.circuit().unwrap();
    let letters = circuit.nodes.iter().map(|node| match node.operation {
        Operation::Coordinates => '.',
        Operation::Linear { .. } => 'L',
        Operation::Activation { .. } => 'A',
        Operation::Gate { .. } => 'G',
        Operation::Blend { .. } => 'B',
        Operation::Concatenate { .. } => 'C',
        Operation::Norm { .. } => 'N',
    });
    letters.collect()
}

#[test]
fn every_place_is_where_its_paper_says() {
    let layer = LayerNorm { epsilon: 1e-3 };
    let cases = [
        (
            Architecture::Mlp,
            [".LNALNA", ".LANLAN", ".LNANLNAN", "", ".LANLALA"],
        ),
        (
            Architecture::ModifiedMlp,
            [
                ".LALALNAGLNAG",
                ".LALALAGNLAGN",
                ".LALALNAGNLNAGN",
                ".LANLANLAGLAG",
                ".LANLALALAGLAG",
            ],
        ),
        // The first three layers are the encoders and the start, linear where the coordinates have another width.
        (
            Architecture::PirateNet,
            [
                ".LALALNLAGLAGLABNLAGLAGLAB",
                ".LALALLAGLAGLABNLAGLAGLABN",
                ".LALALNLAGLAGLANBNLAGLAGLANB",
                ".LALALLAGLAGLANBLAGLAGLANB",
                ".LANLALALLAGLAGLABLAGLAGLAB",
            ],
        ),
        // The coordinates are copied by a frozen layer first.
        (
            Architecture::Dense,
            [".LLNACLNAC", ".LLANCLANC", ".LLNANCLNANC", "", ".LANLACLAC"],
        ),
    ];
    for (architecture, expected) in cases {
        for ((place, name), expected) in PLACES.into_iter().zip(NAMES).zip(expected) {
            let mut network = network(&[6, 6]).with_norm(&layer, place);
            network.architecture = architecture;
            if place == Place::Embedding {
                network.embedding.fourier = fourier(8);
            }
            match expected {
                "" => assert!(network.circuit().is_err(), "{architecture:?} {name}"),
                expected => assert_eq!(letters(&network), expected, "{architecture:?} {name}"),
            }
        }
    }
}

#[test]
fn single_layers_can_be_normalised() {
    let mut network = network(&[6, 1, 6]).with_norm(&LayerNorm { epsilon: 1e-3 }, Place::Pre);
    network.norms[0].layers = Layers::Only(vec![3, 1]);
    assert_eq!(letters(&network), ".LNALALNA");
}

#[test]
fn gains_begin_as_asked_and_normalised_coordinates_with_biases() {
    let mut network = network(&[6, 6]).with_norm(&LayerNorm { epsilon: 1e-3 }, Place::Pre);
    network.norms[0].gain = 0.3;
    let circuit = network.circuit().unwrap();
    let parameters = circuit.initialise(4);
    for (_, norm) in circuit.norms() {
        assert!(parameters[norm.gain.clone()].iter().all(|g| *g == 0.3));
        let bias = norm.bias.clone().unwrap();
        assert!(parameters[bias].iter().all(|b| *b == 0.0));
    }
    let zeros = circuit.linear_layers().map(|layer| match &layer.bias {
        Bias::Trained(range) => parameters[range.clone()].iter().all(|b| *b == 0.0),
        _ => panic!("all layers are trained"),
    });
    assert_eq!(zeros.collect::<Vec<_>>(), [false, true, true]);
    // The weights are those of the same network without a norm.
    network.norms.clear();
    let plain = network.circuit().unwrap();
    let without = plain.initialise(4);
    for (a, b) in plain.linear_layers().zip(circuit.linear_layers()) {
        let (Weights::Plain(a), Weights::Plain(b)) = (&a.weights, &b.weights) else {
            panic!("weights are plain");
        };
        assert_eq!(without[a.clone()], parameters[b.clone()]);
    }
}

/// Statistics of w·x + b with x uniform in [−1, 1]ⁿ: mean b, variance |w|²/3.
#[test]
fn frozen_statistics_are_those_of_the_initial_network() {
    let mut network = network(&[6, 6]);
    let norm = PointwiseNorm::Batch {
        frozen: Frozen::Initial { seed: 9 },
    };
    network.norms = vec![NormLayers::new(norm, Place::Pre)];
    let circuit = network.circuit().unwrap();
    assert_eq!(circuit, network.circuit().unwrap());
    let parameters = circuit.initialise(9);
    let all: Vec<&UnitStatistics> = circuit
        .norms()
        .map(|(_, norm)| match &norm.statistics {
            Statistics::Frozen(statistics) => &**statistics,
            other => panic!("found {other:?}"),
        })
        .collect();
    let first = circuit.linear_layers().next().unwrap();
    let (Weights::Plain(weights), Bias::Trained(bias)) = (&first.weights, &first.bias) else {
        panic!("plain weights were asked for");
    };
    for unit in 0..6 {
        let row = &parameters[weights.start + 2 * unit..][..2];
        let variance = row.iter().map(|w| w * w).sum::<f64>() / 3.0;
        assert!((all[0].mean[unit] - parameters[bias.start + unit]).abs() < 0.01);
        assert!((all[0].variance[unit] / variance - 1.0).abs() < 0.02);
    }
    // The second norm reads layers of which the first is normalised already.
    assert!(all[1].variance.iter().all(|v| *v > 1e-4));
    let other = norm_of_seed(&network, 10);
    assert_ne!(other, circuit);
}

fn norm_of_seed(network: &Network, seed: u64) -> Circuit {
    let norms = network.norms.iter().cloned();
    let network = Network {
        norms: norms.map(|norm| norm.with_seed(seed)).collect(),
        ..network.clone()
    };
    network.circuit().unwrap()
}

#[test]
fn norms_that_do_not_fit_are_refused() {
    let layer = LayerNorm { epsilon: 1e-3 };
    let error = |network: &Network| network.circuit().unwrap_err();
    let group = |groups| GroupNorm {
        groups,
        epsilon: 1e-3,
    };
    let uneven = network(&[6, 6]).with_norm(&group(4), Place::Pre);
    let expected = NetworkError::UnevenGroups {
        groups: 4,
        width: 6,
    };
    assert_eq!(error(&uneven), expected);
    let none = network(&[6, 6]).with_norm(&group(0), Place::Pre);
    assert!(matches!(
        error(&none),
        NetworkError::UnevenGroups { groups: 0, .. }
    ));
    let one = network(&[6, 6]).with_norm(&group(6), Place::Post);
    let expected = NetworkError::OneUnit {
        groups: 6,
        width: 6,
    };
    assert_eq!(error(&one), expected);
    let with = |change: &dyn Fn(&mut NormLayers)| {
        let mut network = network(&[6, 6]).with_norm(&layer, Place::Pre);
        change(&mut network.norms[0]);
        network.circuit().unwrap_err()
    };
    let epsilon = with(&|n| n.epsilon = 0.0);
    assert!(matches!(
        epsilon,
        NetworkError::NotPositive { found: 0.0, .. }
    ));
    let gain = with(&|n| n.gain = f64::NAN);
    assert!(matches!(gain, NetworkError::NotPositive { .. }));
    for found in [0, 3] {
        let expected = NetworkError::NoSuchLayer { found, layers: 2 };
        assert_eq!(with(&|n| n.layers = Layers::Only(vec![1, found])), expected);
    }
    let empty = with(&|n| n.layers = Layers::Only(vec![]));
    assert!(matches!(empty, NetworkError::None { .. }));
    assert_eq!(
        with(&|n| n.place = Place::Embedding),
        NetworkError::NoEmbedding
    );
    let mut encoders = network(&[6, 6]).with_norm(&layer, Place::Branch);
    encoders.architecture = Architecture::ModifiedMlp;
    encoders.norms[0].layers = Layers::Only(vec![1]);
    assert_eq!(
        error(&encoders),
        NetworkError::NotPerLayer { place: "branch" }
    );
    let statistics = BatchNorm { epsilon: 1e-3 }.freeze(&DMatrix::zeros(3, 5));
    let narrow = network(&[6, 6]).with_norm(&statistics, Place::Pre);
    let expected = NetworkError::FrozenStatistics {
        what: "means",
        expected: 6,
        found: 5,
    };
    assert_eq!(error(&narrow), expected);
}

#[test]
fn layers_can_have_norms_of_their_own_but_no_place_two() {
    let layer = LayerNorm { epsilon: 1e-3 };
    let rms = pinn_norm::layer::RmsNorm { epsilon: 1e-3 };
    let mut network = network(&[6, 6, 6])
        .with_norm(&layer, Place::Pre)
        .with_norm(&rms, Place::Post);
    network.norms[0].layers = Layers::Only(vec![1, 2]);
    network.norms[1].layers = Layers::Only(vec![2, 3]);
    assert_eq!(letters(&network), ".LNALNANLAN");
    let circuit = network.circuit().unwrap();
    let centred = circuit.norms().map(|(_, norm)| norm.bias.is_some());
    assert_eq!(centred.collect::<Vec<_>>(), [true, true, false, false]);
    for place in [Place::Pre, Place::Peri] {
        network.norms[1].place = place;
        let expected = NetworkError::NormedTwice {
            what: "layer 2".to_string(),
            first: 1,
            second: 2,
        };
        assert_eq!(network.circuit().unwrap_err(), expected);
    }
    network.norms[1].layers = Layers::Only(vec![3]);
    assert_eq!(letters(&network), ".LNALNALNAN");
}
