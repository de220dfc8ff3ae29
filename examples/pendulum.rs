//! A pendulum swings from an angle of 1 rad: an ordinary differential equation.
use pinn::prelude::*;
use pinn::uom::si::f64::*;

quantities! { pub struct Pendulum {
    coordinates { t: Time }
    fields { angle: Ratio }
    parameters { g: Acceleration, length: Length }
}}

#[rustfmt::skip]
pub fn solved() -> Result<(f64, f64), Box<dyn std::error::Error>> {
    let mut problem = Problem::new(
        |Pendulum { t, angle, g, length }| (length * angle.d(t).d(t) + g * angle.sin(),),
        Pendulum::<Case> {
            t: over(seconds(0.0), seconds(2.0)),
            angle: automatic(),
            g: given(m_per_s2(9.81)),
            length: given(metres(1.0)),
        },
    )
    .condition("angle", |q| q.t.min().value(q.angle, 1.0).hard())
    .condition("at rest", |q| q.t.min().slope(q.angle, hertz(0.0)))
    .build()?;
    problem.settings.network.hidden = vec![12, 12];
    let solution = problem.solve()?;
    let end = solution.at((seconds(2.0),))?.angle;
    let speed = solution.value((seconds(2.0),), |q| q.length * q.angle.d(q.t))?;
    Ok((end.value, speed.value))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    solved().map(|(angle, speed)| println!("after 2 s: {angle:.4} rad, {speed:.4} m/s"))
}
