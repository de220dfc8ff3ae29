//! How fast a step could be at the rates that this machine reaches now in its parts.
//!
//! [`Work`] is counted. Matrix products run at the rate of the `gemm` crate for the product in question, the rest at
//! the peak of fused multiply-adds, tanh at that of a plain vector tanh.

use crate::comparison::timing::{Burst, median};
use crate::comparison::work::Work;
use crate::comparison::workload::Workload;
use pinn::engine::simd::{Element, InstructionSet, Operation, Vector, elementary};
use std::cell::RefCell;
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

/// Each rate is measured about this long.
const SECONDS: f64 = 0.03;

/// Rates in a second, of all threads together.
#[derive(Copy, Clone)]
struct Rates {
    forward: f64,
    weights: f64,
    multiply_add: f64,
    tanh: f64,
}

/// Measures the limit again every time it is asked.
pub struct Roofline {
    work: Work,
    width: usize,
    /// Rows of products that are tried: the best counts.
    rows: Vec<usize>,
    threads: usize,
    measured: RefCell<Vec<Rates>>,
}

impl Roofline {
    pub fn new(workload: &Workload, threads: usize) -> Self {
        let [inner, _] = workload.rows();
        Roofline {
            work: Work::of(workload),
            width: workload.hidden[0],
            rows: vec![
                512,
                inner / threads,
                inner * (2 + workload.first_derivatives) / threads,
            ],
            threads,
            measured: RefCell::default(),
        }
    }

    /// One step at the rates of this moment.
    pub fn burst(&self) -> Result<Burst, Infallible> {
        let rates = self.measure();
        self.measured.borrow_mut().push(rates);
        let products = 2.0 * self.work.product / rates.forward + self.work.product / rates.weights;
        Ok(Burst {
            count: 1.0,
            seconds: products + self.work.rest / rates.multiply_add + self.work.tanh / rates.tanh,
        })
    }

    /// The rates that went into it, medians, for people.
    pub fn describe(&self) -> String {
        let of =
            |rate: fn(&Rates) -> f64| median(self.measured.borrow().iter().map(rate).collect());
        format!(
            "roofline ({:.0} and {:.0} GFLOP/s in products, {:.0} at peak, {:.1}e9 tanh/s)",
            of(|r| r.forward) / 1e9,
            of(|r| r.weights) / 1e9,
            of(|r| r.multiply_add) / 1e9,
            of(|r| r.tanh) / 1e9,
        )
    }

    fn measure(&self) -> Rates {
        let (width, set) = (self.width, InstructionSet::fastest());
        let best = |prepare: fn(usize, usize) -> Product| {
            let rates = self.rows.iter().map(|rows| {
                together(self.threads, || {
                    let mut product = prepare(*rows, width);
                    move || product.run()
                })
            });
            rates.fold(0.0, f64::max)
        };
        let tanh = |plain: bool| {
            together(self.threads, move || {
                let mut values = vec![0.0; 4096];
                move || {
                    f32::dispatch(set, Tanh(plain, &mut values));
                    4096.0
                }
            })
        };
        Rates {
            forward: best(Product::forward),
            weights: best(Product::weights),
            multiply_add: together(self.threads, || move || f32::dispatch(set, MultiplyAdd)),
            tanh: f64::max(tanh(true), tanh(false)),
        }
    }
}

/// Work in a second of as many threads as told, each with its own data. `prepare` makes what is repeated; it
/// returns the amount of work that it did.
fn together<F: FnMut() -> f64>(threads: usize, prepare: impl Fn() -> F + Sync) -> f64 {
    let barrier = Barrier::new(threads);
    let rate = || {
        let mut run = prepare();
        run();
        barrier.wait();
        let (start, mut work) = (Instant::now(), 0.0);
        while start.elapsed().as_secs_f64() < SECONDS {
            work += run();
        }
        work / start.elapsed().as_secs_f64()
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(rate)).collect();
        let mine = rate();
        let others = others.into_iter().map(|other| other.join());
        mine + others
            .map(|rate| rate.expect("it panics never"))
            .sum::<f64>()
    })
}

/// A product of row-major matrices in single precision, by the `gemm` crate on the calling thread.
struct Product {
    left: Vec<f32>,
    right: Vec<f32>,
    result: Vec<f32>,
    /// Rows and columns of the result, and what is summed over.
    shape: [usize; 3],
    /// Of the left matrix: from column to column and from row to row.
    strides: [usize; 2],
}

impl Product {
    /// (rows × width)·(width × width)
    fn forward(rows: usize, width: usize) -> Self {
        Product {
            left: fill(rows * width),
            right: fill(width * width),
            result: fill(rows * width),
            shape: [rows, width, width],
            strides: [1, width],
        }
    }

    /// (width × rows)·(rows × width), the left one transposed
    fn weights(rows: usize, width: usize) -> Self {
        Product {
            left: fill(rows * width),
            right: fill(rows * width),
            result: fill(width * width),
            shape: [width, width, rows],
            strides: [width, 1],
        }
    }

    fn run(&mut self) -> f64 {
        let [rows, columns, depth] = self.shape;
        assert!(self.result.len() == rows * columns);
        assert!(self.left.len() == rows * depth && self.right.len() == depth * columns);
        let [column, row] = self.strides.map(|stride| stride as isize);
        // SAFETY: the three matrices have the shapes and strides that are given.
        unsafe {
            gemm::gemm(
                rows,
                columns,
                depth,
                self.result.as_mut_ptr(),
                1,
                columns as isize,
                false,
                self.left.as_ptr(),
                column,
                row,
                self.right.as_ptr(),
                1,
                columns as isize,
                0.0,
                1.0,
                false,
                false,
                false,
                gemm::Parallelism::None,
            );
        }
        black_box(&mut self.result);
        2.0 * (rows * columns * depth) as f64
    }
}

fn fill(length: usize) -> Vec<f32> {
    (0..length).map(|i| (i % 13) as f32 * 0.1 - 0.6).collect()
}

/// Multiply-adds that nothing holds up: twelve chains, each in its own register.
struct MultiplyAdd;

impl Operation<f32> for MultiplyAdd {
    /// Operations done, two for each number.
    type Output = f64;

    #[inline(always)]
    fn run<V: Vector<Element = f32>>(self) -> f64 {
        const TURNS: usize = 10_000;
        let mut sums = [V::zero(); 12];
        let factor = V::splat(black_box(0.999));
        let term = V::splat(black_box(0.001));
        for _ in 0..TURNS {
            for sum in &mut sums {
                *sum = sum.mul_add(factor, term);
            }
        }
        for sum in sums {
            black_box(sum.sum());
        }
        (2 * TURNS * sums.len() * V::LANES) as f64
    }
}

/// tanh in place: a plain one, or this crate's, whichever is faster.
struct Tanh<'a>(bool, &'a mut [f32]);

impl Operation<f32> for Tanh<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Element = f32>>(self) {
        for j in (0..self.1.len()).step_by(V::LANES) {
            let x = V::load(self.1, j) + V::constant(0.1);
            let y = match self.0 {
                true => plain_tanh(x),
                false => elementary::tanh(x),
            };
            y.store(self.1, j);
        }
        black_box(self.1);
    }
}

/// 1 − 2/(1 + e²ˣ), with e²ˣ from 2ⁿ and a Taylor polynomial of degree 6; the odd Taylor series near zero.
/// Absolute error below 1e-6.
#[inline(always)]
fn plain_tanh<V: Vector>(x: V) -> V {
    let (one, two) = (V::constant(1.0), V::constant(2.0));
    let x = V::constant(-9.1).max(V::constant(9.1).min(x));
    let y = x + x;
    let n = (y * V::constant(std::f64::consts::LOG2_E)).round();
    // ln 2 in two parts (Cody & Waite 1980).
    let r = n.neg_mul_add(V::constant(0.693359375), y);
    let r = n.neg_mul_add(V::constant(-2.12194440e-4), r);
    let series = [
        1.0,
        1.0,
        0.5,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
    ];
    let exponential = r.polynomial(&series).times_power_of_two(n);
    let large = one - two / (one + exponential);
    let square = x * x;
    let series = [1.0, -1.0 / 3.0, 2.0 / 15.0, -17.0 / 315.0, 62.0 / 2835.0];
    let small = square.polynomial(&series) * x;
    V::select_less(square, V::constant(0.0625), small, large)
}
