//! What the interface promises of every call.

use super::{Build, assert_close, evaluate, exact, tolerance};
use crate::networks::{network, networks, parameters};
use crate::problems::*;
use dfdx::prelude::*;
use pinn::engine::EngineError;
use pinn::engine::operation::{TapeObjective, residual_loss};
use pinn::expr::Real;
use pinn::geometry::points::Points;
use pinn::network::Network;
use pinn::network::activation::Activation;
use pinn::units::Kernel;

pub fn gradients_are_linear_in_the_weights<T: Real>(build: Build<T>) {
    for (name, network) in networks() {
        let parameters = convert::<T>(&parameters(&network, 17));
        let points = point_sets(&[5, 257, 33], 18);
        let mut engine = build(network, nonlinear().kernels()).expect("orders fit");
        let weights = [0.5, 2.0, 0.25, 1.0, 3.0, 0.125, 4.0];
        let (losses, together) = evaluate(&mut *engine, &parameters, &points, &weights);
        let mut sum = vec![0.0; together.len()];
        for (number, weight) in weights.iter().enumerate() {
            let mut alone = [0.0; 7];
            alone[number] = 1.0;
            let (same, gradient) = evaluate(&mut *engine, &parameters, &points, &alone);
            assert_close(&same, &losses, tolerance::<T>(1e-15, 1e-7), &name);
            for (sum, g) in sum.iter_mut().zip(&gradient) {
                *sum += weight * g.to_f64();
            }
        }
        assert_close(&together, &sum, tolerance::<T>(1e-13, 1e-5), &name);
    }
}

pub fn a_zero_weight_removes_a_task<T: Real>(build: Build<T>) {
    let network = network(Activation::Gelu, &[7, 5]);
    let parameters = convert::<T>(&parameters(&network, 19));
    let sets = [5, 257, 33].map(|rows| points(1, rows, 20));
    let mut engine = build(network, nonlinear().kernels()).expect("orders fit");
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

/// Residuals on operators are the residuals on single derivatives.
pub fn collapsed_kernels_give_the_same<T: Real>(build: Build<T>) {
    for (name, network) in networks() {
        let parameters = convert::<T>(&parameters(&network, 71));
        for problem in problems() {
            let kernels: Kernels<T> = problem.kernels();
            let points = point_sets(&[5, 3, 2][..kernels.len()], 72);
            let collapsed = kernels.iter().map(Kernel::collapsed).collect();
            let mut whole = build(network.clone(), kernels).expect("orders fit");
            let mut gathered = build(network.clone(), collapsed).expect("orders fit");
            let weights = vec![1.0; whole.losses()];
            let (losses, gradient) = evaluate(&mut *whole, &parameters, &points, &weights);
            let (same, other) = evaluate(&mut *gathered, &parameters, &points, &weights);
            let what = format!("{name}: {}", problem.name);
            for (found, expected) in same.iter().zip(&losses) {
                assert_close(&[*found], &[*expected], tolerance::<T>(1e-11, 1e-3), &what);
            }
            assert_close(
                &other,
                &exact(&gradient),
                tolerance::<T>(1e-11, 1e-4),
                &what,
            );
        }
    }
}

pub fn calls_repeat_bit_for_bit<T: Real>(build: Build<T>) {
    let mut cases = networks();
    cases.push(("wide".to_string(), network(Activation::Tanh, &[33, 7])));
    for (name, network) in cases {
        let parameters = convert::<T>(&parameters(&network, 23));
        let points = point_sets(&[1000, 257, 5], 24);
        let mut engine = build(network.clone(), nonlinear().kernels()).expect("orders fit");
        let first = evaluate(&mut *engine, &parameters, &points, &[1.0; 7]);
        // Another call in between must leave no trace.
        engine.fields(&parameters, &points[1]).expect("shapes fit");
        let second = evaluate(&mut *engine, &parameters, &points, &[1.0; 7]);
        assert_eq!(first, second, "{name}");
        let mut fresh = build(network, nonlinear().kernels()).expect("orders fit");
        let third = evaluate(&mut *fresh, &parameters, &points, &[1.0; 7]);
        assert_eq!(first, third, "{name}");
    }
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
    let built = build(small, nonlinear().kernels());
    refused(built.map(|_| ()), "a field that the network lacks");
    let mut flat = network(Activation::Tanh, &[3]);
    flat.input_maps.pop();
    let built = build(flat, nonlinear().kernels());
    refused(built.map(|_| ()), "a coordinate that the network lacks");

    let network = network(Activation::Tanh, &[3]);
    let p = convert::<T>(&parameters(&network, 25));
    let kernels = nonlinear().kernels().into_iter().chain(periodic_kernels());
    let mut engine = build(network, kernels.collect()).expect("orders fit");
    let one = points::<T>(1, 5, 26);
    let two = points::<T>(2, 5, 27);
    let sets = [one.clone(), one.clone(), one.clone(), two.clone()];
    let mut call = |p: &[T], sets: &[Points<T>], weights: usize, losses: usize, gradient: usize| {
        let (mut losses, mut gradient) = (vec![0.0; losses], vec![T::ZERO; gradient]);
        let weights = vec![1.0; weights];
        let value = engine.loss(p, sets, &weights, &mut losses, Some(&mut gradient));
        value.map(|_| ())
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
    let mut uneven = sets.clone();
    uneven[0].weigh(std::iter::repeat_n(T::ONE, 4));
    refused(call(&p, &uneven, 9, 9, n), "weights of points");
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
    let mut engine = build(network, nonlinear().kernels()).expect("orders fit");
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
    let error = (value - total).abs();
    assert!(error <= 1e-15 * total, "{value} {total}");

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
    let expected = <T as Real>::from_f64(value);
    assert_eq!(plain.expect("shapes fit").array(), expected);
    let short = device.tensor_from_vec(p[1..].to_vec(), (p.len() - 1,));
    let refused = residual_loss(&mut *engine, short, &points, &weights, &mut found);
    assert!(matches!(refused.err(), Some(EngineError::Shape { .. })));
}
