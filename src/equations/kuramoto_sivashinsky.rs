//! The Kuramoto–Sivashinsky equation.

use crate::registry::Pde;
use pinn_units::{Equations, Prod, Q, Quantity, equation};
use uom::si::f64::*;

/// Coefficient of a fourth derivative, in m⁴/s.
pub type Stiffness = Q<Prod<<DiffusionCoefficient as Quantity>::Dim, <Area as Quantity>::Dim>>;

pinn_units::quantities! {
    /// The slope of a flame front: long waves grow, short ones are damped.
    pub struct KuramotoSivashinskyQuantities {
        coordinates { t: Time, x: Length }
        fields { u: Velocity }
        parameters { nu: DiffusionCoefficient, kappa: Stiffness }
    }
}

/// ∂u/∂t + u ∂u/∂x + ν ∂²u/∂x² + κ ∂⁴u/∂x⁴ = 0 (Sivashinsky, *Acta Astronautica* 4, 1977; Kuramoto & Tsuzuki,
/// *Prog. Theor. Phys.* 55, 1976).
pub struct KuramotoSivashinsky;

impl Pde for KuramotoSivashinsky {
    const NAME: &'static str = "kuramoto-sivashinsky";
    const SUMMARY: &'static str = "flame fronts: u_t + u u_x + nu u_xx + kappa u_xxxx = 0";
    type Quantities = KuramotoSivashinskyQuantities;

    fn residuals(s: KuramotoSivashinskyQuantities) -> impl Equations {
        let carried = s.u.d(s.t) + s.u * s.u.d(s.x);
        let bent = s.u.d(s.x).d(s.x);
        (equation::<Acceleration, _>(
            "front",
            carried + s.nu * bent + s.kappa * bent.d(s.x).d(s.x),
        ),)
    }
}
