//! A dissolved substance in a current.

use crate::registry::Pde;
use pinn_units::{Equations, Q, Quantity, Quot, equation, space2};
use uom::si::f64::*;

pinn_units::quantities! {
    /// A concentration that is carried along, spreads and decays.
    pub struct AdvectionDiffusionReaction2dQuantities {
        coordinates { t: Time, x: Length, y: Length }
        fields { c: MolarConcentration }
        parameters { u: Velocity, v: Velocity, D: DiffusionCoefficient, rate: Frequency }
    }
}

/// mol/(m³ s)
type Production = Q<Quot<<MolarConcentration as Quantity>::Dim, <Time as Quantity>::Dim>>;

/// ∂c/∂t + u ∂c/∂x + v ∂c/∂y = D ∇²c − r c (Bird, Stewart & Lightfoot, *Transport Phenomena*, 2nd ed., eq. 19.1-18).
pub struct AdvectionDiffusionReaction2d;

impl Pde for AdvectionDiffusionReaction2d {
    const NAME: &'static str = "advection-diffusion-reaction-2d";
    const SUMMARY: &'static str =
        "a substance in a current: c_t + u c_x + v c_y = D (c_xx + c_yy) - rate c";
    type Quantities = AdvectionDiffusionReaction2dQuantities;

    fn residuals(s: AdvectionDiffusionReaction2dQuantities) -> impl Equations {
        let space = space2(s.x, s.y);
        let carried = s.c.d(s.t) + space.advect([s.u, s.v], s.c);
        let spread = s.D * space.laplacian(s.c);
        (equation::<Production, _>(
            "amount",
            carried - spread + s.rate * s.c,
        ),)
    }
}
