//! Electromagnetic waves in a plane, the electric field in it.

use crate::registry::Pde;
use pinn_units::{Equations, Q, Quantity, Quot, equation};
use uom::si::f64::*;

pinn_units::quantities! {
    /// A dielectric of constant ε and μ.
    pub struct MaxwellTeQuantities {
        coordinates { t: Time, x: Length, y: Length }
        fields { E_x: ElectricField, E_y: ElectricField, H_z: MagneticFieldStrength }
        parameters { epsilon: ElectricPermittivity, mu: MagneticPermeability }
    }
}

/// V/m²
type Induction = Q<Quot<<ElectricField as Quantity>::Dim, <Length as Quantity>::Dim>>;

/// Ampère's and Faraday's laws, transverse electric in z (Jackson, *Classical Electrodynamics*, 3rd ed., §8.2).
pub struct MaxwellTe;

impl Pde for MaxwellTe {
    const NAME: &'static str = "maxwell-te";
    const SUMMARY: &'static str = "electromagnetic waves in a plane with E_x, E_y and H_z";
    type Quantities = MaxwellTeQuantities;

    fn residuals(s: MaxwellTeQuantities) -> impl Equations {
        let current = |along, slope| s.epsilon * along - slope;
        let circulation = s.E_y.d(s.x) - s.E_x.d(s.y);
        (
            equation::<ElectricCurrentDensity, _>("Ampere x", current(s.E_x.d(s.t), s.H_z.d(s.y))),
            equation::<ElectricCurrentDensity, _>("Ampere y", current(s.E_y.d(s.t), -s.H_z.d(s.x))),
            equation::<Induction, _>("Faraday", s.mu * s.H_z.d(s.t) + circulation),
        )
    }
}
