//! Time of one step (losses and parameter gradient) beside other ways to spend the same time.
//!
//! `cargo bench --bench steps` prints a table; `-- --json` prints one JSON object a row. Every row compares
//! two things that run in turns, round by round, so that whatever else the machine does hits both alike; the
//! ratio is the median over the rounds. Nothing here decides whether a test passes.

mod memory;
mod timing;
mod workload;

use memory::memory;
use pinn::pinn::engine::simd::{Element, InstructionSet};
use pinn::pinn::engine::tape::TapeEngine;
use timing::{Row, compare, entry, print};
use workload::{Product, STREAMS, Step, fused, heat, network, operations};

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
