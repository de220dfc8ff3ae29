//! The Korteweg–de Vries equation.

use crate::registry::Pde;
use pinn_units::{Equations, equation};
use uom::si::f64::*;

pinn_units::quantities! {
    /// Long waves, seen by an observer who moves with the longest; u is 3/2 of the excess speed.
    pub struct KortewegDeVriesQuantities {
        coordinates { t: Time, x: Length }
        fields { u: Velocity }
        parameters { beta: VolumeRate }
    }
}

/// ∂u/∂t + u ∂u/∂x + β ∂³u/∂x³ = 0 (Zabusky & Kruskal, *Phys. Rev. Lett.* 15, 1965, eq. 1; β = δ²).
pub struct KortewegDeVries;

impl Pde for KortewegDeVries {
    const NAME: &'static str = "korteweg-de-vries";
    const SUMMARY: &'static str = "long waves with dispersion: u_t + u u_x + beta u_xxx = 0";
    type Quantities = KortewegDeVriesQuantities;

    fn residuals(s: KortewegDeVriesQuantities) -> impl Equations {
        let carried = s.u.d(s.t) + s.u * s.u.d(s.x);
        let dispersed = s.beta * s.u.d(s.x).d(s.x).d(s.x);
        (equation::<Acceleration, _>("momentum", carried + dispersed),)
    }
}
