#![allow(non_snake_case, unused)]
use pinn::units::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Flow {
    coordinates { t: Time, x: Length }
    fields { u: Velocity, p: Pressure, T: ThermodynamicTemperature }
    parameters { rho: MassDensity, nu: KinematicViscosity, T0: ThermodynamicTemperature }
}}

fn bad() -> Flow<Setup> {
    Flow {
        t: scale(Time::default()),
        x: scale(Length::default()),
        u: scale(Velocity::default()),
        p: scale(Energy::default()),
        T: scale(TemperatureInterval::default()),
        rho: given(MassDensity::default()),
        nu: given(KinematicViscosity::default()),
        T0: given(ThermodynamicTemperature::default()),
    }
}

fn main() {}
