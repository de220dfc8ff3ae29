//! Time of one step (losses and parameter gradient) beside other ways to spend the same time.
//!
//! `cargo bench --bench steps` prints a table; `-- --json` prints one JSON object a row. Every row compares
//! two things that run in turns, round by round, so that whatever else the machine does hits both alike; the
//! ratio is the median over the rounds. Nothing here decides whether a test passes.

use pinn::pinn::activation::Activation;
use pinn::pinn::engine::Engine;
use pinn::pinn::engine::fused::FusedEngine;
use pinn::pinn::engine::simd::{Element, InstructionSet};
use pinn::pinn::engine::tape::TapeEngine;
use pinn::pinn::network::{InputMap, Network};
use pinn::pinn::points::Points;
use pinn::units::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;
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
fn heat<T: Element>() -> Kernel<T, Nondimensional> {
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

fn network(width: usize) -> Network {
    Network {
        input_maps: vec![
            InputMap {
                scale: 1.0,
                shift: 0.0
            };
            2
        ],
        hidden: vec![width; 4],
        activation: Activation::Tanh,
        outputs: 1,
    }
}

/// Value, u_t, u_x and u_xx.
const STREAMS: usize = 4;

/// Forward, adjoint of the activations and gradient of the weights, of the products between hidden layers.
fn operations(width: usize, points: usize) -> f64 {
    (3 * 2 * STREAMS * points * 3 * width * width) as f64
}

fn points<T: Element>(rows: usize) -> Points<T> {
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
struct Step<T, E> {
    engine: E,
    parameters: Vec<T>,
    points: Vec<Points<T>>,
    losses: Vec<f64>,
    gradient: Vec<T>,
}

impl<T: Element, E: Engine<T>> Step<T, E> {
    fn new(engine: E, rows: usize) -> Self {
        let parameters = engine.network().initialise(1);
        Step {
            gradient: vec![T::ZERO; parameters.len()],
            parameters: parameters.into_iter().map(T::from_f64).collect(),
            points: vec![points(rows)],
            losses: vec![0.0],
            engine,
        }
    }

    fn run(&mut self) {
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

fn fused<T: Element>(width: usize, rows: usize, threads: usize) -> Step<T, FusedEngine<T>> {
    let engine = FusedEngine::new(network(width), vec![heat()], threads);
    Step::new(engine.expect("the kernel fits the network"), rows)
}

/// The machine's own matrix product: (rows × width)·(width × width), row-major.
struct Product<T> {
    left: Vec<T>,
    right: Vec<T>,
    result: Vec<T>,
    width: usize,
    threads: usize,
}

impl<T: Element> Product<T> {
    fn new(rows: usize, width: usize, threads: usize) -> Self {
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

    fn operations(&self) -> f64 {
        2.0 * self.left.len() as f64 * self.width as f64
    }

    fn run(&mut self) {
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

/// A thing to be timed: its name, what it does once, and how often it does that in one round.
struct Entry<'a> {
    name: String,
    repeat: usize,
    run: Box<dyn FnMut() + 'a>,
}

fn entry<'a>(name: impl Into<String>, repeat: usize, run: impl FnMut() + 'a) -> Entry<'a> {
    Entry {
        name: name.into(),
        repeat,
        run: Box::new(run),
    }
}

impl Entry<'_> {
    /// Seconds of one run, mean over a round.
    fn round(&mut self) -> f64 {
        let start = Instant::now();
        for _ in 0..self.repeat {
            (self.run)();
        }
        start.elapsed().as_secs_f64() / self.repeat as f64
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// One line of the table: two times, and how often the second goes into the first.
struct Row {
    what: &'static str,
    names: [String; 2],
    milliseconds: [f64; 2],
    /// Time of the second divided by time of the first, or of their rates.
    ratio: f64,
    unit: &'static str,
    target: Option<f64>,
}

const ROUNDS: usize = 15;

/// Times two entries in turns. With `work` (operations of one run of each) the ratio is of rates: that of
/// the first divided by that of the second.
fn compare(
    what: &'static str,
    mut entries: [Entry; 2],
    work: Option<[f64; 2]>,
    target: Option<f64>,
) -> Row {
    let work = work.unwrap_or([1.0, 1.0]);
    entries.iter_mut().for_each(|entry| {
        entry.round();
    });
    let mut times = [Vec::new(), Vec::new()];
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let round = [entries[0].round(), entries[1].round()];
        ratios.push((work[0] / round[0]) / (work[1] / round[1]));
        times[0].push(round[0]);
        times[1].push(round[1]);
    }
    Row {
        what,
        names: entries.map(|entry| entry.name),
        milliseconds: times.map(|t| 1e3 * median(t)),
        ratio: median(ratios),
        unit: match work == [1.0, 1.0] {
            true => "times faster",
            false => "of its GFLOP/s",
        },
        target,
    }
}

/// Bytes that are allocated, and the most that were at any time since the mark was set.
struct Counting;
static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator does all the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = ALLOCATED.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(now, Relaxed);
        // SAFETY: passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size(), Relaxed);
        // SAFETY: passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Bytes that an engine and its first step need beyond the points, at the most.
fn memory(rows: usize) -> usize {
    let before = ALLOCATED.load(Relaxed);
    PEAK.store(before, Relaxed);
    let mut step = fused::<f32>(64, rows, 2);
    step.run();
    step.run();
    PEAK.load(Relaxed) - before - rows * 2 * size_of::<f32>()
}

fn step_against_product<T: Element>(
    what: &'static str,
    width: usize,
    rows: usize,
    threads: usize,
    target: Option<f64>,
) -> Row {
    let mut step = fused::<T>(width, rows, threads);
    let mut product = Product::<T>::new(STREAMS * rows, width, threads);
    let work = [operations(width, rows), product.operations()];
    let shape = format!("product ({}x{width})({width}x{width})", STREAMS * rows);
    let repeat = [4, 40].map(|n: usize| n * 64 * 64 / (width * width));
    compare(
        what,
        [
            entry(format!("fused {} 4x{width}", T::NAME), repeat[0], || {
                step.run()
            }),
            entry(shape, repeat[1], || product.run()),
        ],
        Some(work),
        target,
    )
}

fn main() {
    let json = std::env::args().any(|argument| argument == "--json");
    // The matrix product runs on rayon's global pool: of the same size.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build_global();
    pool.expect("the global pool is built once");
    if !json {
        println!(
            "1D heat equation, tanh, 4 hidden layers, 4,096 points, 2 threads unless said; {}; {} threads here",
            InstructionSet::fastest().name(),
            std::thread::available_parallelism().map_or(1, |n| n.get()),
        );
        println!(
            "a step: losses and gradient; its operations: 3 x 2 x streams (4) x points x weights between hidden layers"
        );
        println!();
    }
    let rows = 4096;
    let mut table: Vec<Row> = Vec::new();
    {
        let mut fast = fused::<f32>(64, rows, 2);
        let tape = TapeEngine::<f32>::new(network(64), vec![heat()]);
        let mut tape = Step::new(tape.expect("the kernel fits the network"), rows);
        let entries = [
            entry("fused f32 4x64", 8, || fast.run()),
            entry("tape f32 4x64", 1, || tape.run()),
        ];
        table.push(compare("fused against tape", entries, None, Some(8.0)));
    }
    table.push(step_against_product::<f32>(
        "step against product",
        64,
        rows,
        2,
        Some(0.6),
    ));
    table.push(step_against_product::<f64>(
        "step against product",
        64,
        rows,
        2,
        None,
    ));
    table.push(step_against_product::<f32>(
        "step against product",
        128,
        rows,
        2,
        None,
    ));
    table.push(step_against_product::<f64>(
        "step against product",
        128,
        rows,
        2,
        None,
    ));
    table.push(step_against_product::<f32>(
        "the same on 1 thread",
        64,
        rows,
        1,
        None,
    ));
    table.push(step_against_product::<f64>(
        "the same on 1 thread",
        64,
        rows,
        1,
        None,
    ));
    {
        let (mut two, mut one) = (fused::<f32>(64, rows, 2), fused::<f32>(64, rows, 1));
        let entries = [
            entry("2 threads f32 4x64", 4, || two.run()),
            entry("1 thread", 4, || one.run()),
        ];
        table.push(compare("threads", entries, None, None));
    }
    {
        let (mut single, mut double) = (fused::<f32>(64, rows, 2), fused::<f64>(64, rows, 2));
        let entries = [
            entry("f32 4x64", 4, || single.run()),
            entry("f64 4x64", 4, || double.run()),
        ];
        table.push(compare("precision", entries, None, None));
    }
    for row in &table {
        print(row, json);
    }
    let (few, many) = (memory(10_000), memory(1_000_000));
    if json {
        println!(
            "{}",
            serde_json::json!({"row": "memory", "bytes_at_10000": few, "bytes_at_1000000": many})
        );
    } else {
        println!();
        println!("memory of a step beyond the points, f32 4x64, 2 threads:");
        println!("  10,000 points {few} bytes, 1,000,000 points {many} bytes");
    }
}

fn print(row: &Row, json: bool) {
    let target = row.target;
    let met = target.map(|target| row.ratio >= target);
    if json {
        println!(
            "{}",
            serde_json::json!({
                "row": row.what,
                "what": row.names[0],
                "reference": row.names[1],
                "ms": row.milliseconds[0],
                "reference_ms": row.milliseconds[1],
                "ratio": row.ratio,
                "unit": row.unit,
                "target": target,
                "met": met,
            })
        );
        return;
    }
    println!(
        "{:<21} {:<20} {:8.3} ms | {:<30} {:9.3} ms | {:6.2} {}{}",
        row.what,
        row.names[0],
        row.milliseconds[0],
        row.names[1],
        row.milliseconds[1],
        row.ratio,
        row.unit,
        match (target, met) {
            (Some(target), Some(true)) => format!(" (target {target}: met)"),
            (Some(target), _) => format!(" (target {target}: MISSED)"),
            _ => String::new(),
        }
    );
}
