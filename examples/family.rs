//! A heated bar of every conductivity from 20 to 60 W/(m K), by one training.
use pinn::prelude::*;
use pinn::uom::si::f64::*;

quantities! { pub struct Bar {
    coordinates { x: Length }
    fields { T: ThermodynamicTemperature }
    parameters { k: ThermalConductivity, q: VolumetricPowerDensity }
}}

#[rustfmt::skip]
pub fn solved() -> Result<[f64; 2], Box<dyn std::error::Error>> {
    let mut problem = Problem::new(
        |Bar { x, T, k, q }| (k * T.d(x).d(x) + q,),
        Bar::<Case> {
            x: over(mm(0.0), mm(100.0)),
            T: Some(scale(kelvin(50.0)).about(celsius(20.0))),
            k: between(w_per_m_k(20.0), w_per_m_k(60.0)),
            q: given(w_per_m3(1e6)),
        },
    )
    .condition("left", |q| q.x.min().value(q.T, celsius(20.0)).hard())
    .condition("right", |q| q.x.max().value(q.T, celsius(20.0)).hard())
    .build()?;
    problem.settings.network.hidden = vec![8];
    for phase in &mut problem.settings.phases {
        phase.steps = 300;
    }
    let mut solution = problem.solve()?;
    let mut middle = |k: f64| -> Result<f64, SolveError> {
        let member = solution.member(|q| [q.k.is(w_per_m_k(k))])?;
        Ok(member.at((mm(50.0),))?.T.value - 273.15)
    };
    Ok([middle(25.0)?, middle(55.0)?])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    solved().map(|[soft, hard]| {
        println!("in the middle: {soft:.2} °C at 25 W/(m K), {hard:.2} °C at 55 W/(m K)")
    })
}
