//! A thin elastic sheet under load in its plane.

use super::PressureGradient;
use crate::registry::Pde;
use pinn_units::{Equations, equation};
use uom::si::f64::*;

pinn_units::quantities! {
    /// Displacements u and v under plane stress; forces per volume are sources.
    pub struct PlaneElasticityQuantities {
        coordinates { x: Length, y: Length }
        fields { u: Length, v: Length }
        parameters { E: Pressure, nu: Ratio }
    }
}

/// Equilibrium ∇·σ = 0 with Hooke's law for plane stress (Timoshenko & Goodier, *Theory of Elasticity*, 3rd ed., §11
/// and §17).
pub struct PlaneElasticity;

impl Pde for PlaneElasticity {
    const NAME: &'static str = "plane-elasticity";
    const SUMMARY: &'static str = "a thin elastic sheet: div sigma = 0 under plane stress";
    type Quantities = PlaneElasticityQuantities;

    fn residuals(s: PlaneElasticityQuantities) -> impl Equations {
        let (x, y, nu) = (s.x, s.y, s.nu);
        let (strain_x, strain_y) = (s.u.d(x), s.v.d(y));
        let modulus = s.E / (1.0 - nu * nu);
        let stress_x = modulus * (strain_x + nu * strain_y);
        let stress_y = modulus * (strain_y + nu * strain_x);
        let shear = s.E / (2.0 * (1.0 + nu)) * (s.u.d(y) + s.v.d(x));
        (
            equation::<PressureGradient, _>("force x", stress_x.d(x) + shear.d(y)),
            equation::<PressureGradient, _>("force y", shear.d(x) + stress_y.d(y)),
        )
    }
}
