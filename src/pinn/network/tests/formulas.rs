//! Circuits against the formulas of the papers, one point at a time.

use super::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// All fields at a point.
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
            Weights::Normalised { .. } => panic!("they are not used here"),
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
        let plain = network.weights == WeightForm::Plain && network.norm.is_none();
        if !plain || network.sharing != Sharing::Shared {
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
        let normalised = network.weights == WeightForm::Normalised || network.norm.is_some();
        if normalised || network.sharing == Sharing::Shared {
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
