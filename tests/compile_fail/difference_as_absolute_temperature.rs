#![allow(non_snake_case, unused)]
use pinn::units::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Flow {
    coordinates { t: Time, x: Length }
    fields { u: Velocity, p: Pressure, T: ThermodynamicTemperature }
    parameters { rho: MassDensity, nu: KinematicViscosity, T0: ThermodynamicTemperature }
}}

fn bad() -> Given<ThermodynamicTemperature> {
    given(TemperatureInterval::default())
}

fn main() {}
