//! Time and memory of training steps beside other ways to do the same work.
//!
//! `cargo bench --bench steps` prints a table; `-- --json` one JSON object a row; `-- W3/` only the rows whose
//! names contain that. Everything that a row compares runs in turns with it, round by round, so that whatever
//! else the machine does hits both alike; a ratio is the median over the rounds. Nothing here decides whether
//! a test passes.

mod comparisons;
mod load;
mod memory;
mod minimiser;
mod norms;
mod overhead;
mod peers;
mod report;
mod roofline;
mod timing;
mod training;
mod workload;

use peers::Peers;
use pinn::pinn::engine::simd::InstructionSet;
use report::Row;

/// Threads of everything that is compared, unless said.
const THREADS: usize = 2;

/// What the command line asks for.
pub struct Selection {
    json: bool,
    filter: Option<String>,
}

impl Selection {
    fn from_arguments() -> Self {
        let mut selection = Selection {
            json: false,
            filter: None,
        };
        for argument in std::env::args().skip(1) {
            match argument.as_str() {
                "--json" => selection.json = true,
                // Cargo says so to every benchmark.
                "--bench" => {}
                _ => selection.filter = Some(argument),
            }
        }
        selection
    }

    /// Whether a row is wanted.
    pub fn has(&self, row: &str) -> bool {
        let filter = self.filter.as_ref();
        filter.is_none_or(|filter| row.contains(filter.as_str()))
    }

    pub fn print(&self, rows: &[Row]) {
        for row in rows.iter().filter(|row| self.has(&row.name)) {
            report::print(row, self.json);
        }
    }
}

fn main() {
    let selection = Selection::from_arguments();
    if !selection.json {
        println!(
            "{THREADS} threads and f32 unless said; {}; {} processors here",
            InstructionSet::fastest().name(),
            std::thread::available_parallelism().map_or(1, |n| n.get()),
        );
    }
    let mut peers = Peers::from_environment();
    for workload in workload::stepped() {
        selection.print(&comparisons::rows(&workload, &mut peers, &selection));
    }
    selection.print(&minimiser::rows(&mut peers, &selection));
    selection.print(&overhead::rows(&selection));
    selection.print(&norms::rows(&selection));
    if selection.has("memory") {
        selection.print(&[memory::row()]);
    }
}
