//! Gradients of losses, against differences.

use super::{
    Build, assert_close, assert_close_on_scale, difference, evaluate, exact, largest, moved,
};
use crate::networks::{circuit, direction, groups, networks, parameters};
use crate::problems::*;
use pinn::engine::tape::TapeEngine;
use pinn::expr::Real;
use pinn::geometry::points::Points;

/// Name, kernels and points of what gradients are taken of.
type Case<T> = (&'static str, Kernels<T>, Vec<Points<T>>);

fn cases<T: Real>() -> Vec<Case<T>> {
    let cases = problems().into_iter().map(|problem| {
        let kernels = problem.kernels();
        let points = point_sets(&[5, 3, 2][..kernels.len()], 14);
        (problem.name, kernels, points)
    });
    cases.collect()
}

/// Differences of Σ weight · loss along a random direction in the weights, scales or biases of each layer. In
/// f32, where differences say nothing, the gradient is compared with one in f64 that has passed this test.
pub fn gradients_match_differences<T: Real>(build: Build<T>) {
    for (kernels, double, points, doubles) in cases()
        .into_iter()
        .zip(cases())
        .map(|((_, kernels, points), (_, double, doubles))| (kernels, double, points, doubles))
    {
        gradients_match::<T>(build, &kernels, &points, double, &doubles);
    }
}

pub fn gradients_match_through_two_sites<T: Real>(build: Build<T>) {
    let (points, doubles) = (points(2, 5, 15), points(2, 5, 15));
    gradients_match::<T>(
        build,
        &periodic_kernels(),
        &[points],
        periodic_kernels(),
        &[doubles],
    );
}

fn gradients_match<T: Real>(
    build: Build<T>,
    kernels: &Kernels<T>,
    points: &[Points<T>],
    double: Kernels<f64>,
    doubles: &[Points<f64>],
) {
    for (name, network) in networks() {
        let circuit = circuit(&network);
        let parameters = parameters(&network, 13);
        let mut engine = build(network.clone(), kernels.clone()).expect("orders fit");
        let weights: Vec<f64> = (0..engine.losses()).map(|l| 0.3 + 0.2 * l as f64).collect();
        // Rounded, so that both precisions see the same numbers.
        let parameters = convert::<T>(&parameters);
        let (_, gradient) = evaluate(&mut *engine, &parameters, points, &weights);
        if T::NAME == "f32" {
            let mut engine = TapeEngine::new(network, double.clone()).expect("orders fit");
            let parameters = exact(&parameters);
            let (_, expected) = evaluate::<f64, _>(&mut engine, &parameters, doubles, &weights);
            assert_close(&gradient, &expected, 1e-4, &name);
            continue;
        }
        let (parameters, gradient) = (exact(&parameters), exact(&gradient));
        for (group, range) in groups(&circuit) {
            let along = direction(parameters.len(), range, 16);
            let expected = difference(|step| {
                let mut losses = vec![f64::NAN; weights.len()];
                engine
                    .loss(
                        &moved(&parameters, &along, step),
                        points,
                        &weights,
                        &mut losses,
                        None,
                    )
                    .expect("shapes fit");
                vec![losses.iter().zip(&weights).map(|(l, w)| l * w).sum()]
            });
            let found: f64 = gradient.iter().zip(&along).map(|(g, d)| g * d).sum();
            let what = format!("{name}, {} losses, {group}", weights.len());
            assert_close_on_scale(&[found], &expected, 1e-7, 0.01 * largest(&gradient), &what);
        }
    }
}
