//! Derivatives and gradients against differences and closed forms, on every instruction set.

use super::*;
use std::slice::from_ref;

/// Largest relative difference of the gradient from central differences of fourth order, along every
/// parameter.
fn gradient_error(
    network: &Network,
    kernels: &[Kernel<f64, Nondimensional>],
    points: &[Points<f64>],
    set: InstructionSet,
) -> f64 {
    let mut engine =
        FusedEngine::with_instructions(network.clone(), kernels.to_vec(), 1, set).unwrap();
    let at = parameters::<f64>(network);
    let exact = evaluate(&mut engine, &at, points).gradient;
    let weights: Vec<f64> = (0..engine.losses()).map(|n| 1.0 + 0.5 * n as f64).collect();
    let mut total = |parameters: &[f64]| {
        let mut losses = vec![0.0; engine.losses()];
        engine
            .loss(parameters, points, &weights, &mut losses, None)
            .unwrap();
        losses.iter().zip(&weights).map(|(l, w)| l * w).sum::<f64>()
    };
    let size = exact.iter().fold(0.0f64, |a, g| a.max(g.abs()));
    let h = 1e-3;
    let mut error = 0.0f64;
    for n in 0..at.len() {
        let mut moved = |step: f64| {
            let mut parameters = at.clone();
            parameters[n] += step * h;
            total(&parameters)
        };
        let difference =
            (8.0 * (moved(1.0) - moved(-1.0)) - (moved(2.0) - moved(-2.0))) / (12.0 * h);
        error = error.max((difference - exact[n]).abs() / size);
    }
    error
}

#[test]
fn gradients_agree_with_finite_differences_for_all_activations_and_orders() {
    let orders: [&[&[u8]]; 6] = [
        &[&[0, 0]],
        &[&[1, 0], &[0, 1], &[0, 0]],
        &[&[2, 0], &[0, 1]],
        &[&[1, 1], &[0, 2]],
        &[&[3, 0], &[1, 2]],
        &[&[4, 0], &[2, 2], &[1, 0]],
    ];
    for activation in ACTIVATIONS {
        let network = network(2, &[5, 7], 1, activation);
        for orders in orders {
            let kernel = kernel(2, 1, |g| vec![quadratic(g, orders)]);
            let points = points(1, 2, 9);
            for set in InstructionSet::available() {
                let error = gradient_error(&network, from_ref(&kernel), from_ref(&points), set);
                assert!(
                    error < 1e-6,
                    "{activation:?} {orders:?} {}: {error:e}",
                    set.name()
                );
            }
        }
    }
}

#[test]
fn gradients_of_several_tasks_sites_and_fields_agree_with_finite_differences() {
    let network = network(3, &[6, 4, 5], 2, Activation::Tanh);
    for set in InstructionSet::available() {
        let error = gradient_error(&network, &coupled(), &coupled_points(10), set);
        assert!(error < 1e-6, "{}: {error:e}", set.name());
    }
}

/// Derivatives of each order agree with central differences of the next lower ones.
#[test]
fn derivatives_agree_with_finite_differences_of_lower_ones() {
    let orders: [&[u8]; 12] = [
        &[0, 0],
        &[1, 0],
        &[0, 1],
        &[2, 0],
        &[1, 1],
        &[0, 2],
        &[3, 0],
        &[2, 1],
        &[1, 2],
        &[4, 0],
        &[2, 2],
        &[1, 3],
    ];
    // (derivative, lower derivative, coordinate along which that is differentiated)
    let pairs = [
        (1, 0, 0),
        (2, 0, 1),
        (3, 1, 0),
        (4, 1, 1),
        (5, 2, 1),
        (6, 3, 0),
        (7, 3, 1),
        (8, 4, 1),
        (9, 6, 0),
        (10, 7, 1),
        (11, 8, 1),
    ];
    for activation in ACTIVATIONS {
        let network = network(2, &[6, 5, 4], 1, activation);
        let at = parameters::<f64>(&network);
        let kernel = kernel(2, 1, |g| {
            orders.map(|order| derivative(g, 0, 0, order)).to_vec()
        });
        for set in InstructionSet::available() {
            let kernels = vec![kernel.clone()];
            let mut engine =
                FusedEngine::with_instructions(network.clone(), kernels, 1, set).unwrap();
            let rows = 17;
            let mut shifted = |coordinate: usize, by: f64| {
                let mut points = points::<f64>(1, 2, rows);
                for x in points.column_mut(0, coordinate) {
                    *x += by;
                }
                engine.residuals(&at, 0, &points).unwrap()
            };
            let here = shifted(0, 0.0);
            let h = 1e-3;
            for coordinate in 0..2 {
                let [a, b, c, d] = [-2.0, -1.0, 1.0, 2.0].map(|n| shifted(coordinate, n * h));
                for (high, low, _) in pairs.iter().filter(|p| p.2 == coordinate) {
                    for row in 0..rows {
                        let at = |batch: &Batch<f64, Nondimensional>| batch.column(*low)[row];
                        let difference =
                            (at(&a) - 8.0 * at(&b) + 8.0 * at(&c) - at(&d)) / (12.0 * h);
                        let exact = here.column(*high)[row];
                        assert!(
                            (difference - exact).abs() < 1e-8 * (1.0 + exact.abs()),
                            "{activation:?} {:?} {}: {exact} {difference}",
                            orders[*high],
                            set.name(),
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_sine_of_a_plane_wave_has_its_exact_derivatives() {
    let mut network = network(2, &[1], 1, Activation::Sine);
    network.input_maps[0] = InputMap {
        scale: 2.5,
        shift: 0.0,
    };
    network.input_maps[1] = InputMap {
        scale: -0.5,
        shift: 0.0,
    };
    let kernel = kernel(2, 1, |g| {
        vec![
            derivative(g, 0, 0, &[1, 0]),
            derivative(g, 0, 0, &[0, 1]),
            derivative(g, 0, 0, &[2, 2]),
        ]
    });
    let mut engine = FusedEngine::<f64>::new(network, vec![kernel], 1).unwrap();
    // z = x̂₀ + 2x̂₁ with x̂ = map(x): u = sin(2.5x − y), so u_xxyy = 6.25 sin(2.5x − y).
    let at = [1.0, 2.0, 0.0, 1.0, 0.0];
    let points = points(1, 2, 50);
    let batch = engine.residuals(&at, 0, &points).unwrap();
    for row in 0..50 {
        let (x, y) = (points.column(0, 0)[row], points.column(0, 1)[row]);
        let z = 2.5 * x - y;
        assert!((batch.column(0)[row] - 2.5 * z.cos()).abs() < 1e-14);
        assert!((batch.column(1)[row] + z.cos()).abs() < 1e-14);
        assert!((batch.column(2)[row] - 6.25 * z.sin()).abs() < 1e-12);
    }
}
