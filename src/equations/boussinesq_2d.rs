//! Steady natural convection in a plane.

use super::PressureGradient;
use crate::registry::Pde;
use pinn_units::{Equations, equation, space2};
use uom::si::f64::*;

pinn_units::quantities! {
    /// A fluid that is lighter where it is warmer; p is the pressure beyond the hydrostatic one at T_0, y points up.
    pub struct Boussinesq2dQuantities {
        coordinates { x: Length, y: Length }
        fields { u: Velocity, v: Velocity, p: Pressure, T: ThermodynamicTemperature }
        parameters {
            rho: MassDensity, mu: DynamicViscosity, k: ThermalConductivity, c_p: SpecificHeatCapacity,
            beta: TemperatureCoefficient, g: Acceleration, T_0: ThermodynamicTemperature
        }
    }
}

/// Mass, momentum with the buoyancy ρ g β (T − T_0), and energy (Boussinesq's approximation: Bird, Stewart & Lightfoot,
/// *Transport Phenomena*, 2nd ed., eqs. 11.3-1 and 11.3-2).
pub struct Boussinesq2d;

impl Pde for Boussinesq2d {
    const NAME: &'static str = "boussinesq-2d";
    const SUMMARY: &'static str = "steady natural convection in a plane";
    type Quantities = Boussinesq2dQuantities;

    fn residuals(s: Boussinesq2dQuantities) -> impl Equations {
        let flow = [s.u, s.v];
        let space = space2(s.x, s.y);
        let momentum = |w| s.rho * space.advect(flow, w) - s.mu * space.laplacian(w);
        let buoyancy = s.rho * s.g * s.beta * (s.T - s.T_0);
        let carried = s.rho * s.c_p * space.advect(flow, s.T);
        let energy = carried - s.k * space.laplacian(s.T);
        (
            equation::<Frequency, _>("continuity", space.div(flow)),
            equation::<PressureGradient, _>("momentum x", momentum(s.u) + s.p.d(s.x)),
            equation::<PressureGradient, _>("momentum y", momentum(s.v) + s.p.d(s.y) - buoyancy),
            equation::<VolumetricPowerDensity, _>("energy", energy),
        )
    }
}
