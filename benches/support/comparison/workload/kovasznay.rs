//! Kovasznay's steady flow behind a grid at a Reynolds number of 40 (*Laminar flow behind a two-dimensional
//! grid*, Proc. Camb. Phil. Soc. 44, 1948), velocity and pressure given on the boundary; tanh 5×64,
//! 4,096 + 256 points.

use super::{Place, Task, Workload};
use pinn::units::*;
use std::f64::consts::{PI, TAU};
use uom::si::available_energy::joule_per_kilogram;
use uom::si::f64::*;
use uom::si::kinematic_viscosity::square_meter_per_second;
use uom::si::{length::meter, velocity::meter_per_second};

// p is the pressure divided by the density.
pinn::quantities! { pub struct Flow {
    coordinates { x: Length, y: Length }
    fields { u: Velocity, v: Velocity, p: AvailableEnergy }
    parameters { nu: KinematicViscosity }
}}

const VISCOSITY: f64 = 1.0 / 40.0;

pub fn workload() -> Workload {
    let metre = Length::new::<meter>(1.0);
    let speed = Velocity::new::<meter_per_second>(1.0);
    let pressure = AvailableEnergy::new::<joule_per_kilogram>(1.0);
    let setup = Flow::<Setup> {
        x: scale(metre),
        y: scale(metre),
        u: scale(speed),
        v: scale(speed),
        p: scale(pressure),
        nu: given(KinematicViscosity::new::<square_meter_per_second>(
            VISCOSITY,
        )),
    };
    let flow = |Flow { x, y, u, v, p, nu }: Flow| {
        let space = space2(x, y);
        (
            space.advect([u, v], u) + p.d(x) - nu * space.laplacian(u),
            space.advect([u, v], v) + p.d(y) - nu * space.laplacian(v),
            space.div([u, v]),
        )
    };
    let half = 0.5 / VISCOSITY;
    let lambda = half - (half * half + 4.0 * PI * PI).sqrt();
    let boundary = |Flow { x, y, u, v, p, .. }: Flow| {
        let decay = (lambda * (x.term() / metre)).exp();
        let angle = TAU * (y.term() / metre);
        (
            u - speed * (1.0 - decay * angle.cos()),
            v - speed * (lambda / TAU * decay * angle.sin()),
            p - pressure * (0.5 * (1.0 - decay * decay)),
        )
    };
    Workload {
        name: "W3",
        lower: &[-0.5, -0.5],
        upper: &[1.0, 1.5],
        transient: false,
        hidden: vec![64; 5],
        norm: None,
        outputs: 3,
        first_derivatives: 2,
        tasks: vec![
            Task::new(Place::Interior, 4096, &setup, flow),
            Task::new(Place::Boundary, 256, &setup, boundary).weighted(1.0 / 3.0),
        ],
    }
}
