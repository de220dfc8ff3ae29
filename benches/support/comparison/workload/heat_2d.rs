//! u_t = 0.4 (u_xx + u_yy) on the unit cube, zero on the sides, a product of sines at first; tanh 4×128,
//! 8,192 + 256 + 256 points.

use super::{Place, Task, Workload};
use pinn::units::*;
use std::f64::consts::PI;
use uom::si::diffusion_coefficient::square_meter_per_second;
use uom::si::f64::*;
use uom::si::{length::meter, ratio::ratio, time::second};

pinn::quantities! { pub struct Heat {
    coordinates { x: Length, y: Length, t: Time }
    fields { u: Ratio }
    parameters { alpha: DiffusionCoefficient }
}}

pub fn workload() -> Workload {
    let metre = Length::new::<meter>(1.0);
    let setup = Heat::<Setup> {
        x: scale(metre),
        y: scale(metre),
        t: scale(Time::new::<second>(1.0)),
        u: scale(Ratio::new::<ratio>(1.0)),
        alpha: given(DiffusionCoefficient::new::<square_meter_per_second>(0.4)),
    };
    let heat = |Heat { x, y, t, u, alpha }: Heat| (u.d(t) - alpha * space2(x, y).laplacian(u),);
    let boundary = |s: Heat| (s.u,);
    let initial = |Heat { x, y, u, .. }: Heat| {
        let sine = |x: Coordinate<_>| (PI * (x.term() / metre)).sin();
        (u - sine(x) * sine(y),)
    };
    Workload {
        name: "W2",
        lower: &[0.0; 3],
        upper: &[1.0; 3],
        transient: true,
        hidden: vec![128; 4],
        norm: None,
        outputs: 1,
        first_derivatives: 2,
        tasks: vec![
            Task::new(Place::Interior, 8192, &setup, heat),
            Task::new(Place::Boundary, 256, &setup, boundary).weighted(0.5),
            Task::new(Place::Initial, 256, &setup, initial).weighted(0.5),
        ],
    }
}
