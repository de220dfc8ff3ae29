#![allow(non_snake_case, unused)]
use pinn::units::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Flow {
    coordinates { t: Time, x: Length }
    fields { u: Velocity, p: Pressure, T: ThermodynamicTemperature }
    parameters { rho: MassDensity, nu: KinematicViscosity, T0: ThermodynamicTemperature }
}}

fn bad() {
    // The distance from the wall is not divided by a length.
    let _ = ansatz(|Flow { x, u, .. }: Flow| [constrain(u, x.term() * u)]);
}

fn main() {}
