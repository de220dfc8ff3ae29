//! What norms promise.

use super::{Build, assert_close, exact, residuals, tolerance};
use crate::networks::{circuit, direction, network, networks, parameters};
use crate::problems::*;
use pinn::expr::Real;
use pinn::network::activation::Activation;
use pinn::network::{Bias, Linear, Network, Weights};
use pinn::norm::layer::{Layers, NormLayers, Place, PointwiseNorm};
use std::ops::Range;

/// A layer norm of the second of two layers, so that scales of its parameters are those of the norm alone.
fn normed(place: Place, epsilon: f64) -> Network {
    let mut network = network(Activation::Tanh, &[6, 7]);
    network.norms = vec![NormLayers {
        layers: Layers::Only(vec![2]),
        epsilon,
        ..NormLayers::new(PointwiseNorm::Layer, place)
    }];
    network
}

fn ranges(layer: &Linear) -> [Range<usize>; 2] {
    match (&layer.weights, &layer.bias) {
        (Weights::Plain(weights), Bias::Trained(bias)) => [weights.clone(), bias.clone()],
        _ => panic!("plain weights and biases were asked for"),
    }
}

/// Jᵀ·u of bare derivatives, which are linear in the fields, before and after some parameters grow by `factor`.
fn gradients<T: Real>(
    build: Build<T>,
    network: &Network,
    scaled: &[Range<usize>],
    factor: f64,
) -> [Vec<f64>; 2] {
    let points = points::<T>(1, 5, 71);
    let kernels = vec![derivatives().kernels().remove(0)];
    let seeds = direction(8 * 5, 0..8 * 5, 72);
    let before = parameters(network, 73);
    let mut after = before.clone();
    for p in scaled.iter().cloned().flatten() {
        after[p] *= factor;
    }
    let mut engine = build(network.clone(), kernels).expect("orders fit");
    [before, after].map(|parameters| {
        let mut product = vec![T::from_f64(f64::NAN); parameters.len()];
        let (parameters, seeds) = (convert::<T>(&parameters), convert::<T>(&seeds));
        engine
            .vector_jacobian(&parameters, 0, &points, &seeds, &mut product)
            .expect("shapes fit");
        exact(&product)
    })
}

/// γ×c ⇒ ∇W×c for the layers before a norm, and W×c ⇒ ∇W/c for the layer that it normalises: a gain is a learning
/// rate of what is before it (van Laarhoven 2017, *L2 regularization versus batch and weight normalization*, section 2).
pub fn gains_and_weights_rescale_gradients<T: Real>(build: Build<T>) {
    for factor in [0.1, 2.5, 10.0] {
        let post = normed(Place::Post, 1e-3);
        let compiled = circuit(&post);
        let (_, norm) = compiled.norms().next().expect("it has a norm");
        let [before, after] = gradients(build, &post, std::slice::from_ref(&norm.gain), factor);
        for layer in compiled.linear_layers().take(2) {
            for range in ranges(layer) {
                let expected: Vec<f64> = before[range.clone()].iter().map(|g| factor * g).collect();
                let what = format!("gains × {factor}");
                assert_close(&after[range], &expected, tolerance::<T>(1e-12, 1e-4), &what);
            }
        }
        // Without ε nothing of the size of its weights gets through a norm.
        let pre = normed(Place::Pre, 1e-14);
        let compiled = circuit(&pre);
        let layer = compiled.linear_layers().nth(1).expect("two layers");
        let [before, after] = gradients(build, &pre, &ranges(layer), factor);
        for range in ranges(layer) {
            let expected: Vec<f64> = before[range.clone()].iter().map(|g| g / factor).collect();
            let what = format!("weights × {factor}");
            assert_close(&after[range], &expected, tolerance::<T>(1e-8, 1e-3), &what);
        }
    }
}

/// Moving one point changes nothing at the others.
pub fn norms_keep_points_apart<T: Real>(build: Build<T>) {
    let rows = 21;
    for (name, network) in networks() {
        if network.norms.is_empty() {
            continue;
        }
        let parameters = convert::<T>(&parameters(&network, 74));
        let here = points::<T>(1, rows, 75);
        let mut moved = here.clone();
        for coordinate in 0..3 {
            moved.column_mut(0, coordinate)[4] = T::from_f64(0.75);
        }
        let mut engine = build(network, derivatives().kernels()).expect("orders fit");
        let here = exact(&residuals(&mut *engine, &parameters, 0, &here));
        let moved = exact(&residuals(&mut *engine, &parameters, 0, &moved));
        for (residual, (here, moved)) in here.chunks(rows).zip(moved.chunks(rows)).enumerate() {
            for row in 0..rows {
                let change = (here[row] - moved[row]).abs();
                let what = format!("{name}, residual {residual}, row {row}: {change:e}");
                match row {
                    4 => assert!(change > 1e-6, "{what}"),
                    _ => assert!(change <= 1e-12, "{what}"),
                }
            }
        }
    }
}
