//! The nonlinear Schrödinger equation.

use crate::registry::Pde;
use pinn_units::{Equations, equation};
use uom::si::f64::*;

pinn_units::quantities! {
    /// The envelope u + iv of a wave train.
    pub struct NonlinearSchroedingerQuantities {
        coordinates { t: Time, x: Length }
        fields { u: Ratio, v: Ratio }
        parameters { D: DiffusionCoefficient, rate: Frequency }
    }
}

/// i ∂h/∂t + D ∂²h/∂x² + r |h|² h = 0 for h = u + iv (Zakharov & Shabat, *Soviet Physics JETP* 34, 1972, eq. 1).
pub struct NonlinearSchroedinger;

impl Pde for NonlinearSchroedinger {
    const NAME: &'static str = "nonlinear-schroedinger";
    const SUMMARY: &'static str =
        "envelope of a wave train: i h_t + D h_xx + rate |h|^2 h = 0, h = u + i v";
    type Quantities = NonlinearSchroedingerQuantities;

    fn residuals(s: NonlinearSchroedingerQuantities) -> impl Equations {
        let (u, v) = (s.u, s.v);
        let focus = s.rate * (u * u + v * v);
        let dispersed = |part| s.D * part;
        (
            equation::<Frequency, _>("real", dispersed(u.d(s.x).d(s.x)) + focus * u - v.d(s.t)),
            equation::<Frequency, _>(
                "imaginary",
                dispersed(v.d(s.x).d(s.x)) + focus * v + u.d(s.t),
            ),
        )
    }
}
