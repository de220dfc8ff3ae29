#![allow(non_snake_case, unused)]
use pinn::units::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Flow {
    coordinates { t: Time, x: Length }
    fields { u: Velocity, p: Pressure, T: ThermodynamicTemperature }
    parameters { rho: MassDensity, nu: KinematicViscosity, T0: ThermodynamicTemperature }
}}

fn equations(Flow { t, x, u, p, rho, .. }: Flow) -> (Of<Pressure>,) {
    (p + rho * u * u,)
}

fn bad(setup: &Flow<Setup>) {
    let _ = trace(equations).unwrap().nondimensionalize_by(setup, (Time::default(),));
}

fn main() {}
