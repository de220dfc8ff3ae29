//! Heat conduction in one space dimension.

use crate::registry::Pde;
use pinn_units::{Equations, equation};
use uom::si::f64::*;

pinn_units::quantities! {
    /// Fourier's law in a body of constant properties, with heat released at the rate `q` per volume.
    pub struct Heat1dQuantities {
        coordinates { t: Time, x: Length }
        fields { T: ThermodynamicTemperature }
        parameters {
            rho: MassDensity, c_p: SpecificHeatCapacity, k: ThermalConductivity, q: VolumetricPowerDensity,
        }
    }
}

/// ρ c_p ∂T/∂t = k ∂²T/∂x² + q (Carslaw & Jaeger, *Conduction of Heat in Solids*, 2nd ed., §1.6).
pub struct Heat1d;

impl Pde for Heat1d {
    const NAME: &'static str = "heat-1d";
    const SUMMARY: &'static str = "heat conduction in a plate: rho c_p T_t = k T_xx + q";
    type Quantities = Heat1dQuantities;

    fn residuals(s: Heat1dQuantities) -> impl Equations {
        let stored = s.rho * s.c_p * s.T.d(s.t);
        let conducted = s.k * s.T.d(s.x).d(s.x);
        (equation::<VolumetricPowerDensity, _>(
            "heat",
            stored - conducted - s.q,
        ),)
    }
}
