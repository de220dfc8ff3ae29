//! Steps of Adam on a graphics card beside those on the processor.
//!
//! `cargo bench --features cuda --bench cards` prints a table, `-- NAME` only the rows whose names contain that. Both train
//! the same problem from the same start, in turns of a quarter of a second; a ratio is the median over the rounds. Without a
//! card it fails. `scripts/gpu-check` makes a program of it that runs elsewhere.

#[path = "../support/arguments.rs"]
mod arguments;

use arguments::Arguments;
use pinn::pinn::engine::device::{Device, Hardware};
use pinn::pinn::registry::Registry;
use pinn::pinn::session::{AnySession, Observer, Progress, session_on};
use pinn::pinn::settings::{Precision, Settings};
use pinn::problem::Problem;
use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

const ROUNDS: usize = 9;
/// Each trains about this long in a round.
const SECONDS: f64 = 0.25;

struct Row {
    name: &'static str,
    problem: &'static str,
    hidden: &'static [usize],
    points: usize,
}

const THERMAL: &str = include_str!("../../problems/thermal.toml");
const KOVASZNAY: &str = include_str!("../../problems/kovasznay.toml");
const ROWS: [Row; 4] = [
    Row {
        name: "heat 1D, tanh 4x64, 4096 points",
        problem: THERMAL,
        hidden: &[64; 4],
        points: 4096,
    },
    Row {
        name: "heat 1D, tanh 4x256, 65536 points",
        problem: THERMAL,
        hidden: &[256; 4],
        points: 65536,
    },
    Row {
        name: "Kovasznay, tanh 5x64, 4096 points",
        problem: KOVASZNAY,
        hidden: &[64; 5],
        points: 4096,
    },
    Row {
        name: "Kovasznay, tanh 5x256, 32768 points",
        problem: KOVASZNAY,
        hidden: &[256; 5],
        points: 32768,
    },
];

/// Stops after some steps.
struct Steps<'a> {
    left: usize,
    stop: &'a AtomicBool,
}

impl Observer for Steps<'_> {
    fn step(&mut self, _: &Progress<'_>) {
        self.left -= 1;
        self.stop.store(self.left == 0, Ordering::Relaxed);
    }
}

/// Seconds of a step, on average of `steps`.
fn step(session: &mut dyn AnySession, steps: usize) -> Result<f64, Box<dyn Error>> {
    let stop = AtomicBool::new(false);
    let begin = session.seconds();
    let mut observer = Steps {
        left: steps,
        stop: &stop,
    };
    session.train(&mut observer, &stop)?;
    Ok((session.seconds() - begin) / steps as f64)
}

/// The settings of a row: steps of Adam without end, on the same points.
fn settings(row: &Row, precision: Precision) -> Result<(Problem, Settings), Box<dyn Error>> {
    let adam = "\n[[train]]\noptimiser = \"adam\"\nsteps = 1000000000\n";
    let whole = row.problem;
    let text = match whole.find("[[train]]") {
        // Phases are replaced by one; what follows them does not change a step.
        Some(phases) => format!("{}{adam}", &whole[..phases]),
        None => format!("{whole}{adam}"),
    };
    let problem = Problem::parse("row", text, &Registry::builtin())?;
    let mut settings = problem.settings.clone();
    settings.precision = precision;
    settings.network.hidden = row.hidden.to_vec();
    settings.sampling.interior = row.points;
    Ok((problem, settings))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn print(row: &Row, precision: Precision, card: &Hardware) -> Result<(), Box<dyn Error>> {
    let (problem, settings) = settings(row, precision)?;
    let begin = |hardware| session_on(hardware, problem.trained(), &settings);
    let mut both = [begin(&Hardware::Cpu)?, begin(card)?];
    let mut losses = Vec::new();
    for session in &mut both {
        losses.push(session.losses()?.iter().sum::<f64>());
    }
    let mut repeat = [1; 2];
    for (session, repeat) in both.iter_mut().zip(&mut repeat) {
        // The first steps allocate, and translate kernels.
        step(session.as_mut(), 3)?;
        *repeat = (SECONDS / step(session.as_mut(), 3)?).ceil() as usize;
    }
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        // Forwards and backwards.
        for turn in [round % 2, 1 - round % 2] {
            times[turn].push(step(both[turn].as_mut(), repeat[turn])?);
        }
    }
    let pairs = times[0].iter().zip(&times[1]);
    let ratio = median(pairs.map(|(processor, card)| processor / card).collect());
    let [processor, card] = times.map(median);
    println!(
        "{:<36} {:>4} {:>11.3} {:>11.3} {:>8.2} {:>9.1e}",
        row.name,
        format!("{precision:?}").to_lowercase(),
        1e3 * processor,
        1e3 * card,
        ratio,
        (losses[1] - losses[0]).abs() / losses[0],
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(&[], &[])?;
    let (hardware, _) = Device::Cuda { ordinal: 0 }.find()?;
    if let Hardware::Cuda(card) = &hardware {
        let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
        println!("{card}, beside {threads} threads of the processor; ms for a step");
    }
    println!(
        "{:<36} {:>4} {:>11} {:>11} {:>8} {:>9}",
        "", "", "processor", "card", "ratio", "losses"
    );
    for row in ROWS.iter().filter(|row| arguments.wants(row.name)) {
        for precision in [Precision::F32, Precision::F64] {
            print(row, precision, &hardware)?;
        }
    }
    Ok(())
}
