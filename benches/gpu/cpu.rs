//! Steps of Adam on a GPU beside those on the CPU, of problems as their files state them.

use crate::arguments::Arguments;
use crate::comparison::report::{self, Measured, Row};
use crate::comparison::timing::{Burst, Contestant, ROUNDS, run};
use pinn::engine::device::Hardware;
use pinn::equations::registry::Registry;
use pinn::problem::Problem;
use pinn::session::{AnySession, Observer, Progress, session_on};
use pinn::settings::{Precision, Settings};
use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

struct Case {
    name: &'static str,
    problem: &'static str,
    hidden: &'static [usize],
    points: usize,
}

const THERMAL: &str = include_str!("../../problems/thermal.toml");
const KOVASZNAY: &str = include_str!("../../problems/kovasznay.toml");
const CASES: [Case; 4] = [
    Case {
        name: "thermal/4x64/4096",
        problem: THERMAL,
        hidden: &[64; 4],
        points: 4096,
    },
    Case {
        name: "thermal/4x256/65536",
        problem: THERMAL,
        hidden: &[256; 4],
        points: 65536,
    },
    Case {
        name: "kovasznay/5x64/4096",
        problem: KOVASZNAY,
        hidden: &[64; 5],
        points: 4096,
    },
    Case {
        name: "kovasznay/5x256/32768",
        problem: KOVASZNAY,
        hidden: &[256; 5],
        points: 32768,
    },
];

/// The last two are f32 on the CPU.
const PRECISIONS: [Precision; 4] = [
    Precision::F32,
    Precision::F64,
    Precision::Tf32x3,
    Precision::Tf32,
];

/// Prints the rows that are wanted.
pub fn print(gpu: &Hardware, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    for case in CASES {
        for precision in PRECISIONS {
            let name = format!("{}/{}", case.name, precision.name());
            if arguments.wants(&name) {
                let row = row(name, &case, precision, gpu)?;
                report::print(&row, arguments.has("--json"));
            }
        }
    }
    Ok(())
}

fn row(
    name: String,
    case: &Case,
    precision: Precision,
    gpu: &Hardware,
) -> Result<Row, Box<dyn Error>> {
    let (problem, settings) = settings(case, precision)?;
    let begin = |hardware| session_on(hardware, problem.trained(), &settings);
    let [mut cpu, mut gpu] = [begin(&Hardware::Cpu)?, begin(gpu)?];
    let ours = cpu.losses()?.iter().sum::<f64>();
    let off = (gpu.losses()?.iter().sum::<f64>() - ours).abs() / ours;
    let mut contestants = [
        Contestant::new("GPU", move |steps| burst(gpu.as_mut(), steps)),
        Contestant::new("CPU", move |steps| burst(cpu.as_mut(), steps)),
    ];
    let others = run(&mut contestants, ROUNDS)?;
    let [gpu, cpu] = &contestants;
    Ok(Row {
        name,
        value: gpu.against(cpu),
        unit: "times the CPU",
        target: None,
        measured: vec![
            Measured::of(&format!("GPU (loss off by {off:.1e})"), gpu),
            Measured::of("CPU", cpu),
        ],
        others,
    })
}

/// The settings of a row: steps of Adam without end, on the same points.
fn settings(case: &Case, precision: Precision) -> Result<(Problem, Settings), Box<dyn Error>> {
    let adam = "\n[[train]]\noptimiser = \"adam\"\nsteps = 1000000000\n";
    let whole = case.problem;
    let text = match whole.find("[[train]]") {
        // Phases are replaced by one; what follows them does not change a step.
        Some(phases) => format!("{}{adam}", &whole[..phases]),
        None => format!("{whole}{adam}"),
    };
    let problem = Problem::parse("row", text, &Registry::builtin())?;
    let mut settings = problem.settings.clone();
    settings.precision = precision;
    settings.network.hidden = case.hidden.to_vec();
    settings.sampling.interior = case.points;
    Ok((problem, settings))
}

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

/// Timed steps.
fn burst(session: &mut dyn AnySession, steps: usize) -> Result<Burst, Box<dyn Error>> {
    let stop = AtomicBool::new(false);
    let begin = session.seconds();
    let mut observer = Steps {
        left: steps,
        stop: &stop,
    };
    session.train(&mut observer, &stop)?;
    Ok(Burst {
        count: steps as f64,
        seconds: session.seconds() - begin,
    })
}
