//! Heat conduction in two space dimensions.

use crate::registry::Pde;
use pinn_units::{Equations, equation, space2};
use uom::si::f64::*;

pinn_units::quantities! {
    /// Fourier's law in a body of constant properties, with heat released at the rate `q` per volume.
    pub struct Heat2dQuantities {
        coordinates { t: Time, x: Length, y: Length }
        fields { T: ThermodynamicTemperature }
        parameters {
            rho: MassDensity, c_p: SpecificHeatCapacity, k: ThermalConductivity, q: VolumetricPowerDensity,
        }
    }
}

/// ρ c_p ∂T/∂t = k ∇²T + q (Carslaw & Jaeger, *Conduction of Heat in Solids*, 2nd ed., §1.6).
pub struct Heat2d;

impl Pde for Heat2d {
    const NAME: &'static str = "heat-2d";
    const SUMMARY: &'static str =
        "heat conduction in a cross-section: rho c_p T_t = k (T_xx + T_yy) + q";
    type Quantities = Heat2dQuantities;

    fn residuals(s: Heat2dQuantities) -> impl Equations {
        let stored = s.rho * s.c_p * s.T.d(s.t);
        let conducted = s.k * space2(s.x, s.y).laplacian(s.T);
        (equation::<VolumetricPowerDensity, _>(
            "heat",
            stored - conducted - s.q,
        ),)
    }
}
