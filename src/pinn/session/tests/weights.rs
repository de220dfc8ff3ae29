//! Residual norms and weights of points: independence of units, complete states, and their definitions.

use super::super::objective::WeightedLoss;
use super::*;
use crate::optimiser::Objective;
use pinn_engine::Columns;
use pinn_engine::operation::TapeObjective;
use pinn_norm::residual::EVERY;

/// Every residual norm, and every way to weigh points.
fn weighted(settings: &Settings) -> Vec<Settings> {
    let norms = [
        ResidualNormChoice::None,
        ResidualNormChoice::FrozenRms,
        ResidualNormChoice::LayerNorm,
        ResidualNormChoice::GradNorm,
        ResidualNormChoice::NtkTrace,
    ];
    let points = [
        PointWeights::SelfAdaptive { rate: 0.1 },
        PointWeights::Attention {
            decay: 0.99,
            rate: 0.05,
        },
        PointWeights::Causal {
            strength: 2.0,
            chunks: 4,
        },
    ];
    let norms = norms.map(|residual_norm| Settings {
        residual_norm,
        ..settings.clone()
    });
    let points = points.map(|point_weights| Settings {
        residual_norm: ResidualNormChoice::NtkTrace,
        point_weights,
        ..settings.clone()
    });
    norms.into_iter().chain(points).collect()
}

/// The slab with its equation twice, so that its points have vectors of residuals.
fn doubled(base: Base) -> Posed {
    fn twice(s: Slab) -> impl Equations {
        let steady = s.alpha * s.T.d(s.x).d(s.x);
        (
            equation::<Rate, _>("heat", s.T.d(s.t) - s.alpha * s.T.d(s.x).d(s.x)),
            equation::<Rate, _>("steady", 0.1 * s.T.d(s.t) - steady),
        )
    }
    let statement = Statement {
        equations: erased(twice),
        ..stated(base)
    };
    statement.pose().unwrap()
}

#[test]
fn base_units_do_not_change_the_trajectory_whatever_weighs() {
    let other = Base {
        length: 1e-3,
        time: 3600.0,
        kelvin: 1e-3,
    };
    for settings in weighted(&settings(Precision::F64, vec![adam(EVERY + 10)])) {
        let run = |base| {
            let mut session = session(&doubled(base), &settings).unwrap();
            train_until(session.as_mut(), usize::MAX).1
        };
        for (a, b) in run(SI).iter().zip(run(other)) {
            let what = (settings.residual_norm, settings.point_weights);
            let error = (a.2 - b.2).abs();
            assert!(error <= 1e-12 * a.2, "{what:?}, step {}: {error:e}", a.1);
        }
    }
}

#[test]
fn weights_are_continued_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let phases = vec![adam(EVERY + 5), lbfgs(5)];
    for precision in [Precision::F32, Precision::F64] {
        for settings in weighted(&settings(precision, phases.clone())) {
            let new = || session(&doubled(SI), &settings).unwrap();
            let expected = train_until(new().as_mut(), usize::MAX).1;
            // Before the first refreshment, just before and behind the second one, and inside L-BFGS.
            for cut in [3, EVERY, EVERY + 1, EVERY + 7] {
                let mut first = new();
                let mut found = train_until(first.as_mut(), cut).1;
                first.save(&path).unwrap();
                let mut second = new();
                second.restore(&path).unwrap();
                found.extend(train_until(second.as_mut(), usize::MAX).1);
                let what = (settings.residual_norm, settings.point_weights);
                assert_eq!(found, expected, "{precision:?} {what:?}, cut at {cut}");
            }
        }
    }
}

#[test]
fn layer_norm_forgets_points_that_are_drawn_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let mut settings = settings(Precision::F64, vec![adam(20)]);
    settings.residual_norm = ResidualNormChoice::LayerNorm;
    settings.sampling.resample_every = Some(6);
    let new = || session(&doubled(SI), &settings).unwrap();
    let expected = train_until(new().as_mut(), usize::MAX).1;
    let mut first = new();
    let mut found = train_until(first.as_mut(), 12).1;
    first.save(&path).unwrap();
    let mut second = new();
    second.restore(&path).unwrap();
    found.extend(train_until(second.as_mut(), usize::MAX).1);
    assert_eq!(found, expected);
}

#[test]
fn engines_agree_on_weights() {
    for settings in weighted(&settings(Precision::F64, vec![adam(5), lbfgs(3)])) {
        let mut fused = Session::<f64>::new(&doubled(SI), &settings).unwrap();
        let tape = Session::<f64>::with_engine(&doubled(SI), &settings, |network, kernels| {
            Ok(Box::new(TapeEngine::new(network, kernels)?))
        });
        let expected = train_until(&mut tape.unwrap(), usize::MAX).1;
        let found = train_until(&mut fused, usize::MAX).1;
        for (a, b) in found.iter().zip(&expected) {
            let what = (settings.residual_norm, settings.point_weights);
            assert!((a.2 - b.2).abs() <= 1e-9 * b.2, "{what:?} {a:?} {b:?}");
        }
        assert_eq!(found.len(), expected.len());
    }
}

/// Weight times statistic is the same for all losses.
fn assert_balanced(weights: &[f64], statistics: &[f64]) {
    for (w, s) in weights.iter().zip(statistics) {
        let ratio = w * s / (weights[0] * statistics[0]);
        assert!((ratio - 1.0).abs() < 1e-10, "{weights:?} {statistics:?}");
    }
}

#[test]
fn norms_balance_what_they_are_named_after() {
    let first = |norm| {
        let mut settings = settings(Precision::F64, vec![adam(1)]);
        settings.residual_norm = norm;
        let mut session = Session::<f64>::new(&doubled(SI), &settings).unwrap();
        let start = session.parameters.clone();
        train_until(&mut session, usize::MAX);
        (session, start)
    };
    let (mut session, start) = first(ResidualNormChoice::NtkTrace);
    let mut traces = Vec::new();
    for (task, points) in session.collocation.points().iter().enumerate() {
        let residuals = session.residuals[task];
        let entries = points.rows() * start.len();
        let mut jacobian = vec![0.0; residuals * entries];
        let engine = session.engine.linearised().unwrap();
        engine
            .jacobian(&start, task, points, Columns::All, &mut jacobian)
            .unwrap();
        let squares = jacobian
            .chunks(entries)
            .map(|j| j.iter().map(|x| x * x).sum::<f64>());
        traces.extend(squares.map(|sum| sum / points.rows() as f64));
    }
    assert_balanced(&session.weights, &traces);

    let (mut session, start) = first(ResidualNormChoice::GradNorm);
    let mut norms = Vec::new();
    for loss in 0..5 {
        let mut weights = [0.0; 5];
        weights[loss] = 1.0;
        let mut gradient = vec![0.0; start.len()];
        let (points, losses) = (session.collocation.points(), &mut [0.0; 5]);
        let wanted = Some(&mut gradient[..]);
        let engine = session.engine.as_mut();
        engine
            .loss(&start, points, &weights, losses, wanted)
            .unwrap();
        norms.push(gradient.iter().map(|g| g * g).sum::<f64>().sqrt());
    }
    assert_balanced(&session.weights, &norms);
}

#[test]
fn sums_of_squares_and_gradients_see_the_same_weights() {
    let mut settings = settings(Precision::F64, vec![adam(3)]);
    settings.point_weights = PointWeights::Attention {
        decay: 0.9,
        rate: 0.1,
    };
    let mut session = Session::<f64>::new(&doubled(SI), &settings).unwrap();
    train_until(&mut session, usize::MAX);
    assert!(
        session
            .collocation
            .points()
            .iter()
            .all(|points| points.weights().is_some())
    );
    let parameters = session.parameters.clone();
    let mut loss = WeightedLoss {
        tape: &TapeObjective::new(),
        engine: session.engine.as_mut(),
        residuals: &session.residuals,
        points: session.collocation.points(),
        weights: &session.weights,
        losses: &mut session.losses,
        output_layer: None,
    };
    let mut gradient = vec![0.0; parameters.len()];
    let value = loss.evaluate(&parameters, &mut gradient).unwrap();
    let squares = loss.least_squares().unwrap();
    assert!((squares.value(&parameters).unwrap() - value).abs() <= 1e-14 * value);
    let mut residuals = vec![0.0; squares.rows()];
    squares.residuals(&parameters, &mut residuals).unwrap();
    let sum: f64 = residuals.iter().map(|r| r * r).sum();
    assert!((sum - value).abs() <= 1e-12 * value, "{sum} {value}");
    let mut product = vec![0.0; parameters.len()];
    let doubled: Vec<f64> = residuals.iter().map(|r| 2.0 * r).collect();
    squares
        .vector_jacobian(&parameters, &doubled, &mut product)
        .unwrap();
    let mut blocks = vec![0.0; parameters.len()];
    let add = &mut |residuals: &[f64], jacobian: &[f64]| {
        for (r, row) in residuals.iter().zip(jacobian.chunks(parameters.len())) {
            let pairs = blocks.iter_mut().zip(row);
            pairs.for_each(|(sum, entry)| *sum += 2.0 * r * entry);
        }
    };
    squares.linearise(&parameters, Columns::All, add).unwrap();
    let largest = gradient.iter().fold(0.0, |a: f64, g| a.max(g.abs()));
    for ((g, p), b) in gradient.iter().zip(&product).zip(&blocks) {
        assert!(
            (g - p).abs().max((g - b).abs()) <= 1e-12 * largest,
            "{g} {p} {b}"
        );
    }
}

#[test]
fn weights_of_points_that_cannot_be_are_refused() {
    let message = |change: fn(&mut Settings, &mut Statement)| {
        let (mut settings, mut statement) = (settings(Precision::F64, vec![adam(1)]), stated(SI));
        settings.point_weights = PointWeights::Attention {
            decay: 0.9,
            rate: 0.1,
        };
        change(&mut settings, &mut statement);
        let refused = super::session(&statement.pose().unwrap(), &settings);
        refused.map(|_| ()).unwrap_err().to_string()
    };
    let twice = message(|s, _| s.residual_norm = ResidualNormChoice::LayerNorm);
    assert!(twice.contains("both weight points"), "{twice}");
    let forgetful = message(|s, _| s.sampling.resample_every = Some(3));
    assert!(forgetful.contains("resampled points"), "{forgetful}");
    let timeless = message(|s, statement| {
        statement.domain.time = None;
        s.point_weights = PointWeights::Causal {
            strength: 1.0,
            chunks: 2,
        };
    });
    assert!(timeless.contains("time"), "{timeless}");
    let idle = message(|s, _| s.point_weights = PointWeights::SelfAdaptive { rate: 0.0 });
    assert!(idle.contains("positive"), "{idle}");
}
