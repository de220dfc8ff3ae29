//! Steps of Adam beside those of JAX and PyTorch on the same GPU, and beside the GPU's peak.

use crate::arguments::Arguments;
use crate::comparison::peer::{PeerError, Python, SINGLE};
use crate::comparison::report::{self, Measured, Row};
use crate::comparison::timing::{Contestant, ROUNDS, run};
use crate::comparison::training::Training;
use crate::comparison::work::Work;
use crate::comparison::workload::{Workload, stepped};
use crate::peak::Peak;
use pinn::engine::device::Hardware;
use std::error::Error;
use std::num::NonZero;

/// Points in the interior.
const SIZES: [usize; 2] = [100_000, 1_000_000];
/// tf32 rounds the inputs of products by 2⁻¹¹ (NVIDIA, *A100 Tensor Core GPU Architecture*, 2020), in every layer,
/// forward and backward.
const TF32: f64 = 1e-2;
/// Other programs, and by how much loss and gradient at the start may differ from ours.
const PEERS: [(&str, f64); 4] = [
    ("jax-tiled", SINGLE),
    ("torch-taylor", SINGLE),
    ("torch-compile", SINGLE),
    ("jax-tf32", TF32),
];

/// Prints the rows that are wanted.
///
/// # Errors
/// Ours, and at the end if a peer computed something else than we do. What else goes wrong with a peer, such as that its
/// memory does not suffice, stands in its row.
pub fn print(
    hardware: &Hardware,
    peak: Option<&Peak>,
    threads: usize,
    arguments: &Arguments,
) -> Result<(), Box<dyn Error>> {
    let sizes = match arguments.value("--points")? {
        Some(points) => vec![NonZero::get(points)],
        None => SIZES.to_vec(),
    };
    let device = match hardware {
        Hardware::Cpu => "cpu",
        Hardware::Cuda(_) => "cuda",
    };
    let json = arguments.has("--json");
    let mut python = None;
    let mut differing = Vec::new();
    for points in sizes {
        for workload in stepped().map(|workload| workload.scaled(points)) {
            let name = |other: &str| format!("peers/{}/{points:e}/{other}", workload.name);
            let wanted = |other: &str| arguments.wants(&name(other));
            let peers: Vec<_> = PEERS.into_iter().filter(|(peer, _)| wanted(peer)).collect();
            if peers.is_empty() && !wanted("peak") {
                continue;
            }
            let mut ours = Training::<f32>::on(hardware, &workload, threads)?;
            if let Some(peak) = peak.filter(|_| wanted("peak")) {
                let row = share(name("peak"), &workload, &mut ours, peak)?;
                report::print(&row, json);
            }
            if peers.is_empty() {
                continue;
            }
            let python = python.get_or_insert_with(|| Python::from_environment(device, threads));
            let Some(python) = python else {
                continue;
            };
            for (peer, tolerance) in peers {
                match beside(name(peer), peer, tolerance, python, &workload, &mut ours) {
                    Ok(row) => report::print(&row, json),
                    Err(error) => {
                        let error = error.downcast::<PeerError>()?;
                        report::print_missing(&name(peer), &error.to_string(), json);
                        differing.extend(error.differs().then(|| name(peer)));
                    }
                }
            }
        }
    }
    match differing.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "computed something else than we do: {}",
            differing.join(", ")
        )
        .into()),
    }
}

/// Share of the peak. Operations are those that [`Work`] counts, without tanh.
fn share(
    name: String,
    workload: &Workload,
    ours: &mut Training<f32>,
    peak: &Peak,
) -> Result<Row, Box<dyn Error>> {
    let mut contestants = [Contestant::new("ours", |steps| ours.burst(steps))];
    let others = run(&mut contestants, ROUNDS)?;
    let [ours] = &contestants;
    Ok(Row {
        name,
        value: ours.rate() * Work::of(workload).operations() / peak.operations(),
        unit: "of the f32 peak",
        target: None,
        measured: vec![Measured::of("ours", ours)],
        others,
    })
}

/// One peer is there at a time, so that it has the GPU's memory to itself.
fn beside(
    name: String,
    peer: &'static str,
    tolerance: f64,
    python: &Python,
    workload: &Workload,
    ours: &mut Training<f32>,
) -> Result<Row, Box<dyn Error>> {
    let mut running = python.start(peer)?;
    // Where the peer begins.
    ours.restart(workload);
    let how = running.prepare(workload, &ours.evaluate()?, tolerance)?;
    let mut contestants = [
        Contestant::new("ours", |steps| ours.burst(steps)),
        Contestant::new(peer, |steps| running.run(workload.name, steps)),
    ];
    let others = run(&mut contestants, ROUNDS)?;
    let [ours, theirs] = &contestants;
    Ok(Row {
        name,
        value: ours.against(theirs),
        unit: "times as fast",
        target: None,
        measured: vec![
            Measured::of("ours", ours),
            Measured::of(&format!("{peer} ({how})"), theirs),
        ],
        others,
    })
}
