//! Steady incompressible flow in a plane.

use super::PressureGradient;
use crate::registry::Pde;
use pinn_units::{Equations, equation, space2};
use uom::si::f64::*;

pinn_units::quantities! {
    /// A Newtonian fluid of constant properties; p is free of the hydrostatic part.
    pub struct NavierStokes2dQuantities {
        coordinates { x: Length, y: Length }
        fields { u: Velocity, v: Velocity, p: Pressure }
        parameters { rho: MassDensity, mu: DynamicViscosity }
    }
}

/// ∇·v = 0 and ρ (v·∇)v = −∇p + μ ∇²v (Bird, Stewart & Lightfoot, *Transport Phenomena*, 2nd ed., table B.6).
pub struct NavierStokes2d;

impl Pde for NavierStokes2d {
    const NAME: &'static str = "navier-stokes-2d";
    const SUMMARY: &'static str = "steady incompressible flow in a plane";
    type Quantities = NavierStokes2dQuantities;

    fn residuals(s: NavierStokes2dQuantities) -> impl Equations {
        let flow = [s.u, s.v];
        let space = space2(s.x, s.y);
        let momentum = |w| s.rho * space.advect(flow, w) - s.mu * space.laplacian(w);
        (
            equation::<Frequency, _>("continuity", space.div(flow)),
            equation::<PressureGradient, _>("momentum x", momentum(s.u) + s.p.d(s.x)),
            equation::<PressureGradient, _>("momentum y", momentum(s.v) + s.p.d(s.y)),
        )
    }
}
