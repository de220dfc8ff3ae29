#![allow(non_snake_case, unused)]
use pinn::units::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Flow {
    coordinates { t: Time, x: Length }
    fields { u: Velocity, p: Pressure, T: ThermodynamicTemperature }
    parameters { rho: MassDensity, nu: KinematicViscosity, tau: Time }
}}

fn bad(residuals: Residuals<Flow, (Of<Velocity>,), Nondimensional>) {
    let started = ansatz(|Flow { t, u, tau, .. }: Flow| [constrain(u, t.term() / tau * u)]);
    let _ = residuals.constrained(&started.unwrap());
}

fn main() {}
