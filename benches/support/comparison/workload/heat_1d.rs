//! u_t = 0.4 u_xx on the unit square, zero at both ends, a sine at first; tanh 4×64, 4,096 + 256 + 256 points.

use super::{Place, Task, Workload};
use pinn::units::*;
use std::f64::consts::PI;
use uom::si::diffusion_coefficient::square_meter_per_second;
use uom::si::f64::*;
use uom::si::{length::meter, ratio::ratio, time::second};

pinn::quantities! { pub struct Heat {
    coordinates { x: Length, t: Time }
    fields { u: Ratio }
    parameters { alpha: DiffusionCoefficient }
}}

pub fn workload() -> Workload {
    let metre = Length::new::<meter>(1.0);
    let setup = Heat::<Setup> {
        x: scale(metre),
        t: scale(Time::new::<second>(1.0)),
        u: scale(Ratio::new::<ratio>(1.0)),
        alpha: given(DiffusionCoefficient::new::<square_meter_per_second>(0.4)),
    };
    let heat = |Heat { x, t, u, alpha }: Heat| (u.d(t) - alpha * u.d(x).d(x),);
    let boundary = |s: Heat| (s.u,);
    let initial = |Heat { x, u, .. }: Heat| (u - (PI * (x.term() / metre)).sin(),);
    Workload {
        name: "W1",
        lower: &[0.0, 0.0],
        upper: &[1.0, 1.0],
        transient: true,
        hidden: vec![64; 4],
        norm: None,
        outputs: 1,
        first_derivatives: 1,
        tasks: vec![
            Task::new(Place::Interior, 4096, &setup, heat),
            Task::new(Place::Boundary, 256, &setup, boundary).weighted(0.5),
            Task::new(Place::Initial, 256, &setup, initial).weighted(0.5),
        ],
    }
}
