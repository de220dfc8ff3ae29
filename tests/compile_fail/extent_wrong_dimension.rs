#![allow(non_snake_case, unused)]
use pinn::amounts::*;
use pinn::prelude::*;
use uom::si::f64::*;

pinn::quantities! { pub struct Rod {
    coordinates { x: Length }
    fields { T: ThermodynamicTemperature }
    parameters { k: ThermalConductivity }
}}

fn bad() -> Rod<Case> {
    Rod {
        x: over(seconds(0.0), seconds(1.0)),
        T: automatic(),
        k: given(w_per_m_k(40.0)),
    }
}

fn main() {}
