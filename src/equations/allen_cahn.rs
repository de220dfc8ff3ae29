//! The Allen–Cahn equation.

use crate::registry::Pde;
use pinn_units::{Equations, equation};
use uom::si::f64::*;

pinn_units::quantities! {
    /// An order parameter between the phases −1 and 1.
    pub struct AllenCahnQuantities {
        coordinates { t: Time, x: Length }
        fields { u: Ratio }
        parameters { D: DiffusionCoefficient, rate: Frequency }
    }
}

/// ∂u/∂t = D ∂²u/∂x² + r (u − u³) (Allen & Cahn, *Acta Metallurgica* 27, 1979, eq. 11).
pub struct AllenCahn;

impl Pde for AllenCahn {
    const NAME: &'static str = "allen-cahn";
    const SUMMARY: &'static str = "separation of two phases: u_t = D u_xx + rate (u - u^3)";
    type Quantities = AllenCahnQuantities;

    fn residuals(s: AllenCahnQuantities) -> impl Equations {
        let spread = s.D * s.u.d(s.x).d(s.x);
        let reaction = s.rate * (s.u - s.u * s.u * s.u);
        (equation::<Frequency, _>(
            "phase",
            s.u.d(s.t) - spread - reaction,
        ),)
    }
}
