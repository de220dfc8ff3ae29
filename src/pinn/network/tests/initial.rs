//! What is drawn: Fourier matrices and initial parameters.

use super::*;

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
    // 512 draws: the deviation is within 10 % of what was asked for with certainty for practical purposes.
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
                // Of a layer that is normalised next, drawn like its weights.
                let bound = if layer.biased { bound } else { 0.0 };
                assert!(parameters[range.clone()].iter().all(|b| b.abs() <= bound));
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
