//! What a step costs beside its arithmetic.

use crate::THREADS;
use crate::arguments::Arguments;
use crate::comparison::report::{Measured, Row, Target};
use crate::comparison::timing::{Contestant, ROUNDS, median, run};
use crate::comparison::training::{Training, turns};
use crate::comparison::workload::{heat, stepped};
use std::cell::RefCell;
use std::error::Error;

pub fn rows(arguments: &Arguments) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut rows = Vec::new();
    if arguments.wants("tiny/overhead") {
        rows.push(tiny()?);
    }
    for workload in stepped() {
        let name = format!("{}/operation", workload.name);
        if arguments.wants(&name) {
            rows.push(operation(name, Training::fused(&workload, THREADS))?);
        }
    }
    Ok(rows)
}

/// A step on 1,000 points of a small network takes the time of its arithmetic and something more. The time
/// that a further point takes is that of a step on 64 times as many, less that of one on 32 times as many,
/// by their difference: a thousand times that is the arithmetic, divided between the threads without loss.
fn tiny() -> Result<Row, Box<dyn Error>> {
    let training = |times: usize| {
        let rows = [times * 1000, times * 64, times * 64];
        Training::<f32>::fused(&heat(vec![20; 3], rows), THREADS)
    };
    let [mut few, mut many, mut most] = [1, 32, 64].map(training);
    let mut contestants = [
        Contestant::new("1,000 points", move |steps| few.burst(steps)),
        Contestant::new("32,000 points", move |steps| many.burst(steps)),
        Contestant::new("64,000 points", move |steps| most.burst(steps)),
    ];
    let others = run(&mut contestants, 2 * ROUNDS)?;
    let [few, many, most] = &contestants;
    let rounds = few.rates.iter().zip(&many.rates).zip(&most.rates);
    let overheads = rounds.map(|((few, many), most)| {
        let arithmetic = (1.0 / most - 1.0 / many) / 32.0;
        1.0 / few - arithmetic
    });
    Ok(Row {
        name: "tiny/overhead".to_string(),
        value: 1e6 * median(overheads.collect()),
        unit: "µs beside arithmetic",
        target: Some(Target::AtMost(150.0)),
        measured: vec![Measured::of(&few.name, few), Measured::of(&most.name, most)],
        others,
    })
}

/// The same engine by way of dfdx's tape and called directly, in short turns.
fn operation(name: String, training: Training<f32>) -> Result<Row, Box<dyn Error>> {
    let training = RefCell::new(training);
    let burst = |through| turns(&training, move |training| training.through_tape(through));
    let mut contestants = [
        Contestant::new("through dfdx's tape", burst(true)),
        Contestant::new("directly", burst(false)),
    ];
    let others = run(&mut contestants, 3 * ROUNDS)?;
    let [through, directly] = &contestants;
    Ok(Row {
        name,
        value: 100.0 * (directly.against(through) - 1.0),
        unit: "% more through the tape",
        target: Some(Target::AtMost(3.0)),
        measured: vec![
            Measured::of(&through.name, through),
            Measured::of(&directly.name, directly),
        ],
        others,
    })
}
