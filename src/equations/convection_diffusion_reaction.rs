//! Transport with growth.

use crate::registry::Pde;
use pinn_units::{Equations, equation};
use uom::si::f64::*;

pinn_units::quantities! {
    /// A fraction that is carried along, spreads, and grows towards 1.
    pub struct ConvectionDiffusionReactionQuantities {
        coordinates { t: Time, x: Length }
        fields { u: Ratio }
        parameters { beta: Velocity, nu: DiffusionCoefficient, rho: Frequency }
    }
}

/// ∂u/∂t + β ∂u/∂x = ν ∂²u/∂x² + ρ u (1 − u), Fisher's equation in a current (Krishnapriyan et al., *Characterizing
/// possible failure modes in physics-informed neural networks*, NeurIPS 2021, section 3, for its parts). A part is left
/// out by a zero.
pub struct ConvectionDiffusionReaction;

impl Pde for ConvectionDiffusionReaction {
    const NAME: &'static str = "convection-diffusion-reaction";
    const SUMMARY: &'static str = "transport with growth: u_t + beta u_x = nu u_xx + rho u (1 - u)";
    type Quantities = ConvectionDiffusionReactionQuantities;

    fn residuals(s: ConvectionDiffusionReactionQuantities) -> impl Equations {
        let carried = s.beta * s.u.d(s.x);
        let spread = s.nu * s.u.d(s.x).d(s.x);
        let growth = s.rho * (s.u - s.u * s.u);
        (equation::<Frequency, _>(
            "transport",
            s.u.d(s.t) + carried - spread - growth,
        ),)
    }
}
