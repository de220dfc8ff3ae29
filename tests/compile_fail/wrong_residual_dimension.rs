#![allow(non_snake_case, unused)]
use pinn::units::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Flow {
    coordinates { t: Time, x: Length }
    fields { u: Velocity, p: Pressure, T: ThermodynamicTemperature }
    parameters { rho: MassDensity, nu: KinematicViscosity, T0: ThermodynamicTemperature }
}}

fn bad(Flow { t, x, u, p, rho, .. }: Flow) -> impl Equations {
    (equation::<Pressure, _>("momentum", rho * u.d(t) + p.d(x)),)
}

fn main() {}
