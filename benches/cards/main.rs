//! Steps of Adam on a graphics card, beside those on the processor and those of other programs on the same card.
//!
//! `cargo bench --features cuda --bench cards` prints a table, `-- NAME` only the rows whose names contain that, `-- peers`
//! those beside JAX and PyTorch, for which `PINN_PEERS_PYTHON` names a Python; `-- --json` prints an object a row. All that
//! a row compares starts alike and runs in turns; a ratio is the median over the rounds. Without a card it fails:
//! `-- peers --rehearse --points 4096` makes the same comparison on the processor, to see that it works.
//! `scripts/gpu-check` makes a program of it that runs elsewhere.

#[path = "../support/arguments.rs"]
mod arguments;
#[path = "../support/comparison/mod.rs"]
mod comparison;
mod host;
mod peak;
mod peers;
mod processor;

use arguments::Arguments;
use peak::Peak;
use pinn::engine::device::{Device, Hardware};
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    match rows() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn rows() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(&["--json", "--rehearse"], &["--points"])?;
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    let (hardware, peak) = match arguments.has("--rehearse") {
        true => (Hardware::Cpu, None),
        false => {
            let (hardware, _) = Device::Cuda { ordinal: 0 }.find()?;
            (hardware, Peak::of(0)?)
        }
    };
    if !arguments.has("--json") {
        match &hardware {
            Hardware::Cuda(card) => println!("{card}; {threads} threads of the processor"),
            Hardware::Cpu => println!("a rehearsal on {threads} threads of the processor"),
        }
        match &peak {
            Some(peak) => println!("peak: {peak}"),
            None => println!("peak: not known of this hardware"),
        }
    }
    processor::print(&hardware, &arguments)?;
    host::print(&hardware, threads, &arguments)?;
    peers::print(&hardware, peak.as_ref(), threads, &arguments)
}
