#![allow(non_snake_case, unused)]
use pinn::units::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Flow {
    coordinates { t: Time, x: Length }
    fields { u: Velocity, p: Pressure, T: ThermodynamicTemperature }
    parameters { rho: MassDensity, nu: KinematicViscosity, T0: ThermodynamicTemperature }
}}

type HeatingRate = Q<Quot<<TemperatureInterval as Quantity>::Dim, <Time as Quantity>::Dim>>;

fn equations(Flow { t, x, u, p, rho, T, .. }: Flow) -> (Of<Pressure>, Of<HeatingRate>) {
    (p + rho * u * u, T.d(t))
}

fn bad(setup: &Flow<Setup>) {
    let base = BaseScales::new()
        .length(Length::default())
        .velocity(Velocity::default())
        .density(MassDensity::default());
    let _ = trace(equations).unwrap().nondimensionalize_by_base(setup, &base);
}

fn main() {}
