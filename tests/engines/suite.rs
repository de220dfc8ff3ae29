//! What every engine must satisfy, in either precision.

use crate::naive;
use crate::problems::*;
use dfdx::prelude::*;
use pinn::expr::Real;
use pinn::pinn::activation::Activation;
use pinn::pinn::engine::operation::{TapeObjective, residual_loss};
use pinn::pinn::engine::tape::TapeEngine;
use pinn::pinn::engine::{Engine, EngineError};
use pinn::pinn::network::Network;
use pinn::pinn::points::Points;

pub type Built<T> = Result<Box<dyn Engine<T>>, EngineError>;
pub type Build<'a, T> = &'a dyn Fn(Network, Kernels<T>) -> Built<T>;

/// Tests of one engine in one precision.
#[macro_export]
macro_rules! engine_suite {
    ($name:ident, $T:ty, $new:expr) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use $crate::suite;

            fn build(
                network: pinn::pinn::network::Network,
                kernels: $crate::problems::Kernels<$T>,
            ) -> suite::Built<$T> {
                Ok(Box::new(($new)(network, kernels)?))
            }

            engine_suite!(@tests
                fields_match_one_point_at_a_time
                derivatives_match_differences
                residuals_match_their_formulas
                periodic_residuals_read_both_sites
                losses_are_mean_squares
                gradients_match_differences
                gradients_are_linear_in_the_weights
                a_zero_weight_removes_a_task
                calls_repeat_bit_for_bit
                wrong_shapes_are_refused
                the_operation_passes_gradients_on
            );
        }
    };
    (@tests $($test:ident)*) => {$(
        #[test]
        fn $test() {
            suite::$test(&build);
        }
    )*};
}

/// Tolerance relative to the largest value.
fn tolerance<T: Real>(f64_bound: f64, f32_bound: f64) -> f64 {
    if T::NAME == "f64" {
        f64_bound
    } else {
        f32_bound
    }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |a: f64, b| a.max(b.abs()))
}

/// The norms' difference, relative to the expected values' norm.
pub fn distance<T: Real>(found: &[T], expected: &[T]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let norm = |x: &mut dyn Iterator<Item = f64>| x.map(|x| x * x).sum::<f64>().sqrt();
    let pairs = found.iter().zip(expected);
    norm(&mut pairs.map(|(a, b)| a.to_f64() - b.to_f64()))
        / norm(&mut expected.iter().map(|x| x.to_f64()))
}

fn assert_close<T: Real>(found: &[T], expected: &[f64], bound: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = largest(expected);
    for (row, (a, b)) in found.iter().zip(expected).enumerate() {
        let error = (a.to_f64() - b).abs();
        assert!(
            error <= bound * scale,
            "{what}, entry {row}: found {a}, expected {b}"
        );
    }
}

fn point<T: Real>(points: &Points<T>, site: usize, row: usize) -> [f64; 3] {
    std::array::from_fn(|k| points.column(site, k)[row].to_f64())
}

/// Losses and gradient.
pub fn evaluate<T: Real>(
    engine: &mut dyn Engine<T>,
    parameters: &[T],
    points: &[Points<T>],
    weights: &[f64],
) -> (Vec<f64>, Vec<T>) {
    let mut losses = vec![f64::NAN; engine.losses()];
    let mut gradient = vec![T::from_f64(f64::NAN); parameters.len()];
    let wanted = Some(&mut gradient[..]);
    engine
        .loss(parameters, points, weights, &mut losses, wanted)
        .expect("shapes fit");
    (losses, gradient)
}

/// Shapes of hidden layers: odd widths, one layer and five.
const SHAPES: [&[usize]; 4] = [&[1], &[7, 33], &[33], &[7, 5, 33, 1, 8]];
const ROWS: [usize; 4] = [1, 5, 257, 1000];

pub fn fields_match_one_point_at_a_time<T: Real>(build: Build<T>) {
    for activation in ACTIVATIONS {
        for (hidden, rows) in SHAPES.into_iter().zip(ROWS) {
            let network = network(activation, hidden);
            let parameters = parameters(&network, 3);
            let points = points::<T>(1, rows, 4);
            let mut engine = build(network.clone(), vec![]).expect("no kernels, no errors");
            let found = engine
                .fields(&convert(&parameters), &points)
                .expect("shapes fit");
            let expected: Vec<f64> = (0..2 * rows)
                .map(|i| {
                    let at = point(&points, 0, i % rows);
                    naive::derivative(&network, &parameters, &at, i / rows, &[0, 0, 0])
                })
                .collect();
            let what = format!("{activation:?} {hidden:?}");
            assert_close(&found, &expected, tolerance::<T>(1e-13, 2e-6), &what);
        }
    }
}

pub fn derivatives_match_differences<T: Real>(build: Build<T>) {
    let rows = 3;
    for activation in ACTIVATIONS {
        for hidden in [&[13][..], &[7, 5]] {
            let network = network(activation, hidden);
            let parameters = parameters(&network, 5);
            let points = points::<T>(1, rows, 6);
            let mut engine = build(network.clone(), derivative_kernels()).expect("orders fit");
            let found: Vec<Vec<T>> = (0..2)
                .flat_map(|task| {
                    let batch = engine
                        .residuals(&convert(&parameters), task, &points)
                        .expect("shapes fit");
                    (0..8)
                        .map(move |r| batch.column(r).to_vec())
                        .collect::<Vec<_>>()
                })
                .collect();
            for (found, (field, order)) in found.iter().zip(DERIVATIVES) {
                let expected: Vec<f64> = (0..rows)
                    .map(|row| {
                        let at = point(&points, 0, row);
                        naive::derivative(&network, &parameters, &at, field, &order)
                    })
                    .collect();
                let what = format!("{activation:?} {hidden:?}, field {field}, order {order:?}");
                assert_close(found, &expected, tolerance::<T>(1e-9, 2e-4), &what);
            }
        }
    }
}

pub fn residuals_match_their_formulas<T: Real>(build: Build<T>) {
    let rows = 5;
    let network = network(Activation::Tanh, &[7, 5]);
    let parameters = parameters(&network, 7);
    let points = points::<T>(1, rows, 8);
    let mut engine = build(network.clone(), nonlinear_kernels()).expect("orders fit");
    let expected: Vec<Vec<f64>> = (0..rows)
        .map(|row| {
            let at = point(&points, 0, row);
            nonlinear_values(at, |field, order| {
                naive::derivative(&network, &parameters, &at, field, &order)
            })
        })
        .collect();
    let references = nonlinear_references();
    let mut number = 0;
    for (task, kernel) in nonlinear_kernels::<T>().iter().enumerate() {
        let batch = engine
            .residuals(&convert(&parameters), task, &points)
            .expect("shapes fit");
        assert_eq!(
            (batch.rows(), batch.residuals()),
            (rows, kernel.residuals())
        );
        for residual in 0..kernel.residuals() {
            let reference = references[number];
            let expected: Vec<f64> = expected.iter().map(|v| v[number] / reference).collect();
            let what = format!("residual {residual} of task {task}");
            assert_close(
                batch.column(residual),
                &expected,
                tolerance::<T>(1e-9, 1e-4),
                &what,
            );
            number += 1;
        }
    }
}

pub fn periodic_residuals_read_both_sites<T: Real>(build: Build<T>) {
    let rows = 5;
    let network = network(Activation::Sine, &[7]);
    let parameters = parameters(&network, 9);
    let points = points::<T>(2, rows, 10);
    let mut engine = build(network.clone(), periodic_kernels()).expect("orders fit");
    let batch = engine
        .residuals(&convert(&parameters), 0, &points)
        .expect("shapes fit");
    let (mut values, mut slopes) = (vec![], vec![]);
    for row in 0..rows {
        let d = |site, field, order_x| {
            let at = point(&points, site, row);
            naive::derivative(&network, &parameters, &at, field, &[order_x, 0, 0])
        };
        let position = point(&points, 1, row)[0];
        values.push(d(0, 0, 0) - d(1, 0, 0));
        slopes.push((d(0, 0, 1) * d(1, 1, 0) - position * d(1, 0, 1)).sin());
    }
    assert_close(
        batch.column(0),
        &values,
        tolerance::<T>(1e-9, 1e-4),
        "value",
    );
    assert_close(
        batch.column(1),
        &slopes,
        tolerance::<T>(1e-9, 1e-4),
        "slope",
    );
}

pub fn losses_are_mean_squares<T: Real>(build: Build<T>) {
    let network = network(Activation::Swish, &[7, 5]);
    let parameters = convert::<T>(&parameters(&network, 11));
    let points: Vec<Points<T>> = [1, 257, 1000].map(|rows| points(1, rows, 12)).to_vec();
    let mut engine = build(network, nonlinear_kernels()).expect("orders fit");
    let (losses, _) = evaluate(&mut *engine, &parameters, &points, &[1.0; 7]);
    let mut bare = vec![f64::NAN; 7];
    engine
        .loss(&parameters, &points, &[1.0; 7], &mut bare, None)
        .expect("shapes fit");
    assert_close(
        &bare,
        &losses,
        tolerance::<T>(1e-15, 1e-7),
        "without gradient",
    );
    let mut expected = vec![];
    for (task, points) in points.iter().enumerate() {
        let batch = engine
            .residuals(&parameters, task, points)
            .expect("shapes fit");
        for residual in 0..batch.residuals() {
            let squares = batch.column(residual).iter().map(|r| r.to_f64().powi(2));
            expected.push(squares.sum::<f64>() / points.rows() as f64);
        }
    }
    for (found, expected) in losses.iter().zip(&expected) {
        assert_close(&[*found], &[*expected], tolerance::<T>(1e-13, 2e-6), "loss");
    }
}

/// Central differences of fourth order of Σ weight · loss, by every parameter. In f32, where differences say
/// nothing, the gradient is compared with the one in f64 that has passed this test.
pub fn gradients_match_differences<T: Real>(build: Build<T>) {
    if T::NAME == "f32" {
        return gradients_match_double_precision(build);
    }
    type Case<'a, T> = (Activation, &'a [usize], Kernels<T>, Vec<Points<T>>);
    let mut cases: Vec<Case<T>> = vec![];
    for activation in ACTIVATIONS {
        let sets = || [5, 3, 2].map(|rows| points(1, rows, 14)).to_vec();
        cases.push((
            activation,
            &[5, 3],
            derivative_kernels(),
            sets()[..2].to_vec(),
        ));
        cases.push((activation, &[7], nonlinear_kernels(), sets()));
        cases.push((activation, &[4], periodic_kernels(), vec![points(2, 5, 15)]));
    }
    let all = || [1, 5, 7].map(|rows| points(1, rows, 16)).to_vec();
    cases.push((
        Activation::Tanh,
        &[3, 2, 4, 1, 3],
        nonlinear_kernels(),
        all(),
    ));
    cases.push((Activation::Gelu, &[1], nonlinear_kernels(), all()));
    cases.push((Activation::Tanh, &[33], nonlinear_kernels(), all()));
    for (activation, hidden, kernels, points) in cases {
        let network = network(activation, hidden);
        let parameters = parameters(&network, 13);
        let mut engine = build(network, kernels).expect("orders fit");
        let weights: Vec<f64> = (0..engine.losses()).map(|l| 0.3 + 0.2 * l as f64).collect();
        let (_, gradient) = evaluate(&mut *engine, &convert(&parameters), &points, &weights);
        let mut total = |parameter: usize, by: f64| -> f64 {
            let mut moved = parameters.clone();
            moved[parameter] += by;
            let mut losses = vec![f64::NAN; weights.len()];
            engine
                .loss(&convert(&moved), &points, &weights, &mut losses, None)
                .expect("shapes fit");
            losses.iter().zip(&weights).map(|(l, w)| l * w).sum()
        };
        let h = 1e-3;
        let differences: Vec<f64> = (0..gradient.len())
            .map(|p| {
                let near = total(p, h) - total(p, -h);
                let far = total(p, 2.0 * h) - total(p, -2.0 * h);
                (8.0 * near - far) / (12.0 * h)
            })
            .collect();
        let what = format!("{activation:?} {hidden:?}, {} losses", weights.len());
        assert_close(&gradient, &differences, 1e-8, &what);
    }
}

fn gradients_match_double_precision<T: Real>(build: Build<T>) {
    for activation in ACTIVATIONS {
        let network = network(activation, &[7, 5]);
        // Rounded first, so that both see the same numbers.
        let parameters = convert::<T>(&parameters(&network, 13));
        let exact: Vec<f64> = parameters.iter().map(|p| p.to_f64()).collect();
        let rows = [5, 3, 257];
        let mut double = TapeEngine::new(network.clone(), nonlinear_kernels()).expect("fits");
        let sets = rows.map(|rows| points(1, rows, 14));
        let (_, expected) = evaluate::<f64>(&mut double, &exact, &sets, &[1.0; 7]);
        let mut engine = build(network, nonlinear_kernels()).expect("orders fit");
        let sets = rows.map(|rows| points(1, rows, 14));
        let (_, gradient) = evaluate(&mut *engine, &parameters, &sets, &[1.0; 7]);
        assert_close(&gradient, &expected, 1e-5, &format!("{activation:?}"));
    }
}

pub fn gradients_are_linear_in_the_weights<T: Real>(build: Build<T>) {
    let network = network(Activation::Tanh, &[7, 5]);
    let parameters = convert::<T>(&parameters(&network, 17));
    let points = [5, 257, 33].map(|rows| points(1, rows, 18));
    let mut engine = build(network, nonlinear_kernels()).expect("orders fit");
    let weights = [0.5, 2.0, 0.25, 1.0, 3.0, 0.125, 4.0];
    let (losses, together) = evaluate(&mut *engine, &parameters, &points, &weights);
    let mut sum = vec![0.0; together.len()];
    for (number, weight) in weights.iter().enumerate() {
        let mut alone = [0.0; 7];
        alone[number] = 1.0;
        let (same, gradient) = evaluate(&mut *engine, &parameters, &points, &alone);
        assert_close(&same, &losses, tolerance::<T>(1e-15, 1e-7), "losses");
        for (sum, g) in sum.iter_mut().zip(&gradient) {
            *sum += weight * g.to_f64();
        }
    }
    assert_close(
        &together,
        &sum,
        tolerance::<T>(1e-13, 1e-5),
        "sum of gradients",
    );
}

pub fn a_zero_weight_removes_a_task<T: Real>(build: Build<T>) {
    let network = network(Activation::Gelu, &[7, 5]);
    let parameters = convert::<T>(&parameters(&network, 19));
    let sets = [5, 257, 33].map(|rows| points(1, rows, 20));
    let mut engine = build(network, nonlinear_kernels()).expect("orders fit");
    let weights = [1.0, 0.5, 2.0, 0.0, 0.0, 0.0, 1.0];
    let (_, gradient) = evaluate(&mut *engine, &parameters, &sets, &weights);
    let mut others = sets.clone();
    others[1] = points(1, 257, 21);
    let (losses, same) = evaluate(&mut *engine, &parameters, &others, &weights);
    assert_close(
        &gradient,
        &same.iter().map(|g| g.to_f64()).collect::<Vec<_>>(),
        tolerance::<T>(1e-15, 1e-7),
        "gradient with other points in the task of weight zero",
    );
    assert!(losses[3] > 0.0, "losses of weight zero are still computed");
    let (_, nothing) = evaluate(&mut *engine, &parameters, &sets, &[0.0; 7]);
    assert!(nothing.iter().all(|g| *g == T::ZERO));
}

pub fn calls_repeat_bit_for_bit<T: Real>(build: Build<T>) {
    let network = network(Activation::Tanh, &[33, 7]);
    let parameters = convert::<T>(&parameters(&network, 23));
    let points = [1000, 257, 5].map(|rows| points(1, rows, 24));
    let mut engine = build(network.clone(), nonlinear_kernels()).expect("orders fit");
    let first = evaluate(&mut *engine, &parameters, &points, &[1.0; 7]);
    // Another call in between must leave no trace.
    engine.fields(&parameters, &points[1]).expect("shapes fit");
    let second = evaluate(&mut *engine, &parameters, &points, &[1.0; 7]);
    assert_eq!(first, second);
    let mut fresh = build(network, nonlinear_kernels()).expect("orders fit");
    assert_eq!(
        first,
        evaluate(&mut *fresh, &parameters, &points, &[1.0; 7])
    );
}

pub fn wrong_shapes_are_refused<T: Real>(build: Build<T>) {
    let small = Network {
        outputs: 1,
        ..network(Activation::Tanh, &[3])
    };
    let refused = |result: Result<(), EngineError>, what: &str| {
        let shape = matches!(result, Err(EngineError::Shape { .. }));
        assert!(shape, "{what}: {result:?}");
    };
    let built = build(small, nonlinear_kernels());
    refused(built.map(|_| ()), "a field that the network lacks");
    let mut flat = network(Activation::Tanh, &[3]);
    flat.input_maps.pop();
    let built = build(flat, nonlinear_kernels());
    refused(built.map(|_| ()), "a coordinate that the network lacks");

    let network = network(Activation::Tanh, &[3]);
    let p = convert::<T>(&parameters(&network, 25));
    let kernels = nonlinear_kernels().into_iter().chain(periodic_kernels());
    let mut engine = build(network, kernels.collect()).expect("orders fit");
    let one = points::<T>(1, 5, 26);
    let two = points::<T>(2, 5, 27);
    let sets = [one.clone(), one.clone(), one.clone(), two.clone()];
    let mut call = |p: &[T], sets: &[Points<T>], weights: usize, losses: usize, gradient: usize| {
        engine.loss(
            p,
            sets,
            &vec![1.0; weights],
            &mut vec![0.0; losses],
            Some(&mut vec![T::ZERO; gradient]),
        )
    };
    let n = p.len();
    assert_eq!(call(&p, &sets, 9, 9, n), Ok(()));
    refused(call(&p[1..], &sets, 9, 9, n - 1), "parameters");
    refused(call(&p, &sets[1..], 9, 9, n), "point sets");
    refused(call(&p, &sets, 8, 9, n), "weights");
    refused(call(&p, &sets, 9, 10, n), "losses");
    refused(call(&p, &sets, 9, 9, n + 1), "gradient");
    let sites = [one.clone(), one.clone(), one.clone(), one.clone()];
    refused(call(&p, &sites, 9, 9, n), "sites");
    let planar = [Points::new(1, 2, 5), one.clone(), one.clone(), two.clone()];
    refused(call(&p, &planar, 9, 9, n), "coordinates");
    let none = [Points::new(1, 3, 0), one.clone(), one.clone(), two];
    refused(call(&p, &none, 9, 9, n), "no rows");
    assert_eq!(call(&p, &sets, 9, 9, n), Ok(()), "usable after errors");
    refused(engine.residuals(&p, 4, &one).map(|_| ()), "task");
    refused(engine.residuals(&p[1..], 0, &one).map(|_| ()), "parameters");
    refused(engine.residuals(&p, 3, &one).map(|_| ()), "sites");
    refused(engine.fields(&p[1..], &one).map(|_| ()), "parameters");
    refused(
        engine.fields(&p, &Points::new(1, 2, 5)).map(|_| ()),
        "coordinates",
    );
}

pub fn the_operation_passes_gradients_on<T: Real + Dtype>(build: Build<T>)
where
    Cpu: Device<T>,
{
    let network = network(Activation::Tanh, &[7, 5]);
    let p = convert::<T>(&parameters(&network, 29));
    let points = [5, 33, 7].map(|rows| points(1, rows, 30));
    let weights = [0.5, 2.0, 0.25, 1.0, 3.0, 0.125, 4.0];
    let mut engine = build(network, nonlinear_kernels()).expect("orders fit");
    let (losses, gradient) = evaluate(&mut *engine, &p, &points, &weights);
    let total: f64 = losses.iter().zip(&weights).map(|(l, w)| l * w).sum();

    let mut found = [0.0; 7];
    let mut through = vec![<T as Real>::ZERO; p.len()];
    let value = TapeObjective::new()
        .evaluate(
            &mut *engine,
            &p,
            &points,
            &weights,
            &mut found,
            &mut through,
        )
        .expect("shapes fit");
    assert_eq!((found.as_slice(), &through), (losses.as_slice(), &gradient));
    assert_eq!(value, <T as Real>::from_f64(total));

    // Inside a larger expression: (3·loss(2p/2))², by the chain rule.
    let device = Cpu::default();
    let leaf = device.tensor_from_vec(p.clone(), (p.len(),));
    let two = <T as Real>::from_f64(2.0);
    let traced = leaf.leaky_trace() * two / two;
    let loss = residual_loss(&mut *engine, traced, &points, &weights, &mut found);
    let outer = (loss.expect("shapes fit") * <T as Real>::from_f64(3.0)).square();
    let gradients = outer.backward().get(&leaf).as_vec();
    let expected: Vec<f64> = gradient
        .iter()
        .map(|g| 18.0 * total * Real::to_f64(*g))
        .collect();
    assert_close(
        &gradients,
        &expected,
        tolerance::<T>(1e-14, 1e-6),
        "chain rule",
    );

    let plain = residual_loss(&mut *engine, leaf, &points, &weights, &mut found);
    assert_eq!(plain.expect("shapes fit").array(), value);
    let short = device.tensor_from_vec(p[1..].to_vec(), (p.len() - 1,));
    let refused = residual_loss(&mut *engine, short, &points, &weights, &mut found);
    assert!(matches!(refused.err(), Some(EngineError::Shape { .. })));
}
