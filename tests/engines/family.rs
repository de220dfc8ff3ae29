//! Families of generated networks, whatever engine their members run on.

use crate::emulated::{Emulated, LIMITS, Order};
use crate::networks::network;
use crate::problems::*;
use crate::suite::{Build, Built, distance, evaluate, residuals};
use pinn::engine::codegen::GeneratedEngine;
use pinn::engine::fused::{FusedEngine, Instantiated};
use pinn::engine::{Columns, Engine, Linearised};
use pinn::expr::Real;
use pinn::geometry::domain::Interval;
use pinn::geometry::points::Points;
use pinn::hyper::settings::HypernetworkSettings;
use pinn::hyper::{FamilyEngine, Hypernetwork};
use pinn::network::activation::Activation;

/// Points of three members: behind the coordinates stands the ranged parameter.
fn members<T: Real>(rows: usize, seed: u64) -> Points<T> {
    let all = points::<T>(1, 3 * rows, seed);
    let mut points = Points::new(1, 4, 3 * rows);
    for c in 0..3 {
        points.column_mut(0, c).copy_from_slice(all.column(0, c));
    }
    for (row, value) in points.column_mut(0, 3).iter_mut().enumerate() {
        *value = T::from_f64([-0.5, 0.25, 0.75][row / rows]);
    }
    points
}

/// A family whose members run on another engine, and one on the fused engine: losses, gradients, residuals, fields and
/// the Jacobian.
pub fn agree<T: Instantiated>(other: Build<T>, bound: f64) {
    let network = network(Activation::Tanh, &[9, 6]);
    let kernels: Kernels<T> = operators().kernels();
    let circuit = network.circuit().expect("a network");
    let settings = HypernetworkSettings {
        hidden: vec![5],
        ..HypernetworkSettings::default()
    };
    let interval = Interval {
        lower: -1.0,
        upper: 1.0,
    };
    let hyper = Hypernetwork::new(&settings, &circuit, vec![interval]).expect("it can be");
    let parameters: Vec<T> = convert(&hyper.initialise(&circuit, 5));
    let rows = [21, 4, 6].into_iter().zip(90..);
    let points: Vec<Points<T>> = rows
        .take(kernels.len())
        .map(|(rows, seed)| members(rows, seed))
        .collect();
    let family = |member: Build<T>| {
        let member = || member(network.clone(), kernels.clone());
        FamilyEngine::new(hyper.clone(), member, 1).expect("orders fit")
    };
    let all = |mut engine: FamilyEngine<T>| {
        let weights = vec![0.7; engine.losses()];
        let (losses, gradient) = evaluate(&mut engine, &parameters, &points, &weights);
        let found = residuals(&mut engine, &parameters, 0, &points[0]);
        let fields = engine.fields(&parameters, &points[0]).expect("shapes fit");
        let few = points[0].range(19..23);
        let mut jacobian = vec![T::ZERO; found.len() / 63 * 4 * parameters.len()];
        let rows = engine.jacobian(&parameters, 0, &few, Columns::All, &mut jacobian);
        rows.expect("shapes fit");
        [convert(&losses), gradient, found, fields, jacobian]
    };
    let fused =
        |network, kernels| -> Built<T> { Ok(Box::new(FusedEngine::new(network, kernels, 1)?)) };
    let expected = all(family(&fused));
    let found = all(family(other));
    let names = ["losses", "gradient", "residuals", "fields", "Jacobian"];
    for ((name, found), expected) in names.iter().zip(&found).zip(&expected) {
        let error = distance(found, expected);
        assert!(error <= bound, "{name} differ by {error:e}");
    }
}

#[test]
fn members_on_generated_source_agree_with_the_fused_engine() {
    let generated = |network, kernels| -> Built<f64> {
        let machine = Emulated::new(LIMITS, Order::Ascending);
        Ok(Box::new(GeneratedEngine::new(machine, network, kernels)?))
    };
    agree::<f64>(&generated, 1e-11);
}
