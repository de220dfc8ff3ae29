//! Steps of Adam beside everything that they are compared with.

use crate::THREADS;
use crate::arguments::Arguments;
use crate::comparison::report::{Measured, Row, Target};
use crate::comparison::timing::{Contestant, ROUNDS, run};
use crate::comparison::training::Training;
use crate::comparison::workload::Workload;
use crate::peers::Peers;
use crate::roofline::Roofline;
use std::error::Error;

/// Targets of the ratio to each peer.
const PEERS: [(&str, Option<f64>); 5] = [
    ("jax-tiled", Some(1.3)),
    ("jax-taylor", Some(2.0)),
    ("jax-nested", None),
    ("torch-compile", None),
    ("deepxde", Some(4.0)),
];

pub fn rows(
    workload: &Workload,
    peers: &mut Peers,
    arguments: &Arguments,
) -> Result<Vec<Row>, Box<dyn Error>> {
    let row_name = |other: &str| format!("{}/{other}", workload.name);
    let wanted = |other: &str| arguments.wants(&row_name(other));
    let others = ["tape", "roofline", "f64", "threads"];
    let own = others.iter().any(|other| wanted(other));
    if !own && !PEERS.iter().any(|(name, _)| wanted(name)) {
        return Ok(Vec::new());
    }
    let mut fused = Training::<f32>::fused(workload, THREADS);
    let start = fused.evaluate()?;
    let roofline = Roofline::new(workload, THREADS);
    let mut contestants = vec![Contestant::new("fused", move |steps| fused.burst(steps))];
    if wanted("tape") {
        let mut tape = Training::tape(workload);
        contestants.push(Contestant::new("tape", move |steps| tape.burst(steps)));
    }
    if wanted("roofline") {
        contestants.push(Contestant::new("roofline", |_| roofline.burst()));
    }
    if wanted("f64") {
        let mut double = Training::<f64>::fused(workload, THREADS);
        contestants.push(Contestant::new("f64", move |steps| double.burst(steps)));
    }
    if wanted("threads") {
        let mut single = Training::<f32>::fused(workload, 1);
        contestants.push(Contestant::new("threads", move |steps| single.burst(steps)));
    }
    let wanted: Vec<&'static str> = PEERS
        .map(|(name, _)| name)
        .into_iter()
        .filter(|p| wanted(p))
        .collect();
    for peer in peers.prepared(&wanted, workload, &start) {
        let (name, workload) = (peer.name, workload.name);
        contestants.push(Contestant::new(name, move |steps| {
            peer.run(workload, steps)
        }));
    }
    let others_share = run(&mut contestants, ROUNDS)?;

    let (fused, others) = contestants.split_first().expect("the first is ours");
    let row = |other: &Contestant| {
        let faster = "times as fast";
        let peer = PEERS.iter().find(|(name, _)| *name == other.name);
        let (value, unit, target) = match other.name.as_str() {
            "roofline" => (
                fused.against(other),
                "of the limit",
                Some(Target::AtLeast(0.75)),
            ),
            "f64" => (
                fused.against(other),
                "times as fast as f64",
                Some(Target::AtMost(2.2)),
            ),
            "threads" => (
                fused.against(other),
                "times as fast as 1",
                Some(Target::AtLeast(1.85)),
            ),
            "tape" => (fused.against(other), faster, None),
            _ => {
                let target = peer.and_then(|(_, target)| *target);
                (fused.against(other), faster, target.map(Target::AtLeast))
            }
        };
        let beside = match other.name.as_str() {
            "roofline" => roofline.describe(),
            "f64" => "fused f64".to_string(),
            "threads" => "1 thread".to_string(),
            "tape" => "dfdx's tensor operations".to_string(),
            name => name.to_string(),
        };
        Row {
            name: row_name(&other.name),
            value,
            unit,
            target,
            measured: vec![Measured::of("fused", fused), Measured::of(&beside, other)],
            others: others_share,
        }
    };
    Ok(others.iter().map(row).collect())
}
