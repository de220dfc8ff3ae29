//! The engines against each other, and one engine on several numbers of threads.

use crate::problems::*;
use crate::suite::{distance, evaluate};
use pinn::expr::Real;
use pinn::pinn::activation::Activation;
use pinn::pinn::engine::Engine;
use pinn::pinn::engine::fused::FusedEngine;
use pinn::pinn::engine::tape::TapeEngine;
use pinn::pinn::network::Network;
use pinn::pinn::points::Points;
use pinn::units::{Batch, Nondimensional};

type Case<T> = (Network, Kernels<T>, Vec<Points<T>>);

/// One hidden layer and five, odd widths and odd numbers of rows, derivatives of all orders.
fn cases<T: Real>() -> Vec<Case<T>> {
    let mut cases = vec![];
    for activation in ACTIVATIONS {
        let shapes: [&[usize]; 3] = [&[33], &[1], &[7, 33, 16, 5, 12]];
        for (hidden, rows) in shapes.into_iter().zip([257, 1000, 65]) {
            let network = network(activation, hidden);
            let sets = [rows, 1, 5].map(|rows| points(1, rows, 41)).to_vec();
            let two = sets[..2].to_vec();
            cases.push((network.clone(), nonlinear_kernels(), sets));
            cases.push((network.clone(), derivative_kernels(), two));
            cases.push((network, periodic_kernels(), vec![points(2, rows, 42)]));
        }
    }
    cases
}

macro_rules! engines_agree {
    ($name:ident, $T:ty, $bound:expr) => {
        #[test]
        fn $name() {
            for (network, kernels, points) in cases::<$T>() {
                let what = format!("{:?} {:?}", network.activation, network.hidden);
                let parameters = convert::<$T>(&parameters(&network, 43));
                let fused = FusedEngine::new(network.clone(), kernels.clone(), 2);
                let mut fused = fused.expect("orders fit");
                let mut tape = TapeEngine::new(network, kernels).expect("orders fit");
                let weights = vec![1.0; Engine::<$T>::losses(&tape)];
                let (losses, gradient) = evaluate(&mut fused, &parameters, &points, &weights);
                let (expected, reference) = evaluate(&mut tape, &parameters, &points, &weights);
                let error = distance(&losses, &expected);
                assert!(error <= $bound, "{what}: losses differ by {error:e}");
                let error = distance(&gradient, &reference);
                assert!(error <= $bound, "{what}: gradients differ by {error:e}");
                for (task, points) in points.iter().enumerate() {
                    let found = fused.residuals(&parameters, task, points);
                    let expected = tape.residuals(&parameters, task, points);
                    // All residuals of a row together: a single one may be next to zero.
                    let (found, expected) = (found.expect("fits"), expected.expect("fits"));
                    let all = |batch: &Batch<$T, Nondimensional>| -> Vec<$T> {
                        let columns = (0..batch.residuals()).flat_map(|r| batch.column(r));
                        columns.copied().collect()
                    };
                    let error = distance(&all(&found), &all(&expected));
                    assert!(
                        error <= 10.0 * $bound,
                        "{what}: residuals differ by {error:e}"
                    );
                }
            }
        }
    };
}
engines_agree!(engines_agree_in_f64, f64, 1e-12);
engines_agree!(engines_agree_in_f32, f32, 1e-5);

macro_rules! threads_do_not_matter {
    ($name:ident, $T:ty) => {
        #[test]
        fn $name() {
            let network = network(Activation::Tanh, &[33, 7]);
            let parameters = convert::<$T>(&parameters(&network, 45));
            let points = [2999, 257, 5].map(|rows| points(1, rows, 46));
            let results = [1, 2, 3].map(|threads| {
                let engine = FusedEngine::new(network.clone(), nonlinear_kernels(), threads);
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
