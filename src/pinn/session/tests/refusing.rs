//! Rejected settings and failures during training.

use super::*;

#[test]
fn the_first_bad_point_is_found() {
    let mut statement = stated(SI);
    statement.equations = erased(broken);
    let mut session = session(
        &statement.pose().unwrap(),
        &settings(Precision::F64, vec![adam(5)]),
    )
    .unwrap();
    let Outcome::Diverged(found) = session.train(&mut (), &AtomicBool::new(false)).unwrap() else {
        panic!("expected a divergence");
    };
    assert_eq!((found.step, &*found.residual), (0, "broken"));
    assert!(
        (0.0..=TIME).contains(&found.at[0]) && found.at[1] < LENGTH / 2.0,
        "{found:?}"
    );
}

#[test]
fn a_divergence_goes_back_to_the_last_good_parameters() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    for precision in [Precision::F32, Precision::F64] {
        let mut phase = adam(5);
        if let OptimiserSettings::Adam { learning_rate, .. } = &mut phase.optimiser {
            *learning_rate = if precision == Precision::F32 {
                1e30
            } else {
                1e200
            };
        }
        let settings = settings(precision, vec![phase]);
        let mut session = session(&slab(SI), &settings).unwrap();
        let at = vec![vec![1.0], vec![0.005]];
        let before = session.evaluate(&at).unwrap();
        let Outcome::Diverged(found) = session.train(&mut (), &AtomicBool::new(false)).unwrap()
        else {
            panic!("expected a divergence");
        };
        assert_eq!(found.step, 1);
        assert!(session.loss_names().contains(&found.residual));
        assert_eq!(session.evaluate(&at).unwrap(), before);
        assert!(session.losses().unwrap().iter().all(|l| l.is_finite()));
        // A saved state can be restored.
        session.save(&path).unwrap();
        session.restore(&path).unwrap();
    }
}

#[test]
fn impossible_settings_and_statements_are_refused() {
    let refuse = |statement: &Statement, change: fn(&mut Settings), what: &str| {
        let mut settings = settings(Precision::F64, vec![adam(3)]);
        change(&mut settings);
        let message = match statement.clone().pose() {
            Err(e) => e.to_string(),
            Ok(posed) => match session(&posed, &settings) {
                Ok(_) => panic!("expected an error about {what}"),
                Err(e) => e.to_string(),
            },
        };
        assert!(message.contains(what), "{message}");
    };
    let good = stated(SI);
    refuse(
        &good,
        |s| s.sampling.interior = 0,
        "interior points is 0; expected at least 1",
    );
    refuse(&good, |s| s.sampling.conditions = vec![1], "(3), found 1");
    refuse(
        &good,
        |s| s.condition_weights[1] = f64::NAN,
        "weight of a condition is NaN",
    );
    refuse(
        &good,
        |s| s.network.hidden = vec![0],
        "width of a hidden layer is 0",
    );
    refuse(
        &good,
        |s| {
            s.phases = vec![Phase {
                optimiser: OptimiserSettings::Lbfgs {
                    history: 0,
                    gradient_tolerance: 0.0,
                },
                ..adam(1)
            }]
        },
        "the history of phase 1 is 0",
    );
    refuse(
        &good,
        |s| {
            if let OptimiserSettings::Adam { layer_rates, .. } = &mut s.phases[0].optimiser {
                *layer_rates = LayerRates::ByNorm;
            }
        },
        "phase 1 sets learning rates by norms",
    );
    let mut empty = stated(SI);
    empty.domain.intervals[1].upper = 0.0;
    refuse(&empty, |_| {}, "lower < upper");
    let mut off = stated(SI);
    let beyond = Face {
        coordinate: 2,
        side: Side::Lower,
    };
    off.conditions[0].place = beyond.into();
    refuse(
        &off,
        |_| {},
        "condition `start` lies on a face of coordinate number 2",
    );
    let mut crossed = stated(SI);
    crossed.conditions[1].partner = Some(Face {
        coordinate: 0,
        side: Side::Upper,
    });
    refuse(
        &crossed,
        |_| {},
        "condition `left` couples faces of different coordinates",
    );
}

#[test]
fn no_points_give_no_values() {
    let mut session = session(&slab(SI), &settings(Precision::F32, Vec::new())).unwrap();
    let nothing = vec![Vec::new(), Vec::new()];
    assert_eq!(session.evaluate(&nothing).unwrap(), [Vec::<f64>::new()]);
}
