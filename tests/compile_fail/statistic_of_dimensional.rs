#![allow(non_snake_case, unused)]
use pinn::units::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Flow {
    coordinates { t: Time, x: Length }
    fields { u: Velocity, p: Pressure, T: ThermodynamicTemperature }
    parameters { rho: MassDensity, nu: KinematicViscosity, T0: ThermodynamicTemperature }
}}

fn equations(Flow { t, x, u, p, rho, .. }: Flow) -> impl Equations {
    (rho * u.d(t) + p.d(x), u.d(x))
}

fn bad() {
    let kernel = trace(equations).unwrap().compile::<f32>();
    let batch = Batch::evaluate(&kernel, 0, pinn::expr::Columns::new(&[], 0));
    pinn::norm::residual::Observation::mean_squares(&[batch]);
}

fn main() {}
