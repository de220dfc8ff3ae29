//! −∇²u = 2π² sin πx sin πy on the unit square, zero on the boundary; tanh 3×64, 4,096 + 256 points.

use super::{Place, Task, Workload};
use pinn::units::*;
use std::f64::consts::PI;
use uom::si::f64::*;
use uom::si::{length::meter, ratio::ratio};

pinn::quantities! { pub struct Poisson {
    coordinates { x: Length, y: Length }
    fields { u: Ratio }
    parameters {}
}}

pub fn workload() -> Workload {
    let metre = Length::new::<meter>(1.0);
    let setup = Poisson::<Setup> {
        x: scale(metre),
        y: scale(metre),
        u: scale(Ratio::new::<ratio>(1.0)),
    };
    let poisson = |Poisson { x, y, u }: Poisson| {
        let sine = |x: Coordinate<_>| (PI * (x.term() / metre)).sin();
        let source = 2.0 * PI * PI * sine(x) * sine(y);
        (-space2(x, y).laplacian(u) - source / (metre * metre),)
    };
    Workload {
        name: "W4",
        lower: &[0.0, 0.0],
        upper: &[1.0, 1.0],
        transient: false,
        hidden: vec![64; 3],
        norm: None,
        outputs: 1,
        first_derivatives: 2,
        tasks: vec![
            Task::new(Place::Interior, 4096, &setup, poisson),
            Task::new(Place::Boundary, 256, &setup, |s: Poisson| (s.u,)),
        ],
    }
}
