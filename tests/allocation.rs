//! Allocations of a step of the fused engine: none once warm, and none that grow with the points.

use pinn::engine::Engine;
use pinn::engine::fused::{FusedEngine, Instantiated};
use pinn::engine::simd::Element;
use pinn::geometry::points::Points;
use pinn::network::activation::Activation;
use pinn::network::{InputMap, Network};
use pinn::units::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use uom::si::f64::*;
use uom::si::length::meter;
use uom::si::ratio::ratio;
use uom::si::time::second;

/// The system's allocator, counted.
struct Counting;
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator does all the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        let now = BYTES.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(now, Relaxed);
        // SAFETY: passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size(), Relaxed);
        // SAFETY: passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

pinn::quantities! { pub struct Wave {
    coordinates { t: Time, x: Length }
    fields { u: Ratio }
    parameters { }
}}

fn kernels<T: Element>() -> Vec<Kernel<T, Nondimensional>> {
    let residuals = trace(|Wave { t, x, u }: Wave| {
        let speed = x.term() / t.term();
        (
            equation::<Frequency, _>("advection", u.d(t) + u * speed * u.d(x)),
            equation::<Ratio, _>("value", u.sin()),
        )
    });
    let setup = Wave::<Setup> {
        t: scale(Time::new::<second>(1.0)),
        x: scale(Length::new::<meter>(1.0)),
        u: scale(Ratio::new::<ratio>(1.0)),
    };
    let residuals = residuals.unwrap().nondimensionalize(&setup).unwrap();
    vec![residuals.compile(), residuals.compile()]
}

/// Everything that a step needs and an engine does not own.
struct Step<T> {
    parameters: Vec<T>,
    points: Vec<Points<T>>,
    losses: Vec<f64>,
    gradient: Vec<T>,
}

impl<T: Element> Step<T> {
    fn new(engine: &FusedEngine<T>, rows: usize) -> Self {
        let parameters = engine.network().circuit().unwrap().initialise(3);
        let points = |rows| {
            let mut points = Points::new(1, 2, rows);
            for coordinate in 0..2 {
                for (row, x) in points.column_mut(0, coordinate).iter_mut().enumerate() {
                    *x = T::from_f64(0.5 + (0.618 * row as f64).fract());
                }
            }
            points
        };
        Step {
            gradient: vec![T::ZERO; parameters.len()],
            parameters: parameters.into_iter().map(T::from_f64).collect(),
            points: vec![points(rows), points(rows / 3)],
            losses: vec![0.0; 4],
        }
    }

    fn run(&mut self, engine: &mut FusedEngine<T>) {
        let weights = [1.0; 4];
        engine
            .loss(
                &self.parameters,
                &self.points,
                &weights,
                &mut self.losses,
                Some(&mut self.gradient),
            )
            .unwrap();
        assert!(self.losses.iter().all(|loss| loss.is_finite()));
    }
}

fn engine<T: Instantiated>(threads: usize) -> FusedEngine<T> {
    let network = Network::mlp(
        vec![InputMap::onto_unit(0.5, 1.5); 2],
        vec![16, 16],
        Activation::Tanh,
        1,
    );
    FusedEngine::new(network, kernels(), threads).unwrap()
}

/// Allocations of `steps` steps after a first one.
fn allocations<T: Instantiated>(threads: usize, steps: usize) -> usize {
    let mut engine = engine::<T>(threads);
    let mut step = Step::new(&engine, 5_000);
    step.run(&mut engine);
    step.run(&mut engine);
    let before = ALLOCATIONS.load(Relaxed);
    for _ in 0..steps {
        step.run(&mut engine);
    }
    ALLOCATIONS.load(Relaxed) - before
}

/// Most bytes that an engine and two steps held at any time, without the points.
fn peak(rows: usize) -> usize {
    let start = BYTES.load(Relaxed);
    let mut engine = engine::<f32>(2);
    let mut step = Step::new(&engine, rows);
    PEAK.store(BYTES.load(Relaxed), Relaxed);
    step.run(&mut engine);
    step.run(&mut engine);
    let points = (rows + rows / 3) * 2 * size_of::<f32>();
    PEAK.load(Relaxed) - start - points
}

/// One test, because the counters see all threads.
#[test]
fn a_warm_step_allocates_nothing_and_its_memory_does_not_grow_with_the_points() {
    assert_eq!(allocations::<f32>(1, 100), 0);
    assert_eq!(allocations::<f64>(1, 100), 0);
    // rayon's queue takes a new segment every few dozen calls; the engine itself takes nothing.
    let pooled = allocations::<f32>(2, 400);
    assert!(pooled <= 40, "{pooled} allocations in 400 steps");

    let (few, many) = (peak(10_000), peak(1_000_000));
    assert!(
        many <= few + 64 * 1024,
        "{few} bytes at 10,000 points, {many} at 1,000,000"
    );
}
