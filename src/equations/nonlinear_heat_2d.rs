//! Heat conduction in a plane with a conductivity that depends on temperature.

use crate::registry::Pde;
use pinn_units::{Equations, equation, space2};
use uom::si::f64::*;

pinn_units::quantities! {
    /// The conductivity is k_0 (1 + β (T − T_0)); heat that is released inside is a source of `energy`.
    pub struct NonlinearHeat2dQuantities {
        coordinates { t: Time, x: Length, y: Length }
        fields { T: ThermodynamicTemperature }
        parameters {
            rho: MassDensity, c_p: SpecificHeatCapacity, k_0: ThermalConductivity,
            beta: TemperatureCoefficient, T_0: ThermodynamicTemperature
        }
    }
}

/// ρ c_p ∂T/∂t = ∇·(k(T) ∇T) (Carslaw & Jaeger, *Conduction of Heat in Solids*, §1.6).
pub struct NonlinearHeat2d;

impl Pde for NonlinearHeat2d {
    const NAME: &'static str = "nonlinear-heat-2d";
    const SUMMARY: &'static str = "heat conduction in a plane with k = k_0 (1 + beta (T - T_0))";
    type Quantities = NonlinearHeat2dQuantities;

    fn residuals(s: NonlinearHeat2dQuantities) -> impl Equations {
        let space = space2(s.x, s.y);
        let conductivity = s.k_0 * (1.0 + s.beta * (s.T - s.T_0));
        let conducted = space.div(space.grad(s.T).map(|slope| conductivity * slope));
        let stored = s.rho * s.c_p * s.T.d(s.t);
        (equation::<VolumetricPowerDensity, _>(
            "energy",
            stored - conducted,
        ),)
    }
}
