//! Electrostatics in a plane.

use crate::registry::Pde;
use pinn_units::{Equations, equation, space2};
use uom::si::f64::*;

pinn_units::quantities! {
    /// A dielectric of constant permittivity; charges are sources of `charge`.
    pub struct Poisson2dQuantities {
        coordinates { x: Length, y: Length }
        fields { phi: ElectricPotential }
        parameters { epsilon: ElectricPermittivity }
    }
}

/// −ε ∇²φ = ρ (Jackson, *Classical Electrodynamics*, 3rd ed., §1.7).
pub struct Poisson2d;

impl Pde for Poisson2d {
    const NAME: &'static str = "poisson-2d";
    const SUMMARY: &'static str =
        "electrostatics in a plane: -epsilon (phi_xx + phi_yy) = charge density";
    type Quantities = Poisson2dQuantities;

    fn residuals(s: Poisson2dQuantities) -> impl Equations {
        let divergence = s.epsilon * space2(s.x, s.y).laplacian(s.phi);
        (equation::<ElectricChargeVolumetricDensity, _>(
            "charge",
            -divergence,
        ),)
    }
}
