//! Adaptive points, and points that are graded towards faces.

use super::*;
use pinn_expr::Real;

const METHODS: [AdaptiveMethod; 3] = [
    AdaptiveMethod::Rad,
    AdaptiveMethod::RarD {
        growth: 0.25,
        limit: 2.0,
    },
    AdaptiveMethod::Importance,
];

const NEWTON: OptimiserSettings = OptimiserSettings::GaussNewton {
    gradient_tolerance: 0.0,
};

fn adaptive(precision: Precision, method: AdaptiveMethod) -> Settings {
    let newton = Phase {
        optimiser: NEWTON,
        ..adam(10)
    };
    let mut settings = settings(precision, vec![adam(12), lbfgs(8), newton]);
    settings.sampling.graded = vec![Face {
        coordinate: 0,
        side: Side::Lower,
    }];
    settings.sampling.adaptive = Some(AdaptiveSettings {
        every: 5,
        ..AdaptiveSettings::usual(method)
    });
    settings
}

/// All numbers of the points in use.
fn drawn<T: Real>(session: &Session<T>) -> Vec<f64> {
    let points = session.collocation.points().iter();
    let values = points.flat_map(|p| p.values().iter().chain(p.measure().unwrap_or(&[])));
    values.map(|x| x.to_f64()).collect()
}

#[test]
fn adaptive_points_continue_bit_for_bit_and_ignore_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    for precision in [Precision::F32, Precision::F64] {
        for method in METHODS {
            let settings = adaptive(precision, method);
            let mut straight = session(&slab(SI), &settings).unwrap();
            let expected = train_until(straight.as_mut(), usize::MAX).1;
            assert_eq!(expected.len(), 30);
            // Behind a choice, where one is due, inside L-BFGS and inside Gauss–Newton.
            for cut in [3, 5, 7, 13, 20, 26] {
                let mut threaded = settings.clone();
                threaded.threads = 2;
                let mut first = session(&slab(SI), &threaded).unwrap();
                let mut found = train_until(first.as_mut(), cut).1;
                first.save(&path).unwrap();
                let mut second = session(&slab(SI), &settings).unwrap();
                second.restore(&path).unwrap();
                found.extend(train_until(second.as_mut(), usize::MAX).1);
                assert_eq!(found, expected, "{precision:?} {method:?}, cut at {cut}");
                assert_eq!(second.losses().unwrap(), straight.losses().unwrap());
            }
        }
    }
}

#[test]
fn points_change_when_they_are_due_in_every_phase() {
    for method in METHODS {
        let mut session =
            Session::<f64>::new(&slab(SI), &adaptive(Precision::F64, method)).unwrap();
        let mut before = drawn(&session);
        let mut changed = Vec::new();
        for step in 1..=30 {
            train_until(&mut session, step);
            let now = drawn(&session);
            if now != before {
                changed.push(step);
            }
            before = now;
        }
        // In the step after each multiple of five; the slab's four sets of points double in four refinements.
        let expected: &[usize] = match method {
            AdaptiveMethod::RarD { .. } => &[6, 11, 16, 21],
            _ => &[6, 11, 16, 21, 26],
        };
        assert_eq!(changed, expected, "{method:?}");
    }
}

#[test]
fn refinement_keeps_the_points_and_others_their_number() {
    for method in METHODS {
        let settings = adaptive(Precision::F64, method);
        let mut session = Session::<f64>::new(&slab(SI), &settings).unwrap();
        let before = session.collocation.points().to_vec();
        train_until(&mut session, 22);
        for (before, after) in before.iter().zip(session.collocation.points()) {
            let (first, now) = (before.column(0, 0), after.column(0, 0));
            match method {
                AdaptiveMethod::RarD { .. } => {
                    assert_eq!(now.len(), 2 * first.len());
                    assert!(now.starts_with(first));
                }
                _ => assert_eq!(now.len(), first.len()),
            }
        }
    }
}

#[test]
fn graded_and_importance_points_estimate_the_same_losses() {
    let plain = settings(Precision::F64, Vec::new());
    let losses = |settings: &Settings| {
        let mut settings = settings.clone();
        settings.sampling.interior = 4096;
        settings.sampling.conditions = vec![4096; 3];
        let mut session = Session::<f64>::new(&slab(SI), &settings).unwrap();
        session.counters.step = 5;
        session.adapt().unwrap();
        session.losses().unwrap()
    };
    let expected = losses(&plain);
    let graded = Settings {
        sampling: SamplingSettings {
            adaptive: None,
            ..adaptive(Precision::F64, AdaptiveMethod::Rad).sampling
        },
        ..plain.clone()
    };
    let importance = Settings {
        sampling: adaptive(Precision::F64, AdaptiveMethod::Importance).sampling,
        ..plain
    };
    for other in [graded, importance] {
        for (found, expected) in losses(&other).iter().zip(&expected) {
            let error = (found - expected).abs() / expected;
            assert!(error < 0.03, "{found} {expected}");
        }
    }
}

#[test]
fn condition_points_gather_at_the_corner_where_residuals_are_large() {
    let mut settings = adaptive(Precision::F64, AdaptiveMethod::Rad);
    settings.sampling.graded = Vec::new();
    let mut session = Session::<f64>::new(&slab(SI), &settings).unwrap();
    session.counters.step = 5;
    let candidates = session.collocation.candidates(1, 10, 1);
    // Large on a tenth of the first instant.
    let sizes: Vec<f64> = (candidates.column(0, 1).iter())
        .map(|x| if *x > 0.9 { 100.0 } else { 0.1 })
        .collect();
    let adaptive = settings.sampling.adaptive.as_ref().unwrap();
    let method = pinn_geometry::sampling::adaptive::adaptive_sampler(adaptive);
    assert!(
        session
            .collocation
            .adapt(1, method.as_ref(), &candidates, &sizes, 1)
    );
    let near = |x: &&f64| **x > 0.9;
    let column = session.collocation.points()[1].column(0, 1);
    // The density is 10 + 1 there and 1 elsewhere: 11 · 0.1 of 2.
    let share = column.iter().filter(near).count() as f64 / column.len() as f64;
    assert!((share - 0.55).abs() < 0.1, "{share}");
}

#[test]
fn weights_that_forget_go_with_adaptive_points() {
    let mut settings = adaptive(Precision::F64, AdaptiveMethod::Importance);
    settings.point_weights = PointWeights::Causal {
        strength: 1.0,
        chunks: 4,
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    let expected = train_until(session(&slab(SI), &settings).unwrap().as_mut(), 100).1;
    let mut first = Session::<f64>::new(&slab(SI), &settings).unwrap();
    let mut found = train_until(&mut first, 23).1;
    let weights = first.weighting.as_ref().map(|w| w.weights()[0].clone());
    let points = &first.collocation.points()[0];
    let products = weights.unwrap().into_iter().zip(points.measure().unwrap());
    let products: Vec<f64> = products.map(|(w, m)| w * m).collect();
    assert_eq!(points.weights().unwrap(), products);
    first.save(&path).unwrap();
    let mut second = session(&slab(SI), &settings).unwrap();
    second.restore(&path).unwrap();
    found.extend(train_until(second.as_mut(), 100).1);
    assert_eq!(found, expected);
}

#[test]
fn points_that_cannot_be_drawn_are_refused() {
    let refuse = |change: fn(&mut Settings), what: &str| {
        let mut settings = adaptive(Precision::F64, AdaptiveMethod::Rad);
        change(&mut settings);
        let message = session(&slab(SI), &settings).err().unwrap().to_string();
        assert!(message.contains(what), "{message}");
    };
    fn usual(s: &mut Settings) -> &mut AdaptiveSettings {
        s.sampling.adaptive.as_mut().unwrap()
    }
    refuse(
        |s| s.sampling.resample_every = Some(5),
        "both replace points",
    );
    refuse(|s| usual(s).every = 0, "steps between choices");
    refuse(|s| usual(s).candidates = 0, "candidates per point is 0");
    refuse(|s| usual(s).power = 0.0, "power of the density is 0");
    refuse(|s| usual(s).offset = -1.0, "offset of the density is -1");
    refuse(
        |s| {
            usual(s).method = AdaptiveMethod::Importance;
            usual(s).offset = 0.0;
        },
        "expected a positive number",
    );
    refuse(
        |s| {
            s.sampling.adaptive.as_mut().unwrap().method = AdaptiveMethod::RarD {
                growth: 0.0,
                limit: 2.0,
            }
        },
        "growth of the points is 0",
    );
    refuse(
        |s| s.point_weights = PointWeights::SelfAdaptive { rate: 0.1 },
        "remove `adaptive`",
    );
}

#[test]
fn a_checkpoint_with_other_points_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    let settings = adaptive(Precision::F64, AdaptiveMethod::Rad);
    let first = Session::<f64>::new(&slab(SI), &settings).unwrap();
    for (name, length) in [("points 0", 3), ("measure 1", 2)] {
        let mut checkpoint = first.checkpoint();
        checkpoint
            .adapted
            .insert(name.to_string(), vec![0.5; length]);
        checkpoint.write(&path).unwrap();
        let mut second = session(&slab(SI), &settings).unwrap();
        let before = second.losses().unwrap();
        let message = second.restore(&path).unwrap_err().to_string();
        assert!(message.contains(name), "{message}");
        assert_eq!(second.losses().unwrap(), before);
    }
}
