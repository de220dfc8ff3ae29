//! Products on matrix units, emulated.

use crate::emulated::{Emulated, LIMITS, Order};
use crate::generated::{all, kernels, sets};
use crate::networks::{networks, parameters};
use crate::problems::*;
use crate::suite::distance;
use pinn::expr::Real;
use pinn::pinn::engine::fused::FusedEngine;
use pinn::pinn::engine::generated::{GeneratedEngine, Products};
use pinn::pinn::network::Network;

/// Those of the suite three times as wide: as they are, they are narrower than the units' fragments.
fn wide() -> Vec<(String, Network)> {
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

#[test]
fn measure() {
    for (name, network) in wide().into_iter() {
        let sets32 = sets(&kernels::<f32>(false));
        let sets64 = sets(&kernels::<f64>(false));
        let kernels32 = kernels::<f32>(false);
        let counts: Vec<usize> = kernels32.iter().map(|kernel| kernel.residuals()).collect();
        let parameters = convert::<f32>(&parameters(&network, 81));
        let parameters64: Vec<f64> = parameters.iter().map(|x| x.to_f64()).collect();
        let mut fused = FusedEngine::new(network.clone(), kernels::<f64>(false), 1).expect("orders fit");
        let expected = all(&mut fused, &parameters64, &sets64, &counts);
        let start = std::time::Instant::now();
        let found = [Products::Plain, Products::Tf32Split, Products::Tf32].map(|products| {
            let machine = Emulated::new(LIMITS, Order::Ascending);
            let mut engine = GeneratedEngine::<f32, _>::with_products(machine, network.clone(), kernels32.clone(), products).unwrap();
            all(&mut engine, &parameters, &sets32, &counts)
        });
        println!("{name} {:.1?}", start.elapsed());
        for (n, (what, expected)) in expected.iter().enumerate() {
            let error = |k: usize| {
                let f: Vec<f64> = found[k][n].1.iter().map(|x: &f32| x.to_f64()).collect();
                distance(&f, expected)
            };
            println!("  {what:14} {:.1e} {:.1e} {:.1e}", error(0), error(1), error(2));
        }
    }
}
