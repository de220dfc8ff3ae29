//! Waves along a line.

use crate::registry::Pde;
use pinn_units::{Equations, equation};
use uom::si::f64::*;

pinn_units::quantities! {
    /// The displacement of a taut string.
    pub struct Wave1dQuantities {
        coordinates { t: Time, x: Length }
        fields { u: Length }
        parameters { c: Velocity }
    }
}

/// ∂²u/∂t² = c² ∂²u/∂x² (Morse & Ingard, *Theoretical Acoustics*, §4.1).
pub struct Wave1d;

impl Pde for Wave1d {
    const NAME: &'static str = "wave-1d";
    const SUMMARY: &'static str = "waves along a string: u_tt = c^2 u_xx";
    type Quantities = Wave1dQuantities;

    fn residuals(s: Wave1dQuantities) -> impl Equations {
        let bent = s.c * s.c * s.u.d(s.x).d(s.x);
        (equation::<Acceleration, _>(
            "force",
            s.u.d(s.t).d(s.t) - bent,
        ),)
    }
}
