//! Time and memory of training steps beside other ways to do the same work.
//!
//! `cargo bench --bench steps` prints a table; `-- --json` one JSON object a row; `-- W3/` only the rows whose
//! names contain that. Everything that a row compares runs in turns with it, round by round, so that whatever
//! else the machine does hits both alike; a ratio is the median over the rounds. Nothing here decides whether
//! a test passes.

#[path = "../support/arguments.rs"]
mod arguments;
#[path = "../support/comparison/mod.rs"]
mod comparison;
mod comparisons;
mod memory;
mod minimiser;
mod norms;
mod overhead;
mod peers;
mod roofline;

use arguments::Arguments;
use comparison::{report, workload};
use peers::Peers;
use pinn::engine::simd::InstructionSet;
use std::error::Error;

/// Threads of everything that is compared, unless said.
const THREADS: usize = 2;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(&["--json"], &[])?;
    if !arguments.has("--json") {
        println!(
            "{THREADS} threads and f32 unless said; {}; {} CPUs here",
            InstructionSet::fastest().name(),
            std::thread::available_parallelism().map_or(1, |n| n.get()),
        );
    }
    let print = |rows: Vec<report::Row>| {
        for row in rows.iter().filter(|row| arguments.wants(&row.name)) {
            report::print(row, arguments.has("--json"));
        }
    };
    let mut peers = Peers::from_environment();
    for workload in workload::stepped() {
        print(comparisons::rows(&workload, &mut peers, &arguments)?);
    }
    print(minimiser::rows(&mut peers, &arguments)?);
    print(overhead::rows(&arguments)?);
    print(norms::rows(&arguments)?);
    if arguments.wants("memory") {
        print(vec![memory::row()?]);
    }
    Ok(())
}
