#![allow(non_snake_case, unused)]
use pinn::units::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Flow {
    coordinates { t: Time, x: Length }
    fields { u: Velocity, p: Pressure, T: ThermodynamicTemperature }
    parameters { rho: MassDensity, nu: KinematicViscosity, T0: ThermodynamicTemperature }
}}

pinn::quantities! { pub struct Oil {
    coordinates { t: Time, x: Length }
    fields { u: Velocity }
    parameters { mu: DynamicViscosity }
}}

fn bad(Oil { t, x, u, mu }: Oil) -> impl Equations {
    (equation::<Acceleration, _>("momentum", u.d(t) - mu * u.d(x).d(x)),)
}

fn main() {}
