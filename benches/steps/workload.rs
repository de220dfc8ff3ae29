//! What is timed: steps of an engine on one problem, and products of matrices.

use pinn::pinn::activation::Activation;
use pinn::pinn::engine::Engine;
use pinn::pinn::engine::fused::FusedEngine;
use pinn::pinn::engine::simd::Element;
use pinn::pinn::network::{InputMap, Network};
use pinn::pinn::points::Points;
use pinn::units::*;
use uom::si::diffusion_coefficient::square_meter_per_second;
use uom::si::f64::*;
use uom::si::length::meter;
use uom::si::ratio::ratio;
use uom::si::time::second;

pinn::quantities! { pub struct Heat {
    coordinates { t: Time, x: Length }
    fields { u: Ratio }
    parameters { alpha: DiffusionCoefficient }
}}

/// u_t − 0.4 u_xx in its dimensionless form.
pub fn heat<T: Element>() -> Kernel<T, Nondimensional> {
    let residuals = trace(|Heat { t, x, u, alpha }: Heat| {
        (equation::<Frequency, _>(
            "heat",
            u.d(t) - alpha * u.d(x).d(x),
        ),)
    });
    let setup = Heat::<Setup> {
        t: scale(Time::new::<second>(1.0)),
        x: scale(Length::new::<meter>(1.0)),
        u: scale(Ratio::new::<ratio>(1.0)),
        alpha: given(DiffusionCoefficient::new::<square_meter_per_second>(0.4)),
    };
    residuals
        .expect("no term is foreign")
        .nondimensionalize(&setup)
        .expect("all scales are finite")
        .compile()
}

pub fn network(width: usize) -> Network {
    let maps = vec![
        InputMap {
            scale: 1.0,
            shift: 0.0
        };
        2
    ];
    Network::mlp(maps, vec![width; 4], Activation::Tanh, 1)
}

/// Value, u_t, u_x and u_xx.
pub const STREAMS: usize = 4;

/// Forward, adjoint of the activations and gradient of the weights, of the products between hidden layers.
pub fn operations(width: usize, points: usize) -> f64 {
    (3 * 2 * STREAMS * points * 3 * width * width) as f64
}

pub fn points<T: Element>(rows: usize) -> Points<T> {
    let mut points = Points::new(1, 2, rows);
    for (coordinate, step) in [0.618_033_988_749_895, 0.754_877_666_246_693]
        .iter()
        .enumerate()
    {
        for (row, x) in points.column_mut(0, coordinate).iter_mut().enumerate() {
            *x = T::from_f64((step * row as f64).fract() * 2.0 - 1.0);
        }
    }
    points
}

/// One step of an engine, ready to be repeated.
pub struct Step<T, E> {
    engine: E,
    parameters: Vec<T>,
    points: Vec<Points<T>>,
    losses: Vec<f64>,
    gradient: Vec<T>,
}

impl<T: Element, E: Engine<T>> Step<T, E> {
    pub fn new(engine: E, rows: usize) -> Self {
        let parameters = engine.network().initialise(1);
        Step {
            gradient: vec![T::ZERO; parameters.len()],
            parameters: parameters.into_iter().map(T::from_f64).collect(),
            points: vec![points(rows)],
            losses: vec![0.0],
            engine,
        }
    }

    pub fn run(&mut self) {
        let result = self.engine.loss(
            &self.parameters,
            &self.points,
            &[1.0],
            &mut self.losses,
            Some(&mut self.gradient),
        );
        result.expect("shapes are right");
        assert!(self.losses[0].is_finite());
    }
}

pub fn fused<T: Element>(width: usize, rows: usize, threads: usize) -> Step<T, FusedEngine<T>> {
    let engine = FusedEngine::new(network(width), vec![heat()], threads);
    Step::new(engine.expect("the kernel fits the network"), rows)
}

/// The machine's own matrix product: (rows × width)·(width × width), row-major.
pub struct Product<T> {
    left: Vec<T>,
    right: Vec<T>,
    result: Vec<T>,
    width: usize,
    threads: usize,
}

impl<T: Element> Product<T> {
    pub fn new(rows: usize, width: usize, threads: usize) -> Self {
        let fill = |n: usize| {
            (0..n)
                .map(|i| T::from_f64((i % 13) as f64 * 0.1 - 0.6))
                .collect()
        };
        Product {
            left: fill(rows * width),
            right: fill(width * width),
            result: vec![T::ZERO; rows * width],
            width,
            threads,
        }
    }

    pub fn operations(&self) -> f64 {
        2.0 * self.left.len() as f64 * self.width as f64
    }

    pub fn run(&mut self) {
        let n = self.width;
        let parallelism = match self.threads {
            1 => gemm::Parallelism::None,
            n => gemm::Parallelism::Rayon(n),
        };
        // SAFETY: the three matrices have the shapes and strides that are given.
        unsafe {
            gemm::gemm(
                self.left.len() / n,
                n,
                n,
                self.result.as_mut_ptr(),
                1,
                n as isize,
                false,
                self.left.as_ptr(),
                1,
                n as isize,
                self.right.as_ptr(),
                1,
                n as isize,
                T::ZERO,
                T::ONE,
                false,
                false,
                false,
                parallelism,
            );
        }
    }
}
