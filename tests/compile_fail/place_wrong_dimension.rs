#![allow(non_snake_case, unused)]
use pinn::amounts::*;
use pinn::prelude::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Rod {
    coordinates { t: Time, x: Length }
    fields { T: ThermodynamicTemperature }
    parameters { k: ThermalConductivity }
}}

fn bad(solution: Solution<Rod>) {
    solution.at((mm(5.0), seconds(30.0)));
}

fn main() {}
