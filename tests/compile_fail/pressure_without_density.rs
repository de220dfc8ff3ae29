#![allow(non_snake_case, unused)]
use pinn::units::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Water {
    coordinates { t: Time, x: Length }
    fields { u: Velocity, p: Pressure }
    parameters { rho: MassDensity, nu: KinematicViscosity }
}}

fn bad(Water { t, x, u, p, rho, nu }: Water) -> impl Equations {
    (equation::<Acceleration, _>("momentum", u.d(t) + u * u.d(x) + p.d(x) - nu * u.d(x).d(x)),)
}

fn main() {}
