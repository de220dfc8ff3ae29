//! Training of unknowns: engines agree, every optimiser continues bit for bit.

use super::{BAR, MEASUREMENTS, good, load};
use pinn::engine::tape::TapeEngine;
use pinn::session::{AnySession, Observer, Progress, Session, session};
use pinn::settings::{OptimiserSettings, Phase, Schedule};
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn both_engines_see_the_same_problem() {
    let mut problem = good(BAR);
    problem.settings.phases.clear();
    let mut fused = Session::<f64>::new(&problem.statement, &problem.settings).unwrap();
    let mut tape =
        Session::<f64>::with_engine(&problem.statement, &problem.settings, |network, kernels| {
            Ok(Box::new(TapeEngine::new(network, kernels)?))
        })
        .unwrap();
    let parameters: Vec<f64> = fused
        .parameter_values()
        .iter()
        .enumerate()
        .map(|(i, p)| p + 0.1 * (i as f64).sin())
        .collect();
    for session in [&mut fused, &mut tape] {
        session.begin_with(&parameters).unwrap();
    }
    assert_eq!(fused.unknowns(), tape.unknowns());
    assert_ne!(fused.unknowns()[0], 20.0);
    let (a, b) = (fused.losses().unwrap(), tape.losses().unwrap());
    assert_eq!(a.len(), 5);
    for (a, b) in a.iter().zip(&b) {
        assert!((a / b - 1.0).abs() < 1e-10, "{a} {b}");
    }
    let inferences = [fused.inference().unwrap(), tape.inference().unwrap()].map(Option::unwrap);
    let [a, b] = inferences.map(|i| i.estimates[0].error.unwrap().deviation);
    assert!((a / b - 1.0).abs() < 1e-6, "{a} {b}");
}

/// Asks to stop after a step.
struct StopAt<'a>(usize, &'a AtomicBool);

impl Observer for StopAt<'_> {
    fn step(&mut self, progress: &Progress<'_>) {
        assert_eq!(progress.unknowns.len(), 1);
        if progress.step == self.0 {
            self.1.store(true, Ordering::Relaxed);
        }
    }
}

#[test]
fn every_optimiser_moves_the_unknown_and_continues_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let (schedule, layer_rates) = (Schedule::Constant, Default::default());
    let (learning_rate, gradient_tolerance) = (1e-2, 0.0);
    let (beta1, beta2, epsilon) = (0.9, 0.999, 1e-8);
    let optimisers = [
        OptimiserSettings::Adam {
            learning_rate,
            schedule,
            beta1,
            beta2,
            epsilon,
            layer_rates,
        },
        OptimiserSettings::Sgd {
            learning_rate,
            schedule,
            momentum: 0.5,
            layer_rates,
        },
        OptimiserSettings::Soap {
            learning_rate,
            schedule,
            beta1,
            beta2,
            epsilon,
            refresh: 2,
            layer_rates,
        },
        OptimiserSettings::Lbfgs {
            history: 5,
            gradient_tolerance,
        },
        OptimiserSettings::Ssbfgs { gradient_tolerance },
        OptimiserSettings::Ssbroyden { gradient_tolerance },
        OptimiserSettings::GaussNewton { gradient_tolerance },
    ];
    for (number, optimiser) in optimisers.into_iter().enumerate() {
        let mut problem = good(BAR);
        problem.settings.phases = vec![Phase {
            optimiser,
            steps: 8,
            target_loss: None,
            max_seconds: None,
            stagnation: None,
        }];
        let begin = || session(&problem.statement, &problem.settings).unwrap();
        let mut whole = begin();
        assert!((whole.unknowns()[0] - 20.0).abs() < 1e-12);
        whole.train(&mut (), &AtomicBool::new(false)).unwrap();
        assert_ne!(whole.unknowns()[0], 20.0, "optimiser {number}");
        let path = folder.path().join(format!("{number}.safetensors"));
        let mut first = begin();
        let stop = AtomicBool::new(false);
        first.train(&mut StopAt(4, &stop), &stop).unwrap();
        first.save(&path).unwrap();
        let mut second = begin();
        second.restore(&path).unwrap();
        assert_eq!(second.unknowns(), first.unknowns());
        second.train(&mut (), &AtomicBool::new(false)).unwrap();
        assert_eq!(
            second.parameter_values(),
            whole.parameter_values(),
            "optimiser {number}"
        );
    }
}

#[test]
fn other_measurements_are_another_problem() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    let problem = good(BAR);
    let mut first = session(&problem.statement, &problem.settings).unwrap();
    let stop = AtomicBool::new(false);
    first.train(&mut StopAt(1, &stop), &stop).unwrap();
    first.save(&path).unwrap();
    let other = load(BAR, &MEASUREMENTS.replacen("5,11.11,", "5,11.12,", 1)).unwrap();
    let mut other = session(&other.statement, &other.settings).unwrap();
    let error = other.restore(&path).unwrap_err().to_string();
    assert!(error.contains("thermocouples"), "{error}");
}
