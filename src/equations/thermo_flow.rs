//! Steady incompressible flow with viscous heating in two space dimensions.

use super::PressureGradient;
use crate::registry::Pde;
use pinn_units::{Equations, equation, space2};
use uom::si::f64::*;

pinn_units::quantities! {
    /// A Newtonian liquid of constant properties.
    pub struct ThermoFlowQuantities {
        coordinates { x: Length, y: Length }
        fields { u: Velocity, v: Velocity, p: Pressure, T: ThermodynamicTemperature }
        parameters { rho: MassDensity, mu: DynamicViscosity, c_p: SpecificHeatCapacity, k: ThermalConductivity }
    }
}

/// Mass, momentum and energy with the dissipation Φ = 2 u_x² + 2 v_y² + (u_y + v_x)²
/// (Bird, Stewart & Lightfoot, *Transport Phenomena*, 2nd ed., tables B.6 and B.9).
pub struct ThermoFlow;

impl Pde for ThermoFlow {
    const NAME: &'static str = "thermo-flow";
    const SUMMARY: &'static str = "steady incompressible flow in a plane with viscous heating";
    type Quantities = ThermoFlowQuantities;

    fn residuals(s: ThermoFlowQuantities) -> impl Equations {
        let (u, v, p) = (s.u, s.v, s.p);
        let space = space2(s.x, s.y);
        let momentum = |w| s.rho * space.advect([u, v], w) - s.mu * space.laplacian(w);
        let shear = u.d(s.y) + v.d(s.x);
        let heating = s.mu * (2.0 * (u.d(s.x).squared() + v.d(s.y).squared()) + shear.squared());
        let carried = s.rho * s.c_p * space.advect([u, v], s.T);
        let energy = carried - s.k * space.laplacian(s.T) - heating;
        (
            equation::<Frequency, _>("continuity", space.div([u, v])),
            equation::<PressureGradient, _>("momentum x", momentum(u) + p.d(s.x)),
            equation::<PressureGradient, _>("momentum y", momentum(v) + p.d(s.y)),
            equation::<VolumetricPowerDensity, _>("energy", energy),
        )
    }
}
