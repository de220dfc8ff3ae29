//! What norms of the hidden layers add to a step.

use crate::THREADS;
use crate::arguments::Arguments;
use crate::comparison::report::{Measured, Row, Target};
use crate::comparison::timing::{Contestant, ROUNDS, run};
use crate::comparison::training::Training;
use crate::comparison::workload::heat;
use pinn::norm::layer::{NormLayers, Place, PointwiseNorm};
use std::error::Error;

/// Widths of four hidden layers, points in the interior, and the share of a step that a layer norm may add.
const SIZES: [(usize, usize, f64); 2] = [(64, 4096, 20.0), (256, 1024, 8.0)];

pub fn rows(arguments: &Arguments) -> Result<Vec<Row>, Box<dyn Error>> {
    let kinds = [
        ("layer", PointwiseNorm::Layer),
        ("rms", PointwiseNorm::Rms),
        ("group", PointwiseNorm::Group { groups: 4 }),
    ];
    let mut rows = Vec::new();
    for (width, points, most) in SIZES {
        for (kind, norm) in &kinds {
            let name = format!("norm/{kind}-{width}");
            if arguments.wants(&name) {
                let target = (*kind == "layer").then_some(Target::AtMost(most));
                rows.push(row(name, norm, (width, points), target)?);
            }
        }
    }
    Ok(rows)
}

/// The same steps with and without, in turns.
fn row(
    name: String,
    norm: &PointwiseNorm,
    (width, points): (usize, usize),
    target: Option<Target>,
) -> Result<Row, Box<dyn Error>> {
    let plain = heat(vec![width; 4], [points, points / 16, points / 16]);
    let mut normed = heat(vec![width; 4], [points, points / 16, points / 16]);
    normed.norm = Some(NormLayers::new(norm.clone(), Place::Pre));
    let [mut without, mut with] =
        [plain, normed].map(|workload| Training::<f32>::fused(&workload, THREADS));
    let mut contestants = [
        Contestant::new("without", move |steps| without.burst(steps)),
        Contestant::new("with", move |steps| with.burst(steps)),
    ];
    let others = run(&mut contestants, 2 * ROUNDS)?;
    let [without, with] = &contestants;
    Ok(Row {
        name,
        value: 100.0 * (without.against(with) - 1.0),
        unit: "% more with norms",
        target,
        measured: vec![Measured::of("with", with), Measured::of("without", without)],
        others,
    })
}
