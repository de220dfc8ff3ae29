//! A steel plate cools in oil: pose, solve, ask.
use pinn::prelude::*;
use pinn::uom::si::f64::*;

quantities! { pub struct Plate {
    coordinates { t: Time, x: Length }
    fields { T: ThermodynamicTemperature }
    parameters { rho: MassDensity, c_p: SpecificHeatCapacity, k: ThermalConductivity }
}}

#[rustfmt::skip]
pub fn solved() -> Result<(f64, f64), Box<dyn std::error::Error>> {
    let mut problem = Problem::new(
        |Plate { t, x, T, rho, c_p, k }| {
            (equation::<VolumetricPowerDensity, _>("heat", rho * c_p * T.d(t) - k * T.d(x).d(x)),)
        },
        Plate::<Case> {
            t: over(seconds(0.0), seconds(60.0)),
            x: over(mm(0.0), mm(10.0)),
            T: automatic(),
            rho: given(kg_per_m3(7850.0)),
            c_p: given(j_per_kg_k(650.0)),
            k: given(w_per_m_k(40.0)),
        },
    )
    .condition("start", |q| q.t.min().value(q.T, celsius(800.0)).weight(10.0))
    .condition("mid-plane", |q| q.x.min().slope(q.T, k_per_m(0.0)))
    .condition("oil", |q| q.x.max().robin(q.T, q.k, w_per_m2_k(500.0), celsius(20.0)))
    .build()?;
    problem.settings.network.hidden = vec![12, 12];
    let solution = problem.solve()?;
    let middle = solution.at((seconds(30.0), mm(0.0)))?.T;
    let lost = solution.integral(|q| integral(-q.k * q.T.d(q.x)).along(q.t).on(q.x.max()))?;
    Ok((middle.value - 273.15, lost.value * 1e-6))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    solved().map(|(middle, lost)| {
        println!("after 30 s: {middle:.1} °C in the middle; after 60 s: {lost:.3} MJ/m² lost")
    })
}
