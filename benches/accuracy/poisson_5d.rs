//! Poisson's equation in five dimensions: an equation of one's own beside those of the toolkit.

use pinn::pinn::registry::Pde;
use pinn::units::{Equations, equation};
use uom::si::f64::*;

pinn::quantities! {
    /// A potential in five dimensions; charges are sources of `charge`.
    pub struct Poisson5dQuantities {
        coordinates { a: Length, b: Length, c: Length, d: Length, e: Length }
        fields { phi: ElectricPotential }
        parameters { epsilon: ElectricPermittivity }
    }
}

/// −ε ∇²φ = ρ.
pub struct Poisson5d;

impl Pde for Poisson5d {
    const NAME: &'static str = "poisson-5d";
    const SUMMARY: &'static str = "a potential in five dimensions";
    type Quantities = Poisson5dQuantities;

    fn residuals(s: Poisson5dQuantities) -> impl Equations {
        let second = |coordinate| s.phi.d(coordinate).d(coordinate);
        let laplacian = second(s.a) + second(s.b) + second(s.c) + second(s.d) + second(s.e);
        (equation::<ElectricChargeVolumetricDensity, _>(
            "charge",
            -(s.epsilon * laplacian),
        ),)
    }
}
