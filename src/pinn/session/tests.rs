//! Sessions on small manufactured problems.

mod adaptive;
mod continuing;
mod families;
mod least_squares;
mod refusing;
mod running;
mod weights;

use super::*;
use crate::settings::*;
use crate::statement::{Condition, Statement};
use pinn_engine::tape::TapeEngine;
use pinn_expr::{Graph, MAX_COORDINATES, Op};
use pinn_geometry::domain::{Domain, Face, Interval, Side};
use pinn_geometry::sampling::settings::{
    AdaptiveMethod, AdaptiveSettings, SamplingMethod, SamplingSettings,
};
use pinn_hyper::settings::{Generate, HypernetworkSettings};
use pinn_network::activation::Activation;
use pinn_network::settings::{FourierSettings, NetworkSettings, PeriodicSettings};
use pinn_units::DimensionalResiduals;
use pinn_units::*;
use std::f64::consts::PI;
use std::sync::atomic::Ordering;
use uom::si::f64::*;

pinn_units::quantities! {
    struct Slab {
        coordinates { t: Time, x: Length }
        fields { T: ThermodynamicTemperature }
        parameters {
            alpha: DiffusionCoefficient, L: Length, cold: ThermodynamicTemperature, rise: TemperatureInterval,
        }
    }
}

type Rate = Q<Quot<<TemperatureInterval as Quantity>::Dim, <Time as Quantity>::Dim>>;

fn heat(s: Slab) -> impl Equations {
    (equation::<Rate, _>(
        "heat",
        s.T.d(s.t) - s.alpha * s.T.d(s.x).d(s.x),
    ),)
}

fn cold(s: Slab) -> impl Equations {
    (equation::<TemperatureInterval, _>("T", s.T - s.cold),)
}

fn start(s: Slab) -> impl Equations {
    let bump = (PI * (s.x.term() / s.L)).sin();
    (equation::<TemperatureInterval, _>(
        "T",
        s.T - s.cold - s.rise * bump,
    ),)
}

/// NaN left of the middle.
fn broken(s: Slab) -> impl Equations {
    let root = (s.x.term() / s.L - 0.5).sqrt();
    (equation::<Rate, _>("broken", s.T.d(s.t) * root),)
}

/// Sizes of the base units of length, time and temperature.
#[derive(Copy, Clone)]
struct Base {
    length: f64,
    time: f64,
    kelvin: f64,
}

const SI: Base = Base {
    length: 1.0,
    time: 1.0,
    kelvin: 1.0,
};

const LENGTH: f64 = 0.02;
const TIME: f64 = 4.0;
const ALPHA: f64 = 1e-5;
const COLD: f64 = 293.15;
const RISE: f64 = 80.0;

fn erased<R: Equations>(residuals: impl FnOnce(Slab) -> R) -> DimensionalResiduals {
    trace(residuals).unwrap().erase()
}

fn condition(
    name: &str,
    residuals: DimensionalResiduals,
    coordinate: usize,
    side: Side,
) -> Condition {
    Condition {
        name: name.to_string(),
        residuals,
        place: Face { coordinate, side }.into(),
        normal: Vec::new(),
        partner: None,
        hard: false,
    }
}

/// A slab, warm in the middle, that cools through both faces; numbers are given in the base units.
fn stated(base: Base) -> Statement {
    let (length, time) = (LENGTH / base.length, TIME / base.time);
    let (cold_value, rise) = (COLD / base.kelvin, RISE / base.kelvin);
    let alpha = ALPHA / (base.length * base.length) * base.time;
    let interval = |upper| Interval { lower: 0.0, upper };
    Statement {
        declared: Slab::declared(),
        domain: Domain {
            intervals: vec![interval(time), interval(length)],
            time: Some(0),
            geometry: None,
        },
        scales: Scales {
            coordinates: vec![Affine::new(time, 0.0), Affine::new(length, 0.0)],
            fields: vec![Affine::new(rise, cold_value)],
            parameters: vec![alpha, length, cold_value, rise],
        },
        equations: erased(heat),
        conditions: vec![
            condition("start", erased(start), 0, Side::Lower),
            condition("left", erased(cold), 1, Side::Lower),
            condition("right", erased(cold), 1, Side::Upper),
        ],
        ansatz: None,
        unknowns: Vec::new(),
        measurements: Vec::new(),
        positive: Vec::new(),
    }
}

fn slab(base: Base) -> Posed {
    stated(base).pose().unwrap()
}

fn exact(t: f64, x: f64) -> f64 {
    let rate = ALPHA * (PI / LENGTH).powi(2);
    COLD + RISE * (-rate * t).exp() * (PI * x / LENGTH).sin()
}

fn adam(steps: usize) -> Phase {
    Phase {
        optimiser: OptimiserSettings::Adam {
            learning_rate: 5e-3,
            schedule: Schedule::Cosine { floor: 0.1 },
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            layer_rates: LayerRates::Equal,
        },
        steps,
        target_loss: None,
        max_seconds: None,
        stagnation: None,
    }
}

fn lbfgs(steps: usize) -> Phase {
    Phase {
        optimiser: OptimiserSettings::Lbfgs {
            history: 10,
            gradient_tolerance: 0.0,
        },
        ..adam(steps)
    }
}

fn settings(precision: Precision, phases: Vec<Phase>) -> Settings {
    Settings {
        seed: 1,
        precision,
        threads: 1,
        network: NetworkSettings::mlp(vec![8, 8], Activation::Tanh),
        family: None,
        sampling: SamplingSettings {
            method: SamplingMethod::Sobol,
            interior: 64,
            conditions: vec![16; 3],
            resample_every: None,
            graded: Vec::new(),
            adaptive: None,
        },
        residual_norm: ResidualNormChoice::None,
        point_weights: PointWeights::None,
        condition_weights: vec![1.0; 3],
        phases,
    }
}

/// Trains to the end.
fn finish(session: &mut dyn AnySession) -> Vec<PhaseEnd> {
    match session.train(&mut (), &AtomicBool::new(false)).unwrap() {
        Outcome::Finished { reasons } => reasons,
        other => panic!("{other:?}"),
    }
}

/// Sets the flag at a step, and keeps what it saw.
struct Until<'a> {
    step: usize,
    stop: &'a AtomicBool,
    seen: Vec<(usize, usize, f64)>,
}

impl Observer for Until<'_> {
    fn step(&mut self, progress: &Progress<'_>) {
        let (step, loss) = (progress.step, progress.loss);
        self.seen.push((progress.phase, step, loss));
        assert_eq!(loss, progress.losses.iter().sum::<f64>());
        assert!(progress.gradient_norm.is_finite() && progress.seconds > 0.0);
        if step == self.step {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

fn train_until(session: &mut dyn AnySession, step: usize) -> (Outcome, Vec<(usize, usize, f64)>) {
    let stop = AtomicBool::new(false);
    let mut observer = Until {
        step,
        stop: &stop,
        seen: Vec::new(),
    };
    let outcome = session.train(&mut observer, &stop).unwrap();
    (outcome, observer.seen)
}

/// Relative L2 error on a grid.
fn error(session: &mut dyn AnySession) -> f64 {
    let grid = |k: usize| (k / 11) as f64 / 10.0 * TIME;
    let t: Vec<f64> = (0..121).map(grid).collect();
    let x: Vec<f64> = (0..121).map(|k| (k % 11) as f64 / 10.0 * LENGTH).collect();
    let reference: Vec<f64> = t.iter().zip(&x).map(|(t, x)| exact(*t, *x)).collect();
    let found = session.evaluate(&[t, x]).unwrap();
    crate::accuracy::field_error(&found[0], &reference, COLD, RISE, 0.0).relative_l2
}

#[test]
fn heat_conduction_is_learnt() {
    let mut settings = settings(Precision::F64, vec![adam(150), lbfgs(350)]);
    settings.condition_weights = vec![10.0; 3];
    let mut session = session(&slab(SI), &settings).unwrap();
    assert_eq!(session.loss_names(), ["heat", "start", "left", "right"]);
    finish(session.as_mut());
    let error = error(session.as_mut());
    assert!(error < 1e-2, "{error:e}");
}

#[test]
fn both_engines_train_alike() {
    let settings = settings(Precision::F64, vec![adam(30)]);
    let mut fused = Session::<f64>::new(&slab(SI), &settings).unwrap();
    let tape = Session::<f64>::with_engine(&slab(SI), &settings, |network, kernels| {
        Ok(Box::new(TapeEngine::new(network, kernels)?))
    });
    let expected = train_until(&mut tape.unwrap(), usize::MAX).1;
    let found = train_until(&mut fused, usize::MAX).1;
    for (a, b) in found.iter().zip(&expected) {
        assert!(
            (a.2 - b.2).abs() <= 1e-10 * b.2,
            "step {}: {} {}",
            a.1,
            a.2,
            b.2
        );
    }
    assert_eq!(found.len(), 30);
}

#[test]
fn threads_do_not_change_a_bit() {
    let run = |threads| {
        let mut settings = settings(Precision::F32, vec![adam(10), lbfgs(10)]);
        (settings.threads, settings.sampling.interior) = (threads, 2000);
        let mut session = session(&slab(SI), &settings).unwrap();
        train_until(session.as_mut(), usize::MAX).1
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn base_units_do_not_change_the_trajectory() {
    let run = |base| {
        let settings = settings(Precision::F64, vec![adam(100)]);
        let mut session = session(&slab(base), &settings).unwrap();
        train_until(session.as_mut(), usize::MAX).1
    };
    // Millimetres, hours, and an odd temperature.
    let other = Base {
        length: 1e-3,
        time: 3600.0,
        kelvin: 5.0 / 9.0,
    };
    for (a, b) in run(SI).iter().zip(run(other)) {
        assert!(
            (a.2 - b.2).abs() <= 1e-12 * a.2,
            "step {}: {} {}",
            a.1,
            a.2,
            b.2
        );
    }
}

#[test]
fn resampling_changes_the_points_and_quasi_newton_phases_keep_them() {
    let mut settings = settings(Precision::F64, vec![adam(4), lbfgs(4)]);
    settings.sampling.resample_every = Some(2);
    let mut session = session(&slab(SI), &settings).unwrap();
    // At fixed parameters the losses tell the points apart.
    let mut probe = super::session(&slab(SI), &settings).unwrap();
    let before = probe.losses().unwrap();
    let (_, seen) = train_until(session.as_mut(), usize::MAX);
    assert_eq!(
        seen.iter().map(|s| s.0).collect::<Vec<_>>(),
        [0, 0, 0, 0, 1, 1, 1, 1]
    );
    // A monotone method on fixed points.
    assert!(seen[4..].windows(2).all(|w| w[1].2 <= w[0].2), "{seen:?}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    let (_, _) = train_until(probe.as_mut(), 2);
    probe.save(&path).unwrap();
    let mut restored = super::session(&slab(SI), &settings).unwrap();
    restored.restore(&path).unwrap();
    // Restored behind a resampling: other points than at first, the same as an uninterrupted run draws.
    assert_ne!(restored.losses().unwrap(), probe.losses().unwrap());
    assert_ne!(restored.losses().unwrap(), before);
}

#[test]
fn phases_say_why_they_ended() {
    let mut phases = vec![adam(3), adam(50), adam(50), lbfgs(50), lbfgs(0)];
    phases[1].target_loss = Some(1e9);
    phases[2].max_seconds = Some(0.0);
    phases[3].optimiser = OptimiserSettings::Lbfgs {
        history: 5,
        gradient_tolerance: 1e9,
    };
    let mut session = session(&slab(SI), &settings(Precision::F64, phases)).unwrap();
    let reasons = finish(session.as_mut());
    assert_eq!(
        reasons,
        [
            PhaseEnd::Steps,
            PhaseEnd::TargetLoss,
            PhaseEnd::Time,
            PhaseEnd::Gradient,
            PhaseEnd::Steps
        ]
    );
    assert_eq!(session.step(), 3);
    // Over is over.
    assert_eq!(finish(session.as_mut()), reasons);
}

#[test]
fn frozen_norms_and_condition_weights_multiply() {
    struct Weights(Vec<f64>, Vec<f64>);
    impl Observer for Weights {
        fn step(&mut self, progress: &Progress<'_>) {
            self.0 = progress.weights.to_vec();
            self.1 = progress.losses.to_vec();
        }
    }
    let mut settings = settings(Precision::F64, vec![adam(1)]);
    settings.residual_norm = ResidualNormChoice::FrozenRms;
    settings.condition_weights = vec![1.0, 10.0, 1.0];
    let mut session = session(&slab(SI), &settings).unwrap();
    let mut seen = Weights(Vec::new(), Vec::new());
    session.train(&mut seen, &AtomicBool::new(false)).unwrap();
    let Weights(weights, losses) = seen;
    let parts: Vec<f64> = weights.iter().zip(&losses).map(|(w, l)| w * l).collect();
    for (part, factor) in parts.iter().zip([1.0, 1.0, 10.0, 1.0]) {
        assert!(
            (part / parts[0] - factor).abs() < 1e-12 * factor,
            "{parts:?}"
        );
    }
}

#[test]
fn periodic_conditions_couple_two_faces() {
    let mut statement = stated(SI);
    let mut graph = Graph::new();
    let mut value = |site| {
        let order = [0; MAX_COORDINATES];
        graph.intern(Op::Field {
            field: 0,
            site,
            order,
        })
    };
    let (here, there) = (value(0), value(1));
    let residual = graph.sub(here, there);
    let equation = RawEquation {
        name: "T".into(),
        residual,
        dimensions: Dimensions::TEMPERATURE,
    };
    statement.conditions[1].residuals =
        DimensionalResiduals::from_parts(Slab::declared(), graph, vec![equation]);
    statement.conditions[1].partner = Some(Face {
        coordinate: 1,
        side: Side::Upper,
    });
    let mut settings = settings(Precision::F64, Vec::new());
    settings.sampling.conditions[1] = 1000;
    let mut session = session(&statement.pose().unwrap(), &settings).unwrap();
    let found = session.losses().unwrap()[2];
    let t: Vec<f64> = (0..1000)
        .map(|k| (k as f64 + 0.5) / 1000.0 * TIME)
        .collect();
    let mut at = |x: f64| {
        session
            .evaluate(&[t.clone(), vec![x; 1000]])
            .unwrap()
            .remove(0)
    };
    let (left, right) = (at(0.0), at(LENGTH));
    let squares = left
        .iter()
        .zip(&right)
        .map(|(l, r)| ((l - r) / RISE).powi(2));
    let expected = squares.sum::<f64>() / 1000.0;
    assert!(
        (found - expected).abs() < 1e-3 * expected,
        "{found} {expected}"
    );
}
