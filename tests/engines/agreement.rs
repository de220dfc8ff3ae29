//! The engines against each other, and one engine on several numbers of threads.

use crate::networks::{ACTIVATIONS, network, networks, parameters};
use crate::problems::*;
use crate::suite::{Built, distance, evaluate, residuals};
use pinn::engine::Engine;
use pinn::engine::fused::{FusedEngine, Instantiated};
use pinn::engine::tape::TapeEngine;
use pinn::expr::Real;
use pinn::geometry::points::Points;
use pinn::network::Network;
use pinn::network::activation::Activation;

struct Case<T> {
    name: String,
    network: Network,
    kernels: Kernels<T>,
    points: Vec<Points<T>>,
}

/// Every network, wide ones too, with odd numbers of rows and derivatives of all orders.
fn cases<T: Real>() -> Vec<Case<T>> {
    let mut candidates = networks();
    for activation in ACTIVATIONS {
        for hidden in [&[33][..], &[7, 33, 16, 5, 12]] {
            let name = format!("{activation:?} {hidden:?}");
            candidates.push((name, network(activation, hidden)));
        }
    }
    let mut cases = vec![];
    for ((name, network), rows) in candidates
        .into_iter()
        .zip([257, 300, 65].into_iter().cycle())
    {
        let mut push = |problem: &str, kernels, points| {
            cases.push(Case {
                name: format!("{name}, {problem}"),
                network: network.clone(),
                kernels,
                points,
            });
        };
        for problem in problems() {
            let kernels = problem.kernels();
            let points = point_sets(&[rows, 1, 5][..kernels.len()], 41);
            push(problem.name, kernels, points);
        }
        push("two sites", periodic_kernels(), vec![points(2, rows, 42)]);
    }
    cases
}

/// An engine and the fused one: losses, gradients and residuals.
pub fn agree<T: Instantiated>(other: impl Fn(Network, Kernels<T>) -> Built<T>, bound: f64) {
    for case in cases::<T>() {
        let Case {
            name: what,
            network,
            kernels,
            points,
        } = case;
        let parameters = convert::<T>(&parameters(&network, 43));
        let fused = FusedEngine::new(network.clone(), kernels.clone(), 2);
        let mut fused = fused.expect("orders fit");
        let mut other = other(network, kernels).expect("orders fit");
        let weights = vec![1.0; other.losses()];
        let (losses, gradient) = evaluate(&mut fused, &parameters, &points, &weights);
        let (expected, reference) = evaluate(&mut *other, &parameters, &points, &weights);
        let error = distance(&losses, &expected);
        assert!(error <= bound, "{what}: losses differ by {error:e}");
        let error = distance(&gradient, &reference);
        assert!(error <= bound, "{what}: gradients differ by {error:e}");
        for (task, points) in points.iter().enumerate() {
            let found = residuals(&mut fused, &parameters, task, points);
            let expected = residuals(&mut *other, &parameters, task, points);
            // All residuals of a task together: a single one may be next to zero.
            let error = distance(&found, &expected);
            assert!(
                error <= 10.0 * bound,
                "{what}: residuals differ by {error:e}"
            );
        }
    }
}

#[test]
fn engines_agree_in_f64() {
    agree::<f64>(|n, k| Ok(Box::new(TapeEngine::new(n, k)?)), 1e-12);
}

#[test]
fn engines_agree_in_f32() {
    agree::<f32>(|n, k| Ok(Box::new(TapeEngine::new(n, k)?)), 1e-5);
}

macro_rules! threads_do_not_matter {
    ($name:ident, $T:ty) => {
        #[test]
        fn $name() {
            let network = network(Activation::Tanh, &[33, 7]);
            let parameters = convert::<$T>(&parameters(&network, 45));
            let points = [2999, 257, 5].map(|rows| points(1, rows, 46));
            let results = [1, 2, 3].map(|threads| {
                let engine = FusedEngine::new(network.clone(), nonlinear().kernels(), threads);
                let mut engine = engine.expect("orders fit");
                let fields = engine.fields(&parameters, &points[0]).expect("shapes fit");
                let batch = engine.residuals(&parameters, 0, &points[0]);
                let residuals = batch.expect("shapes fit").column(1).to_vec();
                let result = evaluate(&mut engine, &parameters, &points, &[1.0; 7]);
                (fields, residuals, result)
            });
            assert_eq!(results[0], results[1]);
            assert_eq!(results[0], results[2]);
        }
    };
}
threads_do_not_matter!(threads_do_not_matter_in_f64, f64);
threads_do_not_matter!(threads_do_not_matter_in_f32, f32);
