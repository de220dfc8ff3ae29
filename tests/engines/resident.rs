//! Steps of Adam that an engine takes without the host, against those of the optimiser.

use crate::emulated::{Emulated, LIMITS, Order};
use crate::networks::{network, networks, parameters};
use crate::problems::*;
use crate::suite::{Build, Built, distance};
use pinn::engine::codegen::GeneratedEngine;
use pinn::engine::resident::StepLog;
use pinn::engine::{Engine, EngineError};
use pinn::expr::Real;
use pinn::geometry::points::Points;
use pinn::network::Network;
use pinn::network::activation::Activation;
use pinn::optimiser::{Adam, Objective, Optimiser};
use pinn::settings::Schedule;

struct Case<T> {
    engine: Box<dyn Engine<T>>,
    points: Vec<Points<T>>,
    weights: Vec<f64>,
    parameters: Vec<T>,
}

impl<T: Real> Case<T> {
    fn new(network: Network, build: Build<T>) -> Self {
        let kernels: Kernels<T> = operators().kernels();
        let points = point_sets(&[37, 5, 9][..kernels.len()], 71);
        let parameters = convert(&parameters(&network, 72));
        let engine = build(network, kernels).expect("it compiles");
        let weights = (0..engine.losses()).map(|n| 0.5 + n as f64).collect();
        Case {
            engine,
            points,
            weights,
            parameters,
        }
    }

    fn adam(&self) -> Adam<T> {
        let schedule = Schedule::Cosine { floor: 0.1 };
        Adam::new(self.parameters.len(), 5e-3).with_schedule(schedule, 40)
    }
}

fn emulated<T: Real + bytemuck::Pod>(network: Network, kernels: Kernels<T>) -> Built<T> {
    let machine = Emulated::new(LIMITS, Order::Ascending);
    Ok(Box::new(GeneratedEngine::new(machine, network, kernels)?))
}

/// The loss, and what it was of every residual at the last evaluation.
struct Loss<'a, T> {
    case: &'a mut Case<T>,
    losses: Vec<f64>,
}

impl<T: Real> Objective<T> for Loss<'_, T> {
    fn evaluate(&mut self, parameters: &[T], gradient: &mut [T]) -> Result<f64, EngineError> {
        let Case {
            engine,
            points,
            weights,
            ..
        } = &mut *self.case;
        engine.loss(
            parameters,
            points,
            weights,
            &mut self.losses,
            Some(gradient),
        )
    }
}

/// State after each of some steps, and what was seen before it.
struct Seen<T> {
    parameters: Vec<T>,
    losses: Vec<f64>,
    gradient_norm: f64,
}

fn step_by_step<T: Real>(case: &mut Case<T>, adam: &mut Adam<T>, steps: usize) -> Vec<Seen<T>> {
    let mut parameters = case.parameters.clone();
    let losses = vec![0.0; case.weights.len()];
    let mut loss = Loss { case, losses };
    let steps = (0..steps).map(|_| {
        let step = adam.step(&mut parameters, &mut loss).expect("shapes fit");
        Seen {
            parameters: parameters.clone(),
            losses: loss.losses.clone(),
            gradient_norm: step.gradient_norm,
        }
    });
    steps.collect()
}

/// Steps at once; the log is seen by `keep`. Returns parameters, previous ones, and how many steps counted.
fn at_once<T: Real>(
    case: &mut Case<T>,
    adam: &mut Adam<T>,
    steps: usize,
    mut keep: impl FnMut(&StepLog) -> usize,
) -> (Vec<T>, Vec<T>, usize) {
    let mut parameters = case.parameters.clone();
    let mut previous = vec![T::ZERO; parameters.len()];
    let taken = adam.run(steps, &mut parameters, &mut previous, |run| {
        let engine = case.engine.resident().expect("it does");
        engine.adam(run, &case.points, &case.weights, 3..5, &mut keep)
    });
    (parameters, previous, taken.expect("shapes fit"))
}

fn agrees<T: Real + bytemuck::Pod>(name: &str, network: Network, kept: usize) {
    let mut case = Case::<T>::new(network, &emulated);
    let mut adam = case.adam();
    let expected = step_by_step(&mut case, &mut adam, 7);
    let mut other = case.adam();
    let (found, previous, taken) = at_once(&mut case, &mut other, 7, |log| {
        assert_eq!(log.records().count(), 7);
        for (record, expected) in log.records().zip(&expected) {
            assert!(record.taken);
            assert_eq!(record.losses, expected.losses, "{name}");
            let norm = (record.gradient_norm, expected.gradient_norm);
            assert!(
                (norm.0 - norm.1).abs() <= 1e-12 * norm.1,
                "{name}: {norm:?}"
            );
            let watched = expected.parameters[3..5].iter().map(|p| p.to_f64());
            assert_eq!(record.watched, watched.collect::<Vec<_>>());
        }
        kept
    });
    assert_eq!(taken, kept);
    assert!(found == expected[kept - 1].parameters, "{name}: other bits");
    let before = match kept {
        1 => &case.parameters,
        _ => &expected[kept - 2].parameters,
    };
    assert!(
        previous == *before,
        "{name}: other bits before the last step"
    );
    // A second run goes on from there.
    case.parameters = found;
    let (found, ..) = at_once(&mut case, &mut other, 7 - kept + 1, |_| 7 - kept);
    if kept < 7 {
        assert!(found == expected[6].parameters, "{name}: other bits later");
        assert_eq!(other.state(), adam.state());
    }
}

#[test]
fn many_steps_at_once_give_the_bits_of_single_ones() {
    for (name, network) in networks().into_iter().step_by(4) {
        agrees::<f64>(&name, network, 7);
    }
    let network = network(Activation::Tanh, &[9, 6]);
    for kept in 1..=7 {
        agrees::<f32>("f32", network.clone(), kept);
    }
}

#[test]
fn a_run_of_which_nothing_counts_changes_nothing() {
    let mut case = Case::<f64>::new(network(Activation::Tanh, &[9, 6]), &emulated);
    let mut adam = case.adam();
    let before = adam.state();
    let (found, previous, taken) = at_once(&mut case, &mut adam, 3, |_| 0);
    assert_eq!(taken, 0);
    assert_eq!((found, adam.state()), (case.parameters.clone(), before));
    assert_eq!(previous, vec![0.0; previous.len()]);
}

#[test]
fn steps_that_start_from_no_number_are_not_taken() {
    let mut case = Case::<f64>::new(network(Activation::Tanh, &[9, 6]), &emulated);
    // Of the second step: the rate throws the parameters where the loss is infinite.
    let mut adam = Adam::new(case.parameters.len(), 1e200);
    let (found, previous, taken) = at_once(&mut case, &mut adam, 4, |log| {
        let taken: Vec<bool> = log.records().map(|record| record.taken).collect();
        assert_eq!(taken, [true, false, false, false]);
        taken.iter().filter(|taken| **taken).count()
    });
    assert_eq!((taken, &previous), (1, &case.parameters));
    let mut single = Adam::new(case.parameters.len(), 1e200);
    let expected = step_by_step(&mut case, &mut single, 2);
    assert_eq!(found, expected[0].parameters);
    assert_eq!(expected[1].parameters, expected[0].parameters);
    assert_eq!(adam.state(), single.state());
}

#[test]
fn vectors_of_other_lengths_are_refused() {
    let mut case = Case::<f64>::new(network(Activation::Tanh, &[9, 6]), &emulated);
    let mut adam = Adam::new(case.parameters.len() + 1, 1e-3);
    let mut parameters = vec![0.0; case.parameters.len() + 1];
    let mut previous = parameters.clone();
    let refused = adam.run(1, &mut parameters, &mut previous, |run| {
        let engine = case.engine.resident().expect("it does");
        engine.adam(run, &case.points, &case.weights, 0..0, &mut |_| 1)
    });
    assert!(
        matches!(refused, Err(EngineError::Shape { .. })),
        "{refused:?}"
    );
}

/// Steps of an engine whose machine rounds in its own way: next to those of the optimiser, and the same bits however many
/// are taken at once.
pub fn agree<T: Real>(build: Build<T>, bound: f64) {
    for (name, network) in networks().into_iter().step_by(6) {
        let mut case = Case::<T>::new(network, build);
        let mut adam = case.adam();
        let expected = step_by_step(&mut case, &mut adam, 8);
        let mut whole = case.adam();
        let (found, ..) = at_once(&mut case, &mut whole, 8, |log| {
            let taken = log.records().filter(|record| record.taken);
            assert_eq!(taken.count(), 8, "{name}");
            8
        });
        let error = distance(&found, &expected[7].parameters);
        assert!(error <= bound, "{name}: parameters differ by {error:e}");
        let mut parts = case.adam();
        for kept in [3, 1, 4] {
            (case.parameters, ..) = at_once(&mut case, &mut parts, 5, |_| kept);
        }
        assert!(case.parameters == found, "{name}: other bits in parts");
    }
}

#[test]
fn parts_of_a_run_give_the_bits_of_the_whole() {
    agree::<f32>(&emulated, 0.0);
}
