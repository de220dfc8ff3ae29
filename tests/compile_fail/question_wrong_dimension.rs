#![allow(non_snake_case, unused)]
use pinn::amounts::*;
use pinn::prelude::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Rod {
    coordinates { x: Length }
    fields { T: ThermodynamicTemperature }
    parameters { k: ThermalConductivity, h: HeatTransfer }
}}

fn bad(solution: Solution<Rod>) {
    // A heat transfer coefficient times a slope is no heat flux.
    solution.value((mm(5.0),), |q| q.k * q.T.d(q.x) + q.h * q.T.d(q.x));
}

fn main() {}
