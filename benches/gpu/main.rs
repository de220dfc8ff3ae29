//! Steps of Adam on a GPU, beside those on the CPU and those of other programs on the same GPU.
//!
//! `cargo bench --features cuda --bench gpu` prints a table, `-- NAME` only the rows whose names contain that,
//! `-- peers` those beside JAX and PyTorch, for which `PINN_PEERS_PYTHON` names a Python; `-- --json` prints an object a
//! row. All that a row compares starts alike and runs in turns; a ratio is the median over the rounds. Without a GPU it
//! fails: `-- peers --rehearse --points 4096` makes the same comparison on the CPU, to see that it works.
//! `scripts/gpu-check` makes a program of it that runs elsewhere.

#[path = "../support/arguments.rs"]
mod arguments;
#[path = "../support/comparison/mod.rs"]
mod comparison;
mod cpu;
mod host;
mod peak;
mod peers;

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
            Hardware::Cuda(gpu) => println!("{gpu}; {threads} threads of the CPU"),
            Hardware::Cpu => println!("a rehearsal on {threads} threads of the CPU"),
        }
        match &peak {
            Some(peak) => println!("peak: {peak}"),
            None => println!("peak: not known of this hardware"),
        }
    }
    cpu::print(&hardware, &arguments)?;
    host::print(&hardware, threads, &arguments)?;
    peers::print(&hardware, peak.as_ref(), threads, &arguments)
}
