#![allow(non_snake_case, unused)]
use pinn::amounts::*;
use pinn::prelude::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Rod {
    coordinates { x: Length }
    fields { T: ThermodynamicTemperature }
    parameters { k: ThermalConductivity }
}}

fn bad(case: Rod<Case>) {
    Problem::new(|Rod { x, T, k }| (k * T.d(x).d(x),), case)
        .condition("wall", |q| q.x.max().value(q.T, mm(20.0)));
}

fn main() {}
