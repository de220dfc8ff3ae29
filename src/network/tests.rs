mod norms;

use super::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::ops::Range;

const ARCHITECTURES: [Architecture; 4] = [
    Architecture::Mlp,
    Architecture::ModifiedMlp,
    Architecture::PirateNet,
    Architecture::Dense,
];
const FORMS: [WeightForm; 3] = [
    WeightForm::Plain,
    WeightForm::Normalised,
    WeightForm::Factorised {
        mean: 1.0,
        deviation: 0.1,
    },
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

/// Every architecture with every embedding, form of weights and kind of sharing.
fn all() -> Vec<Network> {
    let mut all = vec![];
    for architecture in ARCHITECTURES {
        for embedding in embeddings() {
            for weights in FORMS {
                for sharing in [Sharing::Shared, Sharing::Separate] {
                    all.push(Network {
                        architecture,
                        embedding: embedding.clone(),
                        weights,
                        sharing,
                        ..network(&[6, 6])
                    });
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

#[test]
fn every_parameter_belongs_to_one_layer() {
    for network in all() {
        let circuit = circuit(&network);
        let mut ranges: Vec<Range<usize>> = vec![];
        for layer in layers(&circuit) {
            let (inputs, outputs) = (layer.inputs, layer.outputs);
            match &layer.weights {
                Weights::Frozen(weights) => assert_eq!(weights.len(), inputs * outputs),
                Weights::Plain(range) => {
                    assert_eq!(range.len(), inputs * outputs);
                    ranges.push(range.clone());
                }
                Weights::Factorised {
                    directions,
                    log_scales,
                } => {
                    assert_eq!(directions.len(), inputs * outputs);
                    assert_eq!(log_scales.len(), outputs);
                    ranges.extend([directions.clone(), log_scales.clone()]);
                }
                Weights::Normalised {
                    directions,
                    lengths,
                } => {
                    assert_eq!(directions.len(), inputs * outputs);
                    assert_eq!(lengths.len(), outputs);
                    ranges.extend([directions.clone(), lengths.clone()]);
                }
            }
            match &layer.bias {
                Bias::None => {}
                Bias::Frozen(bias) => assert_eq!(bias.len(), outputs),
                Bias::Trained(range) => {
                    assert_eq!(range.len(), outputs);
                    ranges.push(range.clone());
                }
            }
        }
        for node in &circuit.nodes {
            if let Operation::Blend { share, .. } = node.operation {
                ranges.push(share..share + 1);
            }
        }
        for (_, norm) in circuit.norms() {
            ranges.push(norm.gain.clone());
            ranges.extend(norm.bias.clone());
        }
        ranges.sort_by_key(|range| range.start);
        let mut end = 0;
        for range in ranges {
            assert_eq!(range.start, end, "{network:?}");
            end = range.end;
        }
        assert_eq!(end, circuit.parameters, "{network:?}");
    }
}

#[test]
fn operations_read_earlier_values_of_fitting_widths() {
    for network in all() {
        let circuit = circuit(&network);
        let width = |value: Value| circuit.nodes[value.0].width;
        for (number, node) in circuit.nodes.iter().enumerate() {
            for input in node.operation.inputs() {
                assert!(input.0 < number);
                let linear = matches!(node.operation, Operation::Linear { .. });
                assert!(linear || input != Value::COORDINATES, "{network:?}");
            }
            let expected = match &node.operation {
                Operation::Coordinates => {
                    assert_eq!(number, 0);
                    network.inputs()
                }
                Operation::Linear { input, layer } => {
                    assert_eq!(width(*input), layer.inputs);
                    layer.outputs
                }
                Operation::Activation { input, .. } => width(*input),
                Operation::Norm { input, norm } => {
                    assert_eq!(norm.gain.len(), width(*input));
                    width(*input)
                }
                Operation::Gate { gate, upper, lower } => {
                    assert_eq!(width(*upper), width(*lower));
                    assert_eq!(width(*upper), width(*gate));
                    width(*gate)
                }
                Operation::Blend { new, old, .. } => {
                    assert_eq!(width(*new), width(*old));
                    width(*new)
                }
                Operation::Concatenate { first, second } => width(*first) + width(*second),
            };
            assert_eq!(node.width, expected, "{network:?}");
        }
        let mut fields = 0;
        for head in &circuit.heads {
            assert_eq!(head.fields.start, fields);
            assert_eq!(head.layer.outputs, head.fields.len());
            assert_eq!(head.layer.inputs, width(head.input));
            fields = head.fields.end;
        }
        assert_eq!((fields, circuit.outputs()), (3, 3));
        assert_eq!(circuit.inputs(), 2);
        let heads = match network.sharing {
            Sharing::Shared => 1,
            Sharing::Separate => 3,
        };
        assert_eq!(circuit.heads.len(), heads);
    }
}

#[test]
fn embeddings_do_not_depend_on_parameters() {
    for network in all() {
        let circuit = circuit(&network);
        let trained = circuit.trained();
        for (node, trained) in circuit.nodes.iter().zip(&trained) {
            if let Operation::Linear { layer, .. } = &node.operation {
                let frozen = matches!(layer.weights, Weights::Frozen(_));
                assert_eq!(frozen, !layer.is_trained());
                assert!(*trained || frozen);
            }
        }
        assert!(!trained[0]);
        // Input of the head: of separate networks, the last one.
        assert!(trained[circuit.nodes.len() - 1]);
    }
}

/// Evaluates all fields at a point.
fn evaluate(circuit: &Circuit, parameters: &[f64], point: &[f64]) -> Vec<f64> {
    let linear = |layer: &Linear, input: &[f64]| -> Vec<f64> {
        let weight = |entry: usize| match &layer.weights {
            Weights::Frozen(weights) => weights[entry],
            Weights::Plain(range) => parameters[range.start + entry],
            Weights::Factorised {
                directions,
                log_scales,
            } => {
                let scale = parameters[log_scales.start + entry / layer.inputs];
                scale.exp() * parameters[directions.start + entry]
            }
            Weights::Normalised {
                directions,
                lengths,
            } => {
                let output = entry / layer.inputs;
                let row = directions.start + output * layer.inputs;
                let row = &parameters[row..row + layer.inputs];
                let length = row.iter().map(|v| v * v).sum::<f64>().sqrt();
                parameters[lengths.start + output] / length * row[entry % layer.inputs]
            }
        };
        let outputs = 0..layer.outputs;
        let sums = outputs.map(|o| {
            let bias = match &layer.bias {
                Bias::None => 0.0,
                Bias::Frozen(bias) => bias[o],
                Bias::Trained(range) => parameters[range.start + o],
            };
            let inputs = input.iter().enumerate();
            inputs
                .map(|(i, a)| weight(o * layer.inputs + i) * a)
                .sum::<f64>()
                + bias
        });
        sums.collect()
    };
    let mut values: Vec<Vec<f64>> = vec![];
    for node in &circuit.nodes {
        let at = |value: Value| values[value.0].as_slice();
        values.push(match &node.operation {
            Operation::Coordinates => {
                let maps = circuit.input_maps.iter().zip(point);
                maps.map(|(map, x)| map.scale * x + map.shift).collect()
            }
            Operation::Linear { input, layer } => linear(layer, at(*input)),
            Operation::Activation { input, activation } => {
                let of = match activation {
                    Activation::Tanh => f64::tanh,
                    Activation::Sine => f64::sin,
                    other => panic!("{other:?} is not used here"),
                };
                at(*input).iter().copied().map(of).collect()
            }
            Operation::Gate { gate, upper, lower } => mixed(at(*gate), at(*upper), at(*lower)),
            Operation::Blend { new, old, share } => {
                let share = vec![parameters[*share]; node.width];
                mixed(&share, at(*new), at(*old))
            }
            Operation::Concatenate { first, second } => [at(*first), at(*second)].concat(),
            Operation::Norm { .. } => panic!("norms are not used here"),
        });
    }
    let heads = circuit.heads.iter();
    heads
        .flat_map(|head| linear(&head.layer, &values[head.input.0]))
        .collect()
}

/// g⊙u + (1 − g)⊙v
fn mixed(g: &[f64], u: &[f64], v: &[f64]) -> Vec<f64> {
    let pairs = g.iter().zip(u.iter().zip(v));
    pairs.map(|(g, (u, v))| g * u + (1.0 - g) * v).collect()
}

/// Parameters, read one after the other in the order in which the papers name their layers.
struct Reader<'a> {
    rest: &'a [f64],
}

impl Reader<'_> {
    /// W·x + b
    fn linear(&mut self, x: &[f64], outputs: usize) -> Vec<f64> {
        let (weights, rest) = self.rest.split_at(outputs * x.len());
        let (biases, rest) = rest.split_at(outputs);
        self.rest = rest;
        let rows = weights.chunks(x.len()).zip(biases);
        rows.map(|(row, b)| row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + b)
            .collect()
    }

    fn layer(&mut self, x: &[f64], outputs: usize) -> Vec<f64> {
        self.linear(x, outputs).into_iter().map(f64::tanh).collect()
    }

    fn share(&mut self) -> Vec<f64> {
        let (share, rest) = self.rest.split_at(1);
        self.rest = rest;
        vec![share[0]; 6]
    }
}

/// The papers' formulas for two hidden layers (blocks) of width 6 and plain weights.
fn formula(architecture: Architecture, parameters: &[f64], x: &[f64]) -> Vec<f64> {
    let mut read = Reader { rest: parameters };
    let hidden = match architecture {
        Architecture::Mlp => {
            let first = read.layer(x, 6);
            read.layer(&first, 6)
        }
        Architecture::Dense => {
            let first = [x, &read.layer(x, 6)].concat();
            let second = read.layer(&first, 6);
            [first, second].concat()
        }
        Architecture::ModifiedMlp => {
            let (u, v) = (read.layer(x, 6), read.layer(x, 6));
            let first = mixed(&read.layer(x, 6), &u, &v);
            mixed(&read.layer(&first, 6), &u, &v)
        }
        Architecture::PirateNet => {
            let (u, v) = (read.layer(x, 6), read.layer(x, 6));
            let mut value = match x.len() {
                6 => x.to_vec(),
                _ => read.linear(x, 6),
            };
            for _ in 0..2 {
                let f = mixed(&read.layer(&value, 6), &u, &v);
                let g = mixed(&read.layer(&f, 6), &u, &v);
                let h = read.layer(&g, 6);
                value = mixed(&read.share(), &h, &value);
            }
            value
        }
    };
    let fields = read.linear(&hidden, 3);
    assert!(read.rest.is_empty(), "all parameters are read");
    fields
}

/// sin 2πkx/P, cos 2πkx/P per period and harmonic, then the other coordinates; then sin Bx, cos Bx.
fn embedded(circuit: &Circuit, embedding: &Embedding, mapped: &[f64]) -> Vec<f64> {
    let mut x = vec![];
    for periodic in &embedding.periodic {
        for k in 1..=periodic.harmonics {
            let turn = std::f64::consts::TAU * k as f64 / periodic.period;
            let (sine, cosine) = (turn * mapped[periodic.coordinate]).sin_cos();
            x.extend([sine, cosine]);
        }
    }
    let coordinates = mapped.iter().enumerate();
    let others = coordinates.filter(|(c, _)| embedding.periodic.iter().all(|p| p.coordinate != *c));
    x.extend(others.map(|(_, x)| *x));
    let Some(fourier) = embedding.fourier else {
        return x;
    };
    // The last frozen layer holds B twice.
    let frozen = layers(circuit).filter_map(|layer| match &layer.weights {
        Weights::Frozen(weights) => Some(weights),
        _ => None,
    });
    let weights = frozen.last().unwrap();
    assert_eq!(weights.len(), fourier.features * x.len());
    let rows = weights.chunks(x.len()).take(fourier.features / 2);
    let angles: Vec<f64> = rows
        .map(|row| row.iter().zip(&x).map(|(b, x)| b * x).sum())
        .collect();
    let sines = angles.iter().map(|angle: &f64| angle.sin());
    sines
        .chain(angles.iter().map(|angle| angle.cos()))
        .collect()
}

#[test]
fn circuits_compute_the_formulas_of_their_papers() {
    let point = [0.3, 0.8];
    for network in all() {
        if network.weights != WeightForm::Plain || network.sharing != Sharing::Shared {
            continue;
        }
        let circuit = circuit(&network);
        let mut random = ChaCha12Rng::seed_from_u64(1);
        let parameters: Vec<f64> = (0..circuit.parameters)
            .map(|_| random.random_range(-1.0..1.0))
            .collect();
        let maps = network.input_maps.iter().zip(point);
        let mapped: Vec<f64> = maps.map(|(m, x)| m.scale * x + m.shift).collect();
        let x = embedded(&circuit, &network.embedding, &mapped);
        let expected = formula(network.architecture, &parameters, &x);
        let found = evaluate(&circuit, &parameters, &point);
        for (found, expected) in found.iter().zip(&expected) {
            assert!(
                (found - expected).abs() < 1e-13,
                "{network:?}: {found} {expected}"
            );
        }
    }
}

#[test]
fn separate_networks_are_as_many_networks_of_one_field() {
    let point = [0.3, 0.8];
    for mut network in all() {
        if network.sharing == Sharing::Shared {
            continue;
        }
        let together = circuit(&network);
        network.outputs = 1;
        let alone = circuit(&network);
        assert_eq!(together.parameters, 3 * alone.parameters);
        let parameters = together.initialise(9);
        let found = evaluate(&together, &parameters, &point);
        let parts = parameters.chunks(alone.parameters);
        let expected = parts.flat_map(|part| evaluate(&alone, part, &point));
        assert_eq!(found, expected.collect::<Vec<_>>());
    }
}

#[test]
fn fourier_matrices_come_from_their_seed() {
    let with = |seed, features| {
        let mut network = network(&[4]);
        network.embedding.fourier = Some(Fourier {
            features,
            scale: 2.0,
            seed,
        });
        circuit(&network)
    };
    assert_eq!(with(3, 512), with(3, 512));
    assert_ne!(with(3, 512), with(4, 512));
    let compiled = with(3, 512);
    let Operation::Linear { layer, .. } = &compiled.nodes[1].operation else {
        panic!("features begin with a linear layer");
    };
    let Weights::Frozen(weights) = &layer.weights else {
        panic!("features are not trained");
    };
    let (sines, cosines) = weights.split_at(weights.len() / 2);
    assert_eq!(sines, cosines);
    // 512 draws: the deviation is within 10 % of the requested one with practical certainty.
    let mean_square = sines.iter().map(|b| b * b).sum::<f64>() / sines.len() as f64;
    assert!((mean_square.sqrt() - 2.0).abs() < 0.2, "{mean_square}");
}

#[test]
fn initial_weights_are_bounded_and_reproducible() {
    for network in all() {
        let circuit = circuit(&network);
        let parameters = circuit.initialise(5);
        assert_eq!(parameters, circuit.initialise(5));
        assert_ne!(parameters, circuit.initialise(6));
        for layer in layers(&circuit) {
            let bound = (6.0 / (layer.inputs + layer.outputs) as f64).sqrt();
            match &layer.weights {
                Weights::Frozen(_) => {}
                Weights::Plain(range) => {
                    let weights = &parameters[range.clone()];
                    assert!(weights.iter().all(|w| w.abs() <= bound && *w != 0.0));
                }
                Weights::Factorised {
                    directions,
                    log_scales,
                } => {
                    for output in 0..layer.outputs {
                        let log_scale = parameters[log_scales.start + output];
                        assert!((log_scale - 1.0).abs() < 0.6, "mean 1, deviation 0.1");
                        let row = directions.start + output * layer.inputs;
                        let row = &parameters[row..row + layer.inputs];
                        let products = row.iter().map(|v| v * log_scale.exp());
                        assert!(
                            products
                                .into_iter()
                                .all(|w| w.abs() <= bound * (1.0 + 1e-12))
                        );
                    }
                }
                Weights::Normalised {
                    directions,
                    lengths,
                } => {
                    for output in 0..layer.outputs {
                        let row = directions.start + output * layer.inputs;
                        let row = &parameters[row..row + layer.inputs];
                        assert!(row.iter().all(|v| v.abs() <= bound));
                        let square = row.iter().map(|v| v * v).sum::<f64>();
                        let length = parameters[lengths.start + output];
                        assert!((square.sqrt() / length - 1.0).abs() < 1e-14);
                    }
                }
            }
            if let Bias::Trained(range) = &layer.bias {
                assert!(parameters[range.clone()].iter().all(|b| *b == 0.0));
            }
        }
        for node in &circuit.nodes {
            if let Operation::Blend { share, .. } = node.operation {
                assert_eq!(parameters[share], 0.0);
            }
        }
    }
}

#[test]
fn sine_networks_begin_with_their_first_frequency() {
    let network = Network {
        activation: Activation::Sine,
        first_frequency: 30.0,
        ..network(&[50, 50])
    };
    let circuit = circuit(&network);
    let parameters = circuit.initialise(5);
    let largest = |layer: &Linear| match &layer.weights {
        Weights::Plain(range) => {
            let weights = parameters[range.clone()].iter();
            weights.fold(0.0, |a: f64, w| a.max(w.abs()))
        }
        other => panic!("{other:?}"),
    };
    let bounds = [30.0 / 2.0, (6.0f64 / 50.0).sqrt(), (6.0f64 / 50.0).sqrt()];
    for (layer, bound) in circuit.linear_layers().zip(bounds) {
        let found = largest(layer);
        assert!(found <= bound && found > 0.9 * bound, "{found} {bound}");
    }
}

#[test]
fn networks_that_cannot_be_built_are_refused() {
    let with = |change: &dyn Fn(&mut Network)| {
        let mut network = network(&[6, 6]);
        change(&mut network);
        network.circuit().unwrap_err()
    };
    let none = |what| NetworkError::None { what };
    let not_positive = |what, found| NetworkError::NotPositive { what, found };
    assert_eq!(with(&|n| n.input_maps.clear()), none("coordinate"));
    assert_eq!(with(&|n| n.outputs = 0), none("field"));
    assert_eq!(with(&|n| n.hidden.clear()), none("hidden layer"));
    assert_eq!(
        with(&|n| n.hidden[1] = 0),
        none("unit in every hidden layer")
    );
    for (architecture, name) in [
        (Architecture::ModifiedMlp, "modified MLP"),
        (Architecture::PirateNet, "PirateNet"),
    ] {
        let found = with(&|n| {
            n.architecture = architecture;
            n.hidden[1] = 7;
        });
        let expected = NetworkError::UnequalWidths {
            architecture: name,
            expected: 6,
            found: 7,
        };
        assert_eq!(found, expected);
    }
    assert_eq!(
        with(&|n| n.first_frequency = 0.0),
        not_positive("the first frequency", 0.0)
    );
    let infinite = f64::INFINITY;
    assert_eq!(
        with(&|n| n.first_frequency = infinite),
        not_positive("the first frequency", infinite)
    );
    let spread = |deviation| WeightForm::Factorised {
        mean: 0.0,
        deviation,
    };
    assert_eq!(
        with(&|n| n.weights = spread(-1.0)),
        not_positive("the deviation of the factorised weights", -1.0)
    );
    let wave = |change: &dyn Fn(&mut Periodic)| {
        let mut periodic = periodic(0);
        change(&mut periodic);
        with(&|n| n.embedding.periodic = vec![periodic])
    };
    let expected = NetworkError::NoSuchCoordinate {
        found: 2,
        inputs: 2,
    };
    assert_eq!(wave(&|p| p.coordinate = 2), expected);
    let expected = none("harmonic of a periodic coordinate");
    assert_eq!(wave(&|p| p.harmonics = 0), expected);
    assert_eq!(wave(&|p| p.period = 0.0), not_positive("a period", 0.0));
    for features in [0, 1, 7] {
        let found = with(&|n| n.embedding.fourier = fourier(features));
        assert_eq!(found, NetworkError::OddFeatures { found: features });
    }
    let found = with(&|n| {
        n.embedding.fourier = Some(Fourier {
            features: 4,
            scale: 0.0,
            seed: 1,
        });
    });
    assert_eq!(
        found,
        not_positive("the scale of the Fourier features", 0.0)
    );
}
