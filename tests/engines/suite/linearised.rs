//! The Jacobian of the residuals by the parameters: rows and products.

use super::{
    Build, assert_close, assert_close_on_scale, difference, evaluate, exact, largest, moved,
    residuals, tolerance,
};
use crate::networks::{circuit, direction, groups, network, networks, parameters};
use crate::problems::*;
use pinn::engine::tape::TapeEngine;
use pinn::engine::{Columns, EngineError, Linearised};
use pinn::expr::Real;
use pinn::geometry::points::Points;
use pinn::network::activation::Activation;

const ROWS: usize = 3;

/// Kernels and points of every task: one site, two sites.
fn tasks<T: Real>() -> (Kernels<T>, Vec<Points<T>>) {
    let kernels = operators().kernels().into_iter();
    let kernels = kernels
        .chain(nonlinear().kernels())
        .chain(periodic_kernels());
    let kernels: Kernels<T> = kernels.collect();
    let sites = kernels.iter().map(|kernel| kernel.sites());
    let points = sites.map(|sites| points(sites, ROWS, 51)).collect();
    (kernels, points)
}

fn jacobian<T: Real>(
    engine: &mut (impl Linearised<T> + ?Sized),
    parameters: &[T],
    task: usize,
    points: &Points<T>,
    residuals: usize,
) -> Vec<T> {
    let mut jacobian = vec![T::from_f64(f64::NAN); residuals * points.rows() * parameters.len()];
    engine
        .jacobian(parameters, task, points, Columns::All, &mut jacobian)
        .expect("shapes fit");
    jacobian
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// In f32 the rows are compared with those in f64 that have passed this test.
pub fn rows_of_the_jacobian_match_differences<T: Real>(build: Build<T>) {
    for (name, network) in networks() {
        let circuit = circuit(&network);
        let (kernels, points) = tasks::<T>();
        let (double, doubles) = tasks::<f64>();
        let parameters = convert::<T>(&parameters(&network, 52));
        let mut engine = build(network.clone(), kernels.clone()).expect("orders fit");
        let mut reference = TapeEngine::new(network, double).expect("orders fit");
        for (task, points) in points.iter().enumerate() {
            let count = kernels[task].residuals();
            let found = exact(&jacobian(&mut *engine, &parameters, task, points, count));
            let rounded = exact(&parameters);
            let largest = largest(&found);
            let columns = parameters.len();
            if T::NAME == "f32" {
                let expected = jacobian(&mut reference, &rounded, task, &doubles[task], count);
                let rows = found.chunks(columns).zip(expected.chunks(columns));
                for (row, (found, expected)) in rows.enumerate() {
                    let what = format!("{name}, task {task}, row {row}");
                    assert_close(found, expected, 1e-4, &what);
                }
                continue;
            }
            for (group, range) in groups(&circuit) {
                let along = direction(columns, range, 53);
                let expected = difference(|step| {
                    let parameters = moved(&rounded, &along, step);
                    exact(&residuals(&mut *engine, &parameters, task, points))
                });
                let products: Vec<f64> = found.chunks(columns).map(|r| dot(r, &along)).collect();
                for (residual, found) in products.chunks(ROWS).enumerate() {
                    let expected = &expected[residual * ROWS..][..ROWS];
                    let what = format!("{name}, task {task}, residual {residual}, {group}");
                    assert_close_on_scale(found, expected, 1e-7, 0.01 * largest, &what);
                }
            }
        }
    }
}

pub fn products_match_the_rows<T: Real>(build: Build<T>) {
    for (name, network) in networks() {
        let (kernels, points) = tasks::<T>();
        let parameters = convert::<T>(&parameters(&network, 54));
        let mut engine = build(network, kernels.clone()).expect("orders fit");
        for (task, points) in points.iter().enumerate() {
            let columns = parameters.len();
            let rows = kernels[task].residuals() * ROWS;
            let count = kernels[task].residuals();
            let jacobian = exact(&jacobian(&mut *engine, &parameters, task, points, count));
            let bound = tolerance::<T>(1e-12, 1e-4);

            let vector = convert::<T>(&direction(columns, 0..columns, 55));
            let mut product = vec![T::from_f64(f64::NAN); rows];
            engine
                .jacobian_vector(&parameters, task, points, &vector, &mut product)
                .expect("shapes fit");
            let vector = exact(&vector);
            let expected: Vec<f64> = jacobian.chunks(columns).map(|r| dot(r, &vector)).collect();
            assert_close(
                &product,
                &expected,
                bound,
                &format!("{name}, J·v, task {task}"),
            );

            let vector = convert::<T>(&direction(rows, 0..rows, 56));
            let mut product = vec![T::from_f64(f64::NAN); columns];
            engine
                .vector_jacobian(&parameters, task, points, &vector, &mut product)
                .expect("shapes fit");
            let mut expected = vec![0.0; columns];
            for (row, u) in jacobian.chunks(columns).zip(&vector) {
                for (sum, entry) in expected.iter_mut().zip(row) {
                    *sum += u.to_f64() * entry;
                }
            }
            assert_close(
                &product,
                &expected,
                bound,
                &format!("{name}, Jᵀ·u, task {task}"),
            );
        }
    }
}

/// ∇ Σ w·loss = Jᵀ·(2·w·r/n), on more points than a block holds.
pub fn the_gradient_is_a_product<T: Real>(build: Build<T>) {
    for (name, network) in networks() {
        let kernels = vec![operators().kernels::<T>().remove(1)];
        let parameters = convert::<T>(&parameters(&network, 57));
        let mut engine = build(network, kernels).expect("orders fit");
        let points = [points::<T>(1, 257, 58)];
        let weights = [0.4, 1.7];
        let (_, gradient) = evaluate(&mut *engine, &parameters, &points, &weights);
        let rows = points[0].rows();
        let residuals = residuals(&mut *engine, &parameters, 0, &points[0]);
        let seeds: Vec<T> = (0..residuals.len())
            .map(|i| {
                let factor = 2.0 * weights[i / rows] / rows as f64;
                T::from_f64(factor * residuals[i].to_f64())
            })
            .collect();
        let mut product = vec![T::from_f64(f64::NAN); parameters.len()];
        engine
            .vector_jacobian(&parameters, 0, &points[0], &seeds, &mut product)
            .expect("shapes fit");
        let bound = tolerance::<T>(1e-12, 1e-4);
        assert_close(&product, &exact(&gradient), bound, &name);
    }
}

/// With weights at points: losses stay as they are, and ∇ Σ w·⟨w_point·r²⟩ = Jᵀ·(2·w·w_point·r/n).
pub fn points_weigh_what_is_optimised_alone<T: Real>(build: Build<T>) {
    let network = networks().remove(0).1;
    let kernels = vec![operators().kernels::<T>().remove(1)];
    let parameters = convert::<T>(&parameters(&network, 61));
    let mut engine = build(network, kernels).expect("orders fit");
    let mut points = [points::<T>(1, 257, 62)];
    let weights = [0.4, 1.7];
    let (plain, _) = evaluate(&mut *engine, &parameters, &points, &weights);
    let rows = points[0].rows();
    let at_points: Vec<f64> = (0..2 * rows).map(|i| (i % 7) as f64 / 3.0).collect();
    points[0].weigh(at_points.iter().map(|w| T::from_f64(*w)));
    let (losses, gradient) = evaluate(&mut *engine, &parameters, &points, &weights);
    assert_eq!(losses, plain);
    let value = engine.loss(&parameters, &points, &weights, &mut [0.0; 2], None);

    let residuals = residuals(&mut *engine, &parameters, 0, &points[0]);
    let factors = (0..residuals.len()).map(|i| weights[i / rows] * at_points[i] / rows as f64);
    let pairs: Vec<(f64, f64)> = factors.zip(exact(&residuals)).collect();
    let expected: f64 = pairs.iter().map(|(factor, r)| factor * r * r).sum();
    let bound = tolerance::<T>(1e-12, 1e-5);
    assert!((value.expect("shapes fit") - expected).abs() <= bound * expected);
    let seeds: Vec<T> = pairs
        .iter()
        .map(|(f, r)| T::from_f64(2.0 * f * r))
        .collect();
    let mut product = vec![T::from_f64(f64::NAN); parameters.len()];
    engine
        .vector_jacobian(&parameters, 0, &points[0], &seeds, &mut product)
        .expect("shapes fit");
    let bound = tolerance::<T>(1e-12, 1e-4);
    assert_close(&product, &exact(&gradient), bound, "weights of points");
}

pub fn products_refuse_wrong_shapes<T: Real>(build: Build<T>) {
    let network = network(Activation::Tanh, &[3]);
    let p = convert::<T>(&parameters(&network, 59));
    let kernels = vec![operators().kernels().remove(1)];
    let mut engine = build(network, kernels).expect("orders fit");
    let (two, n) = (points::<T>(1, 2, 60), p.len());
    let refused = |result: Result<(), EngineError>, what: &str| {
        let shape = matches!(result, Err(EngineError::Shape { .. }));
        assert!(shape, "{what}: {result:?}");
    };
    let zeros = |length| vec![T::ZERO; length];
    let mut products = |p: &[T], task, points: &Points<T>, residuals: usize, columns: usize| {
        let (mut r, mut g) = (zeros(residuals), zeros(columns));
        let (seeds, vector) = (zeros(residuals), zeros(columns));
        let mut all = zeros(residuals * columns);
        [
            engine.jacobian_vector(p, task, points, &vector, &mut r),
            engine.vector_jacobian(p, task, points, &seeds, &mut g),
            engine.jacobian(p, task, points, Columns::All, &mut all),
        ]
    };
    assert_eq!(products(&p, 0, &two, 4, n), [Ok(()), Ok(()), Ok(())]);
    let planar = Points::new(1, 2, 2);
    let none = Points::new(1, 3, 0);
    let cases = [
        (products(&p, 1, &two, 4, n), "task"),
        (products(&p[1..], 0, &two, 4, n - 1), "parameters"),
        (products(&p, 0, &two, 5, n), "residuals"),
        (products(&p, 0, &two, 4, n + 1), "columns"),
        (products(&p, 0, &planar, 4, n), "coordinates"),
        (products(&p, 0, &none, 0, n), "rows"),
    ];
    for (results, what) in cases {
        for result in results {
            refused(result, what);
        }
    }
}
