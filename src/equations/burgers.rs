//! Burgers' equation.

use crate::registry::Pde;
use pinn_units::{Equations, equation};
use uom::si::f64::*;

pinn_units::quantities! {
    /// A velocity that carries itself, with friction.
    pub struct BurgersQuantities {
        coordinates { t: Time, x: Length }
        fields { u: Velocity }
        parameters { nu: KinematicViscosity }
    }
}

/// ∂u/∂t + u ∂u/∂x = ν ∂²u/∂x² (Burgers, *Advances in Applied Mechanics* 1, 1948).
pub struct Burgers;

impl Pde for Burgers {
    const NAME: &'static str = "burgers";
    const SUMMARY: &'static str = "a velocity that carries itself: u_t + u u_x = nu u_xx";
    type Quantities = BurgersQuantities;

    fn residuals(s: BurgersQuantities) -> impl Equations {
        let carried = s.u.d(s.t) + s.u * s.u.d(s.x);
        let friction = s.nu * s.u.d(s.x).d(s.x);
        (equation::<Acceleration, _>("momentum", carried - friction),)
    }
}
