//! Products on tensor cores: how many digits they keep, and that they are used.

use crate::emulated::{Emulated, LIMITS, Order};
use crate::generated::{all, kernels, sets};
use crate::networks::{network, networks, parameters};
use crate::problems::*;
use crate::suite::{distance, evaluate};
use pinn::engine::codegen::{GeneratedEngine, Limits, Machine, Products};
use pinn::engine::fused::FusedEngine;
use pinn::expr::Real;
use pinn::network::Network;
use pinn::network::activation::Activation;

/// Those of the suite three times as wide: as they are, they are narrower than the units' fragments.
pub fn wide() -> Vec<(String, Network)> {
    let mut networks = networks();
    for (_, network) in &mut networks {
        for width in &mut network.hidden {
            *width *= 3;
        }
        if let Some(fourier) = &mut network.embedding.fourier {
            fourier.features *= 3;
        }
    }
    networks
}

const PRODUCTS: [Products; 3] = [Products::Plain, Products::Tf32Split, Products::Tf32];

type Results = Vec<(String, Vec<f32>)>;

fn results<M: Machine>(
    machine: M,
    network: &Network,
    parameters: &[f32],
    products: Products,
) -> Results {
    let kernels = kernels::<f32>(false);
    let sets = sets(&kernels);
    let counts: Vec<usize> = kernels.iter().map(|kernel| kernel.residuals()).collect();
    let engine = GeneratedEngine::with_products(machine, network.clone(), kernels, products);
    let mut engine = engine.unwrap_or_else(|error| panic!("{error}"));
    all(&mut engine, parameters, &sets, &counts)
}

fn in_f64(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|x| x.to_f64()).collect()
}

/// Plain, split and rounded factors on three machines, against f64: beyond twice the error of plain ones, split factors
/// lose at most 2e-6 of anything, or what the machine's other arithmetic may lose; rounded ones up to a hundredth, and more
/// than f32 would.
pub fn keep_digits<M: Machine>(
    name: &str,
    network: &Network,
    machines: [M; 3],
    other: f64,
) -> [Results; 3] {
    let parameters = convert::<f32>(&parameters(network, 81));
    let kernels = kernels::<f64>(false);
    let sets = sets(&kernels);
    let counts: Vec<usize> = kernels.iter().map(|kernel| kernel.residuals()).collect();
    let mut fused = FusedEngine::new(network.clone(), kernels, 1).expect("orders fit");
    let exact = all(&mut fused, &in_f64(&parameters), &sets, &counts);
    let mut machines = machines.into_iter();
    let found = PRODUCTS.map(|products| {
        let machine = machines.next().expect("three machines");
        results(machine, network, &parameters, products)
    });
    let mut most: f64 = 0.0;
    for (n, (what, exact)) in exact.iter().enumerate() {
        let [plain, split, rounded] = [0, 1, 2].map(|k| distance(&in_f64(&found[k][n].1), exact));
        assert!(
            split <= 2.0 * plain + other.max(2e-6),
            "{name}: {what}: {split:e} where plain products have {plain:e}"
        );
        assert!(rounded <= 1e-2, "{name}: {what}: {rounded:e}");
        if what == "fields" {
            assert_eq!(found[0][n], found[1][n], "{name}: solutions are plain");
            assert_eq!(found[0][n], found[2][n], "{name}: solutions are plain");
        }
        most = most.max(rounded);
    }
    assert!(most >= 2e-4, "{name}: {most:e} is less than 11 bits lose");
    found
}

fn emulated(order: Order) -> Emulated {
    Emulated::new(LIMITS, order)
}

#[test]
fn split_factors_keep_the_digits_of_f32_and_rounded_ones_lose_some() {
    for (name, network) in wide().into_iter().step_by(11) {
        let found = keep_digits(&name, &network, [Order::Ascending; 3].map(emulated), 0.0);
        let parameters = convert::<f32>(&parameters(&network, 81));
        for (products, found) in PRODUCTS.into_iter().zip(found).skip(1) {
            let other = results(emulated(Order::Descending), &network, &parameters, products);
            assert!(
                found == other,
                "{name}: {products:?}: lanes disturb each other"
            );
        }
    }
}

#[test]
fn units_read_what_lies_outside_of_shared_memory_too() {
    let limits = Limits {
        shared: 1 << 12,
        ..LIMITS
    };
    let machines = [Order::Ascending; 3].map(|order| Emulated::new(limits, order));
    keep_digits(
        "wide",
        &network(Activation::Tanh, &[37, 64, 9]),
        machines,
        0.0,
    );
}

#[test]
fn without_units_and_in_f64_products_are_plain() {
    let network = network(Activation::Tanh, &[24, 24]);
    let source = |machine| {
        let kernels = kernels::<f32>(false);
        let engine =
            GeneratedEngine::with_products(machine, network.clone(), kernels, Products::Tf32);
        engine.expect("it compiles").source().contains("SPLIT")
    };
    let without = Limits {
        tensor_cores: false,
        ..LIMITS
    };
    assert!(source(emulated(Order::Ascending)));
    assert!(!source(Emulated::new(without, Order::Ascending)));
    let machine = emulated(Order::Ascending);
    let kernels = kernels::<f64>(false);
    let engine = GeneratedEngine::with_products(machine, network.clone(), kernels, Products::Tf32);
    assert!(!engine.expect("it compiles").source().contains("SPLIT"));
}

/// Errors of losses and gradient of one equation with tanh 4×64, with the tiles of a GPU: a row of the table in README.md
/// for each kind of products.
fn digits(name: &str, form: Form) -> [[f64; 2]; 3] {
    let network = network(Activation::Tanh, &[64; 4]);
    let parameters = convert::<f32>(&parameters(&network, 81));
    let mut fused = FusedEngine::new(network.clone(), vec![form.compile()], 1).expect("orders fit");
    let sets = [points::<f64>(1, 300, 7)];
    let exact = evaluate(&mut fused, &in_f64(&parameters), &sets, &[1.0]);
    let limits = Limits {
        threads: 256,
        shared: 227 << 10,
        reserved: 1 << 10,
        ..LIMITS
    };
    PRODUCTS.map(|products| {
        let machine = Emulated::new(limits, Order::Ascending);
        let kernels = vec![form.compile()];
        let engine = GeneratedEngine::with_products(machine, network.clone(), kernels, products);
        let mut engine = engine.unwrap_or_else(|error| panic!("{error}"));
        let sets = [points::<f32>(1, 300, 7)];
        let (losses, gradient) = evaluate(&mut engine, &parameters, &sets, &[1.0]);
        let errors = [
            distance(&losses, &exact.0),
            distance(&in_f64(&gradient), &exact.1),
        ];
        println!(
            "{name}, {products:?}: losses {:.1e}, gradient {:.1e}",
            errors[0], errors[1]
        );
        errors
    })
}

#[test]
fn digits_of_losses_and_gradients() {
    let heat =
        nondimensional(|Cube { x, y, z, u, .. }| (u.d(z) - 0.2 * (u.d(x).d(x) + u.d(y).d(y)),));
    let fourth = nondimensional(|Cube { x, z, u, .. }| {
        (u.d(z) + u * u.d(x) + u.d(x).d(x) + 0.3 * u.d(x).d(x).d(x).d(x),)
    });
    for [plain, split, rounded] in [digits("heat", heat), digits("Kuramoto–Sivashinsky", fourth)]
    {
        for k in 0..2 {
            assert!(split[k] <= 2.0 * plain[k] + 1e-6);
            assert!(rounded[k] > split[k] && rounded[k] <= 1e-2);
        }
    }
}
