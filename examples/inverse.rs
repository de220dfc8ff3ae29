//! The conductivity of a heated wall, from five thermocouples.
use pinn::prelude::*;
use pinn::uom::si::f64::*;

quantities! { pub struct Wall {
    coordinates { x: Length }
    fields { T: ThermodynamicTemperature }
    parameters { k: ThermalConductivity, q: VolumetricPowerDensity }
}}

#[rustfmt::skip]
pub fn solved() -> Result<[f64; 3], Box<dyn std::error::Error>> {
    // A wall of k = 1.5 W/(m K), with errors of some hundredths of a kelvin.
    let read = [(1.0, 30.36), (3.0, 44.02), (5.0, 48.70), (7.0, 44.11), (9.0, 30.29)];
    let mut problem = Problem::new(
        |Wall { x, T, k, q }| (k * T.d(x).d(x) + q,),
        Wall::<Case> {
            x: over(cm(0.0), cm(10.0)),
            T: Some(scale(kelvin(30.0)).about(celsius(20.0))),
            k: positive_unknown(w_per_m_k(1.0)),
            q: given(w_per_m3(34400.0)),
        },
    )
    .condition("left", |q| q.x.min().value(q.T, celsius(20.0)).hard())
    .condition("right", |q| q.x.max().value(q.T, celsius(20.0)).hard())
    .measured("thermocouples", |q| q.T, kelvin(0.05), read.map(|(x, value)| ((cm(x),), celsius(value))))
    .build()?;
    problem.settings.network.hidden = vec![8, 8];
    let k = problem.solve()?.unknown(|q| q.k)?;
    let (low, high) = k.interval.ok_or("the thermocouples do not determine k")?;
    Ok([low.value, k.value.value, high.value])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    solved().map(|[low, k, high]| println!("k = {k:.4} W/(m K), between {low:.4} and {high:.4}"))
}
