//! What architectures promise whatever their parameters are.

use super::{
    Build, assert_close, assert_close_on_scale, evaluate, exact, point, residuals, tolerance,
};
use crate::networks::{FACTORISED, circuit, fourier, network, networks, parameters};
use crate::problems::*;
use pinn::expr::Real;
use pinn::network::activation::Activation;
use pinn::network::*;
use std::ops::Range;

/// Values and derivatives of all orders are the same one period away.
pub fn periodic_embeddings_are_exactly_periodic<T: Real>(build: Build<T>) {
    for (name, network) in networks() {
        for periodic in &network.embedding.periodic {
            let parameters = convert::<T>(&parameters(&network, 61));
            let period = periodic.period / network.input_maps[periodic.coordinate].scale;
            let here = points::<T>(1, 5, 62);
            let mut there = here.clone();
            for x in there.column_mut(0, periodic.coordinate) {
                *x = T::from_f64(x.to_f64() + period);
            }
            let mut engine = build(network.clone(), derivatives().kernels()).expect("orders fit");
            let what = format!("{name}, coordinate {}", periodic.coordinate);
            for task in 0..2 {
                let here = exact(&residuals(&mut *engine, &parameters, task, &here));
                let there = residuals(&mut *engine, &parameters, task, &there);
                for (here, there) in here.chunks(5).zip(there.chunks(5)) {
                    assert_close_on_scale(there, here, tolerance::<T>(1e-13, 1e-4), 0.1, &what);
                }
            }
        }
    }
}

/// With α = 0 a PirateNet is head(start(embedding)).
pub fn pirate_nets_begin_linear_in_their_embedding<T: Real>(build: Build<T>) {
    let mut plain = network(Activation::Tanh, &[5, 5, 5]);
    plain.architecture = Architecture::PirateNet;
    let mut features = plain.clone();
    features.embedding.fourier = fourier(5 + 1);
    let mut direct = features.clone();
    direct.hidden = vec![6, 6];
    // How many linear layers lie between the embedding and the fields.
    for (network, layers) in [(plain, 2), (features, 2), (direct, 1)] {
        let (compiled, rows) = (circuit(&network), 7);
        let parameters = convert::<T>(&compiled.initialise(63));
        let points = points::<T>(1, rows, 64);
        let mut engine = build(network.clone(), vec![]).expect("no kernels, no errors");
        let found = engine.fields(&parameters, &points).expect("shapes fit");
        // A chain of linear layers is found from the head backwards.
        let Head { input, layer, .. } = &compiled.heads[0];
        let mut chain = vec![layer.clone()];
        let mut value = *input;
        while let Operation::Blend { old, .. } = compiled.nodes[value.0].operation {
            value = old;
        }
        if let Operation::Linear { layer, .. } = &compiled.nodes[value.0].operation {
            chain.push(layer.clone());
        }
        assert_eq!(chain.len(), layers);
        let mut expected = vec![0.0; 2 * rows];
        for row in 0..rows {
            let mut value = embedded(&compiled, point(&points, 0, row), network.embedding.fourier);
            for layer in chain.iter().rev() {
                value = plain_layer(layer, &exact(&parameters), &value);
            }
            (expected[row], expected[rows + row]) = (value[0], value[1]);
        }
        assert_close(&found, &expected, tolerance::<T>(1e-13, 3e-6), "fields");
    }
}

/// The mapped coordinates, or their sines and cosines.
fn embedded(circuit: &Circuit, point: [f64; 3], fourier: Option<Fourier>) -> Vec<f64> {
    let maps = circuit.input_maps.iter().zip(point);
    let mapped: Vec<f64> = maps.map(|(m, x)| m.scale * x + m.shift).collect();
    if fourier.is_none() {
        return mapped;
    }
    let Operation::Linear { layer, .. } = &circuit.nodes[1].operation else {
        panic!("Fourier features begin with a linear layer");
    };
    let Weights::Frozen(weights) = &layer.weights else {
        panic!("Fourier features are not trained");
    };
    let rows = weights.chunks(layer.inputs);
    let angles: Vec<f64> = rows
        .take(layer.outputs / 2)
        .map(|row| row.iter().zip(&mapped).map(|(b, x)| b * x).sum())
        .collect();
    let sines = angles.iter().map(|angle| angle.sin());
    sines
        .chain(angles.iter().map(|angle| angle.cos()))
        .collect()
}

fn plain_layer(layer: &Linear, parameters: &[f64], input: &[f64]) -> Vec<f64> {
    let (Weights::Plain(weights), Bias::Trained(bias)) = (&layer.weights, &layer.bias) else {
        panic!("plain weights were asked for");
    };
    let rows = parameters[weights.clone()].chunks(layer.inputs);
    let rows = rows.zip(&parameters[bias.clone()]);
    rows.map(|(row, bias)| row.iter().zip(input).map(|(w, a)| w * a).sum::<f64>() + bias)
        .collect()
}

/// diag(exp s)·V as plain weights gives the same fields and derivatives; and the same seed begins both forms at the
/// same function.
pub fn factorised_weights_are_a_form_of_plain_ones<T: Real>(build: Build<T>) {
    let plain = network(Activation::Tanh, &[7, 5]);
    let mut factorised = plain.clone();
    factorised.weights = FACTORISED;
    let (from, to) = (circuit(&factorised), circuit(&plain));
    let moved = parameters(&factorised, 65);
    let cases = [
        (moved.clone(), multiplied(&from, &moved, &to)),
        (from.initialise(66), to.initialise(66)),
    ];
    for (factorised_parameters, plain_parameters) in cases {
        let points = points::<T>(1, 5, 67);
        let kernels = derivatives().kernels();
        let mut left = build(factorised.clone(), kernels.clone()).expect("orders fit");
        let mut right = build(plain.clone(), kernels).expect("orders fit");
        for task in 0..2 {
            let found = residuals(&mut *left, &convert(&factorised_parameters), task, &points);
            let expected = residuals(&mut *right, &convert(&plain_parameters), task, &points);
            for (found, expected) in found.chunks(5).zip(expected.chunks(5)) {
                let bound = tolerance::<T>(1e-12, 1e-4);
                assert_close(found, &exact(expected), bound, &format!("task {task}"));
            }
        }
    }
}

/// Plain weights with the values of factorised ones.
fn multiplied(from: &Circuit, parameters: &[f64], to: &Circuit) -> Vec<f64> {
    let mut plain = vec![0.0; to.parameters];
    for (from, to) in from.linear_layers().zip(to.linear_layers()) {
        let Weights::Factorised {
            directions,
            log_scales,
        } = &from.weights
        else {
            panic!("factorised weights were asked for");
        };
        let (Weights::Plain(weights), Bias::Trained(bias)) = (&to.weights, &to.bias) else {
            panic!("plain weights were asked for");
        };
        for (entry, weight) in plain[weights.clone()].iter_mut().enumerate() {
            let scale = parameters[log_scales.start + entry / from.inputs];
            *weight = scale.exp() * parameters[directions.start + entry];
        }
        if let Bias::Trained(range) = &from.bias {
            plain[bias.clone()].copy_from_slice(&parameters[range.clone()]);
        }
    }
    plain
}

/// A field depends on the parameters of its own network alone: to the last bit.
pub fn separate_networks_do_not_share_parameters<T: Real>(build: Build<T>) {
    for (name, network) in networks() {
        if network.sharing == Sharing::Shared {
            continue;
        }
        let compiled = circuit(&network);
        let ranges = [0, 1].map(|field| parameters_read(&compiled, field));
        let together: usize = ranges.iter().flatten().map(|range| range.len()).sum();
        assert_eq!(together, compiled.parameters, "{name}");
        let parameters = convert::<T>(&parameters(&network, 68));
        let points = vec![points::<T>(1, 5, 69)];
        // u + z − 1/2: the first field alone.
        let kernels = vec![nonlinear().kernels().remove(2)];
        let mut engine = build(network, kernels).expect("orders fit");
        let (losses, gradient) = evaluate(&mut *engine, &parameters, &points, &[1.0]);
        let mut other = parameters.clone();
        for entry in ranges[1].iter().cloned().flatten() {
            assert_eq!(gradient[entry], T::ZERO, "{name}, parameter {entry}");
            other[entry] = T::from_f64(0.1);
        }
        let (same, _) = evaluate(&mut *engine, &other, &points, &[1.0]);
        assert_eq!(losses, same, "{name}");
        let fields = engine.fields(&parameters, &points[0]).expect("shapes fit");
        let moved = engine.fields(&other, &points[0]).expect("shapes fit");
        assert_eq!(fields[..5], moved[..5], "{name}");
        assert_ne!(fields[5..], moved[5..], "{name}");
    }
}

/// Parameters of the layers from which a field is computed.
fn parameters_read(circuit: &Circuit, field: usize) -> Vec<Range<usize>> {
    let mut ranges = vec![];
    let mut linear = |layer: &Linear| {
        match &layer.weights {
            Weights::Frozen(_) => {}
            Weights::Plain(range) => ranges.push(range.clone()),
            Weights::Factorised {
                directions,
                log_scales,
            }
            | Weights::Normalised {
                directions,
                lengths: log_scales,
            } => ranges.extend([directions.clone(), log_scales.clone()]),
        }
        if let Bias::Trained(range) = &layer.bias {
            ranges.push(range.clone());
        }
    };
    let head = circuit.heads.iter().find(|h| h.fields.contains(&field));
    let head = head.expect("every field has a head");
    linear(&head.layer);
    let mut read = vec![false; circuit.nodes.len()];
    read[head.input.0] = true;
    let mut others = vec![];
    for number in (0..circuit.nodes.len()).rev() {
        if !read[number] {
            continue;
        }
        let operation = &circuit.nodes[number].operation;
        operation.inputs().for_each(|value| read[value.0] = true);
        match operation {
            Operation::Linear { layer, .. } => linear(layer),
            Operation::Blend { share, .. } => others.push(*share..share + 1),
            Operation::Norm { norm, .. } => {
                others.push(norm.gain.clone());
                others.extend(norm.bias.clone());
            }
            _ => {}
        }
    }
    ranges.extend(others);
    ranges
}
