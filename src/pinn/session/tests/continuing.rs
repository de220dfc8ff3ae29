//! Saved runs continue bit for bit, and only with the same problem.

use super::*;
use pinn_network::{Architecture, Sharing, WeightForm};
use pinn_norm::layer::{NormLayers, Place, PointwiseNorm};

#[test]
fn a_continued_run_repeats_an_uninterrupted_one_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    for precision in [Precision::F32, Precision::F64] {
        // Inside Adam, on a step that draws new points; between phases; inside L-BFGS; at the end.
        for cut in [12, 15, 20, 25, 30] {
            let mut settings = settings(precision, vec![adam(20), lbfgs(10)]);
            settings.sampling.resample_every = Some(5);
            settings.residual_norm = ResidualNormChoice::FrozenRms;
            let new = || session(&slab(SI), &settings).unwrap();
            let mut straight = new();
            let (outcome, expected) = train_until(straight.as_mut(), usize::MAX);
            assert!(matches!(outcome, Outcome::Finished { .. }));

            let mut first = new();
            let (outcome, mut found) = train_until(first.as_mut(), cut);
            assert_eq!(first.step(), cut);
            assert_eq!(outcome == Outcome::Interrupted, cut < 30);
            first.save(&path).unwrap();
            let mut second = new();
            second.restore(&path).unwrap();
            assert_eq!(second.step(), cut);
            assert_eq!(second.seconds(), first.seconds());
            found.extend(train_until(second.as_mut(), usize::MAX).1);

            assert_eq!(found, expected, "{precision:?}, cut at {cut}");
            assert_eq!(found.len(), 30);
            let at = vec![vec![1.0, 2.0], vec![0.003, 0.011]];
            assert_eq!(
                second.evaluate(&at).unwrap(),
                straight.evaluate(&at).unwrap()
            );
            assert_eq!(second.losses().unwrap(), straight.losses().unwrap());
        }
    }
}

/// Every optimiser except those above.
fn others() -> Vec<OptimiserSettings> {
    let gradient_tolerance = 0.0;
    vec![
        OptimiserSettings::Ssbfgs { gradient_tolerance },
        OptimiserSettings::Ssbroyden { gradient_tolerance },
        OptimiserSettings::GaussNewton { gradient_tolerance },
        OptimiserSettings::Soap {
            learning_rate: 3e-2,
            schedule: Schedule::Cosine { floor: 0.1 },
            beta1: 0.95,
            beta2: 0.95,
            epsilon: 1e-8,
            refresh: 3,
            layer_rates: LayerRates::Equal,
        },
        OptimiserSettings::Sgd {
            learning_rate: 1e-3,
            schedule: Schedule::Constant,
            momentum: 0.9,
            layer_rates: LayerRates::Equal,
        },
        OptimiserSettings::Sgd {
            learning_rate: 1e-3,
            schedule: Schedule::Constant,
            momentum: 0.9,
            layer_rates: LayerRates::ByNorm,
        },
        OptimiserSettings::Adam {
            learning_rate: 3e-2,
            schedule: Schedule::Constant,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            layer_rates: LayerRates::ByNorm,
        },
    ]
}

#[test]
fn every_optimiser_lowers_the_loss_continues_bit_for_bit_and_ignores_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    for precision in [Precision::F32, Precision::F64] {
        for optimiser in others() {
            let phase = Phase {
                optimiser,
                ..adam(12)
            };
            let by_norm = phase.optimiser.layer_rates() == LayerRates::ByNorm;
            let mut settings = settings(precision, vec![phase]);
            let norm = NormLayers::new(PointwiseNorm::Layer, Place::Pre);
            settings.network.norms = by_norm.then_some(norm).into_iter().collect();
            let mut straight = session(&slab(SI), &settings).unwrap();
            let start: f64 = straight.losses().unwrap().iter().sum();
            let (_, expected) = train_until(straight.as_mut(), usize::MAX);
            let end: f64 = straight.losses().unwrap().iter().sum();
            assert!(end < 0.5 * start, "{settings:?}: {start:e} to {end:e}");

            settings.threads = 2;
            let mut first = session(&slab(SI), &settings).unwrap();
            let (_, mut found) = train_until(first.as_mut(), 7);
            first.save(&path).unwrap();
            let mut second = session(&slab(SI), &settings).unwrap();
            second.restore(&path).unwrap();
            found.extend(train_until(second.as_mut(), usize::MAX).1);
            assert_eq!(found, expected, "{settings:?}");
        }
    }
}

#[test]
fn a_phase_ends_where_nothing_gets_better() {
    // Steps too short to matter.
    let mut phase = Phase {
        stagnation: Some(4),
        ..adam(500)
    };
    if let OptimiserSettings::Adam { learning_rate, .. } = &mut phase.optimiser {
        *learning_rate = 1e-12;
    }
    let mut session = session(&slab(SI), &settings(Precision::F64, vec![phase])).unwrap();
    let (outcome, steps) = train_until(session.as_mut(), usize::MAX);
    let reasons = vec![PhaseEnd::Stagnation];
    assert_eq!(outcome, Outcome::Finished { reasons });
    assert_eq!(steps.len(), 5);
}

#[test]
fn other_problems_are_refused_and_leave_the_session_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    let base = settings(Precision::F64, vec![adam(3)]);
    let mut saved = session(&slab(SI), &base).unwrap();
    finish(saved.as_mut());
    saved.save(&path).unwrap();
    let refuse = |statement: Statement, settings: Settings, what: &str| {
        let mut session = session(&statement.pose().unwrap(), &settings).unwrap();
        let before = session.losses().unwrap();
        let message = session.restore(&path).unwrap_err().to_string();
        assert!(
            message.contains(what) && message.contains("differs"),
            "{message}"
        );
        assert_eq!((session.step(), session.losses().unwrap()), (0, before));
    };
    let mut statement = stated(SI);
    statement.scales.parameters[0] *= 1.01;
    refuse(statement, base.clone(), "equation `heat`");
    let mut statement = stated(SI);
    let lower = Face {
        coordinate: 1,
        side: Side::Lower,
    };
    statement.conditions[2].place = lower.into();
    refuse(statement, base.clone(), "place of condition `right`");
    let mut statement = stated(SI);
    statement.conditions[2].hard = true;
    let mut hard = session(&statement.pose().unwrap(), &base).unwrap();
    let message = hard.restore(&path).unwrap_err().to_string();
    assert!(message.contains("condition `right`"), "{message}");
    let change = |change: fn(&mut Settings)| {
        let mut settings = base.clone();
        change(&mut settings);
        settings
    };
    refuse(
        stated(SI),
        change(|s| s.precision = Precision::F32),
        "precision",
    );
    refuse(stated(SI), change(|s| s.seed = 2), "seed");
    refuse(
        stated(SI),
        change(|s| s.network.hidden = vec![8, 9]),
        "network",
    );
    for network in [
        |s: &mut NetworkSettings| s.activation = Activation::Swish,
        |s: &mut NetworkSettings| s.first_frequency = 2.0,
        |s: &mut NetworkSettings| s.architecture = Architecture::Dense,
        |s: &mut NetworkSettings| s.sharing = Sharing::Separate,
        |s: &mut NetworkSettings| {
            s.norms = vec![NormLayers::new(PointwiseNorm::Layer, Place::Pre)];
        },
        |s: &mut NetworkSettings| {
            s.weights = WeightForm::Factorised {
                mean: 1.0,
                deviation: 0.1,
            }
        },
        |s: &mut NetworkSettings| {
            s.fourier = Some(FourierSettings {
                features: 4,
                scale: 1.0,
            })
        },
        |s: &mut NetworkSettings| {
            s.periodic = vec![PeriodicSettings {
                coordinate: 1,
                period: 1.0,
                harmonics: 1,
            }]
        },
    ] {
        let mut settings = base.clone();
        network(&mut settings.network);
        let mut session = session(&slab(SI), &settings).unwrap();
        let message = session.restore(&path).unwrap_err().to_string();
        assert!(
            message.contains("network") && message.contains("differs"),
            "{message}"
        );
    }
    refuse(stated(SI), change(|s| s.sampling.interior = 65), "sampling");
    refuse(
        stated(SI),
        change(|s| s.condition_weights[0] = 2.0),
        "weights",
    );
    refuse(stated(SI), change(|s| s.phases = vec![adam(4)]), "phase 1");
    // A finished run may go on with further phases, on more threads.
    let more = change(|s| {
        s.threads = 2;
        s.phases.push(lbfgs(4));
    });
    let mut session = session(&slab(SI), &more).unwrap();
    session.restore(&path).unwrap();
    finish(session.as_mut());
    assert_eq!(session.step(), 7);
}

#[test]
fn products_on_units_are_another_run_with_the_same_network() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    let new = |precision| session(&slab(SI), &settings(precision, vec![adam(5)])).unwrap();
    let mut plain = new(Precision::F32);
    let (_, expected) = train_until(plain.as_mut(), usize::MAX);
    plain.save(&path).unwrap();
    for precision in [Precision::Tf32, Precision::Tf32x3] {
        let mut other = new(precision);
        let refused = other.restore(&path).unwrap_err().to_string();
        assert!(
            refused.contains("precision") && refused.contains(precision.name()),
            "{refused}"
        );
        // The CPU has no tensor cores.
        assert_eq!(train_until(other.as_mut(), usize::MAX).1, expected);
        let mut later = new(precision);
        later.begin_from(&path).unwrap();
        assert_eq!(later.parameter_values(), plain.parameter_values());
    }
    let refused = new(Precision::F64).begin_from(&path).unwrap_err();
    assert!(refused.to_string().contains("precision"), "{refused}");
}

/// To rounding, in the second-order phase too: checkpoints know nothing of engines.
#[test]
fn a_state_goes_on_with_another_engine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    let newton = Phase {
        optimiser: OptimiserSettings::GaussNewton {
            gradient_tolerance: 0.0,
        },
        ..adam(4)
    };
    let settings = settings(Precision::F64, vec![adam(4), newton]);
    let mut tape = Session::<f64>::with_engine(&slab(SI), &settings, |network, kernels| {
        Ok(Box::new(TapeEngine::new(network, kernels)?))
    })
    .unwrap();
    let mut fused = Session::<f64>::new(&slab(SI), &settings).unwrap();
    train_until(&mut tape, 6);
    tape.save(&path).unwrap();
    fused.restore(&path).unwrap();
    assert_eq!(fused.step(), 6);
    let found = train_until(&mut fused, usize::MAX).1;
    let expected = train_until(&mut tape, usize::MAX).1;
    assert_eq!((found.len(), expected.len()), (2, 2));
    for ((_, step, a), (_, _, b)) in found.iter().zip(&expected) {
        assert!((a - b).abs() <= 1e-8 * b, "step {step}: {a} {b}");
    }
}
