//! L-BFGS in single precision: evaluations of loss and gradient in a second, and whether it goes on.

use crate::THREADS;
use crate::arguments::Arguments;
use crate::comparison::report::{Measured, Row, Target};
use crate::comparison::timing::{Contestant, ROUNDS, run};
use crate::comparison::training::Training;
use crate::comparison::workload::minimised;
use crate::peers::Peers;
use crate::roofline::Roofline;
use pinn::engine::EngineError;
use std::error::Error;

/// Steps of Adam before.
const ADAM: usize = 500;
/// Iterations until the memory of L-BFGS is full.
const FILL: usize = 100;
/// Iterations that it must do without stopping by itself.
const ITERATIONS: usize = 1000;

pub fn rows(peers: &mut Peers, arguments: &Arguments) -> Result<Vec<Row>, Box<dyn Error>> {
    let workload = minimised();
    let names = ["jax-tiled", "roofline", "evaluation", "iterations"];
    let [peer_row, limit, alone, iterations] =
        names.map(|name| format!("{}/{name}", workload.name));
    let compared = [&peer_row, &limit, &alone].map(|row| arguments.wants(row));
    let mut rows = Vec::new();
    let adam = || {
        let mut training = Training::<f32>::fused(&workload, THREADS);
        let start = training.evaluate()?;
        training.steps(ADAM)?;
        Ok::<_, EngineError>((training, start))
    };
    if compared.contains(&true) {
        let (training, start) = adam()?;
        let mut lbfgs = training.with_lbfgs();
        lbfgs.steps(FILL)?;
        let (mut evaluations, _) = adam()?;
        let roofline = Roofline::new(&workload, THREADS);
        let mut contestants = vec![
            Contestant::new("L-BFGS", move |steps| lbfgs.burst_of_evaluations(steps)),
            Contestant::new("step of Adam", move |steps| evaluations.burst(steps)),
        ];
        if compared[1] {
            contestants.push(Contestant::new("roofline", |_| roofline.burst()));
        }
        let wanted: &[&str] = if compared[0] { &["jax-tiled"] } else { &[] };
        for peer in peers.prepared(wanted, &workload, &start) {
            let name = workload.name;
            peer.run(name, FILL)?;
            contestants.push(Contestant::new("jax-tiled", move |steps| {
                peer.run(name, steps)
            }));
        }
        let share = run(&mut contestants, ROUNDS)?;
        let (ours, others) = contestants.split_first().expect("the first is ours");
        for other in others {
            let (name, beside, unit, target) = match other.name.as_str() {
                "roofline" => (&limit, roofline.describe(), "of the limit", Some(0.75)),
                "jax-tiled" => (&peer_row, other.name.clone(), "times as fast", Some(2.0)),
                _ => (&alone, other.name.clone(), "of its rate", None),
            };
            rows.push(Row {
                name: name.clone(),
                value: ours.against(other),
                unit,
                target: target.map(Target::AtLeast),
                measured: vec![
                    Measured::of("evaluations in L-BFGS", ours),
                    Measured::of(&beside, other),
                ],
                others: share,
            });
        }
    }
    if arguments.wants(&iterations) {
        let mut lbfgs = adam()?.0.with_lbfgs();
        let mut done = 0;
        while done < ITERATIONS && lbfgs.steps(1)?.is_none() {
            done += 1;
        }
        rows.push(Row {
            name: iterations,
            value: done as f64,
            unit: "without a stop",
            target: Some(Target::AtLeast(ITERATIONS as f64)),
            measured: Vec::new(),
            others: 0.0,
        });
        rows.push(Row {
            name: format!("{}/iterations, loss", workload.name),
            value: lbfgs.evaluate()?.loss,
            unit: "at the end",
            target: None,
            measured: Vec::new(),
            others: 0.0,
        });
    }
    Ok(rows)
}
