//! Generated source on the CPU against the fused engine.

use crate::emulated::{Emulated, LIMITS, Order};
use crate::networks::{network, networks, parameters};
use crate::problems::*;
use crate::suite::{distance, evaluate, residuals};
use pinn::engine::codegen::{GeneratedEngine, Limits};
use pinn::engine::fused::{FusedEngine, Instantiated};
use pinn::engine::{Columns, Linearised};
use pinn::expr::Real;
use pinn::geometry::points::Points;
use pinn::network::Network;
use pinn::network::activation::Activation;

/// All derivatives, or only those that operators and two sites need.
pub fn kernels<T: Real>(every: bool) -> Kernels<T> {
    let problems = if every {
        problems().into()
    } else {
        vec![operators()]
    };
    let kernels = problems.iter().flat_map(|problem| problem.kernels());
    kernels.chain(periodic_kernels()).collect()
}

pub fn sets<T: Real>(kernels: &Kernels<T>) -> Vec<Points<T>> {
    let rows = [37, 130, 1, 5].into_iter().cycle();
    let sets = kernels.iter().zip(rows).zip(60..);
    sets.map(|((kernel, rows), seed)| points(kernel.sites(), rows, seed))
        .collect()
}

fn generated<T: Real + bytemuck::Pod>(
    network: Network,
    kernels: Kernels<T>,
    order: Order,
    limits: Limits,
) -> GeneratedEngine<T, Emulated> {
    let engine = GeneratedEngine::new(Emulated::new(limits, order), network, kernels);
    engine.unwrap_or_else(|error| panic!("{error}"))
}

/// Everything that an engine gives.
pub fn all<T: Real>(
    engine: &mut dyn Linearised<T>,
    parameters: &[T],
    sets: &[Points<T>],
    counts: &[usize],
) -> Vec<(String, Vec<T>)> {
    let weights: Vec<f64> = (0..engine.losses()).map(|n| 0.5 + n as f64 / 8.0).collect();
    let mut results = Vec::new();
    let (losses, gradient) = evaluate(engine, parameters, sets, &weights);
    let losses = losses.into_iter().map(T::from_f64).collect();
    results.push(("losses".to_string(), losses));
    results.push(("gradient".to_string(), gradient));
    let fields = engine.fields(parameters, &sets[0]).expect("shapes fit");
    results.push(("fields".to_string(), fields));
    for (task, points) in sets.iter().enumerate() {
        let found = residuals(engine, parameters, task, points);
        results.push((format!("residuals {task}"), found));
        let few = points.range(0..points.rows().min(5));
        let rows = counts[task] * few.rows();
        let mut jacobian = vec![T::ZERO; rows * parameters.len()];
        engine
            .jacobian(parameters, task, &few, Columns::All, &mut jacobian)
            .expect("shapes fit");
        let vector: Vec<T> = (0..parameters.len())
            .map(|i| T::from_f64((i as f64).sin()))
            .collect();
        let mut product = vec![T::ZERO; rows];
        engine
            .jacobian_vector(parameters, task, &few, &vector, &mut product)
            .expect("shapes fit");
        let seeds: Vec<T> = (0..rows).map(|i| T::from_f64((i as f64).cos())).collect();
        let mut back = vec![T::ZERO; parameters.len()];
        engine
            .vector_jacobian(parameters, task, &few, &seeds, &mut back)
            .expect("shapes fit");
        results.push((format!("Jacobian {task}"), jacobian));
        results.push((format!("J·v {task}"), product));
        results.push((format!("Jᵀ·u {task}"), back));
    }
    results
}

fn agrees<T: Real + bytemuck::Pod + Instantiated>(
    name: &str,
    network: Network,
    kernels: Kernels<T>,
    limits: Limits,
    bound: f64,
) {
    let sets = sets(&kernels);
    let counts: Vec<usize> = kernels.iter().map(|kernel| kernel.residuals()).collect();
    let parameters = convert::<T>(&parameters(&network, 81));
    let mut fused = FusedEngine::new(network.clone(), kernels.clone(), 1).expect("orders fit");
    let expected = all(&mut fused, &parameters, &sets, &counts);
    let found = [Order::Ascending, Order::Descending].map(|order| {
        let mut engine = generated(network.clone(), kernels.clone(), order, limits);
        all(&mut engine, &parameters, &sets, &counts)
    });
    for ((what, found), (_, expected)) in found[0].iter().zip(&expected) {
        let error = distance(found, expected);
        assert!(error <= bound, "{name}: {what} differ by {error:e}");
    }
    assert!(found[0] == found[1], "{name}: threads disturb each other");
}

#[test]
fn every_network_gives_what_the_fused_engine_gives() {
    for (name, network) in networks() {
        agrees::<f64>(&name, network, kernels(false), LIMITS, 1e-11);
    }
}

#[test]
fn every_derivative_passes_through_activations_and_norms() {
    for (name, network) in networks().into_iter().take(5) {
        agrees::<f64>(&name, network, kernels(true), LIMITS, 1e-11);
    }
}

#[test]
fn single_precision_too() {
    for (name, network) in networks().into_iter().step_by(5) {
        agrees::<f32>(&name, network, kernels(false), LIMITS, 1e-4);
    }
}

#[test]
fn wide_networks_find_room_outside_of_shared_memory() {
    let limits = Limits {
        shared: 1 << 12,
        ..LIMITS
    };
    let network = network(Activation::Tanh, &[37, 64, 5]);
    agrees::<f64>("wide", network, kernels(false), limits, 1e-11);
}
