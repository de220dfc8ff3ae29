//! Unsteady incompressible flow in space.

use super::PressureGradient;
use crate::registry::Pde;
use pinn_units::{Equations, Of, equation, space3};
use uom::si::f64::*;

pinn_units::quantities! {
    /// A Newtonian fluid of constant properties; p is free of the hydrostatic part.
    pub struct NavierStokes3dUnsteadyQuantities {
        coordinates { t: Time, x: Length, y: Length, z: Length }
        fields { u: Velocity, v: Velocity, w: Velocity, p: Pressure }
        parameters { rho: MassDensity, mu: DynamicViscosity }
    }
}

/// ∇·v = 0 and ρ (∂v/∂t + (v·∇)v) = −∇p + μ ∇²v (Bird, Stewart & Lightfoot, *Transport Phenomena*, 2nd ed., table B.6).
pub struct NavierStokes3dUnsteady;

impl Pde for NavierStokes3dUnsteady {
    const NAME: &'static str = "navier-stokes-3d-unsteady";
    const SUMMARY: &'static str = "unsteady incompressible flow in space";
    type Quantities = NavierStokes3dUnsteadyQuantities;

    fn residuals(s: NavierStokes3dUnsteadyQuantities) -> impl Equations {
        let flow = [s.u, s.v, s.w];
        let space = space3(s.x, s.y, s.z);
        let momentum = |w: Of<Velocity>| {
            s.rho * (w.d(s.t) + space.advect(flow, w)) - s.mu * space.laplacian(w)
        };
        (
            equation::<Frequency, _>("continuity", space.div(flow)),
            equation::<PressureGradient, _>("momentum x", momentum(s.u) + s.p.d(s.x)),
            equation::<PressureGradient, _>("momentum y", momentum(s.v) + s.p.d(s.y)),
            equation::<PressureGradient, _>("momentum z", momentum(s.w) + s.p.d(s.z)),
        )
    }
}
