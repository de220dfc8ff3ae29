//! Steady incompressible flow in space.

use super::PressureGradient;
use crate::registry::Pde;
use pinn_units::{Equations, equation, space3};
use uom::si::f64::*;

pinn_units::quantities! {
    /// A Newtonian fluid of constant properties; p is free of the hydrostatic part.
    pub struct NavierStokes3dQuantities {
        coordinates { x: Length, y: Length, z: Length }
        fields { u: Velocity, v: Velocity, w: Velocity, p: Pressure }
        parameters { rho: MassDensity, mu: DynamicViscosity }
    }
}

/// ∇·v = 0 and ρ (v·∇)v = −∇p + μ ∇²v (Bird, Stewart & Lightfoot, *Transport Phenomena*, 2nd ed., table B.6).
pub struct NavierStokes3d;

impl Pde for NavierStokes3d {
    const NAME: &'static str = "navier-stokes-3d";
    const SUMMARY: &'static str = "steady incompressible flow in space";
    type Quantities = NavierStokes3dQuantities;

    fn residuals(s: NavierStokes3dQuantities) -> impl Equations {
        let flow = [s.u, s.v, s.w];
        let space = space3(s.x, s.y, s.z);
        let momentum = |w| s.rho * space.advect(flow, w) - s.mu * space.laplacian(w);
        (
            equation::<Frequency, _>("continuity", space.div(flow)),
            equation::<PressureGradient, _>("momentum x", momentum(s.u) + s.p.d(s.x)),
            equation::<PressureGradient, _>("momentum y", momentum(s.v) + s.p.d(s.y)),
            equation::<PressureGradient, _>("momentum z", momentum(s.w) + s.p.d(s.z)),
        )
    }
}
