//! Sound of one frequency in a plane.

use crate::registry::Pde;
use pinn_units::{Equations, Q, Quantity, Quot, equation, space2};
use uom::si::f64::*;

pinn_units::quantities! {
    /// The pressure amplitude of a standing wave; loudspeakers are sources of `wave`.
    pub struct Helmholtz2dQuantities {
        coordinates { x: Length, y: Length }
        fields { p: Pressure }
        parameters { kappa: ReciprocalLength }
    }
}

/// Pa/m²
type PressureCurvature = Q<Quot<<Pressure as Quantity>::Dim, <Area as Quantity>::Dim>>;

/// ∇²p + κ² p = 0 with the wavenumber κ = ω/c (Morse & Ingard, *Theoretical Acoustics*, §7.1).
pub struct Helmholtz2d;

impl Pde for Helmholtz2d {
    const NAME: &'static str = "helmholtz-2d";
    const SUMMARY: &'static str = "sound of one frequency in a plane: p_xx + p_yy + kappa^2 p = 0";
    type Quantities = Helmholtz2dQuantities;

    fn residuals(s: Helmholtz2dQuantities) -> impl Equations {
        let bent = space2(s.x, s.y).laplacian(s.p);
        (equation::<PressureCurvature, _>(
            "wave",
            bent + s.kappa * s.kappa * s.p,
        ),)
    }
}
