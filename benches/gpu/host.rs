//! Extra time of a step whose gradient and parameters pass through the host, against steps that the GPU takes alone.

use crate::arguments::Arguments;
use crate::comparison::report::{self, Measured, Row};
use crate::comparison::timing::{Contestant, ROUNDS, median, run};
use crate::comparison::training::{Training, turns};
use crate::comparison::workload::stepped;
use pinn::engine::device::Hardware;
use std::cell::RefCell;
use std::error::Error;

/// Prints the rows that are wanted.
pub fn print(
    hardware: &Hardware,
    threads: usize,
    arguments: &Arguments,
) -> Result<(), Box<dyn Error>> {
    let json = arguments.has("--json");
    for workload in stepped() {
        let name = format!("host/{}", workload.name);
        if !arguments.wants(&name) {
            continue;
        }
        let mut training = Training::<f32>::on(hardware, &workload, threads)?;
        match training.is_resident() {
            true => report::print(&row(name, training)?, json),
            false => report::print_missing(&name, "the engine takes no steps by itself", json),
        }
    }
    Ok(())
}

fn row(name: String, training: Training<f32>) -> Result<Row, Box<dyn Error>> {
    let training = RefCell::new(training);
    let burst = |through| turns(&training, move |training| training.through_host(through));
    let mut contestants = [
        Contestant::new("by way of the host", burst(true)),
        Contestant::new("by itself", burst(false)),
    ];
    let others = run(&mut contestants, ROUNDS)?;
    let [through, alone] = &contestants;
    let pairs = through.rates.iter().zip(&alone.rates);
    let longer = pairs.map(|(through, alone)| 1.0 / through - 1.0 / alone);
    Ok(Row {
        name,
        value: 1e6 * median(longer.collect()),
        unit: "µs a step for the host",
        target: None,
        measured: vec![
            Measured::of(&through.name, through),
            Measured::of(&alone.name, alone),
        ],
        others,
    })
}
