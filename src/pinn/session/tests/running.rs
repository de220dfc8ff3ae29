//! Engines that take steps by themselves give the results of single steps.

use super::*;
use crate::measurements::Measurements;
use crate::unknown::{Unknown, UnknownRange};
use pinn_engine::fused::FusedEngine;
use pinn_engine::resident::{AdamRun, Record, Resident, StepLog};
use pinn_engine::{Engine, EngineError, Linearised};
use pinn_geometry::points::Points;
use pinn_network::Network;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

/// Takes steps with the gradients of another engine.
struct ByItself {
    engine: FusedEngine<f64>,
    /// Steps of the longest run.
    longest: Arc<AtomicUsize>,
}

impl Engine<f64> for ByItself {
    fn network(&self) -> &Network {
        self.engine.network()
    }

    fn losses(&self) -> usize {
        self.engine.losses()
    }

    fn loss(
        &mut self,
        parameters: &[f64],
        points: &[Points<f64>],
        weights: &[f64],
        losses: &mut [f64],
        gradient: Option<&mut [f64]>,
    ) -> Result<f64, EngineError> {
        self.engine
            .loss(parameters, points, weights, losses, gradient)
    }

    fn residuals(
        &mut self,
        parameters: &[f64],
        task: usize,
        points: &Points<f64>,
    ) -> Result<Batch<f64, Nondimensional>, EngineError> {
        self.engine.residuals(parameters, task, points)
    }

    fn fields(
        &mut self,
        parameters: &[f64],
        points: &Points<f64>,
    ) -> Result<Vec<f64>, EngineError> {
        self.engine.fields(parameters, points)
    }

    fn linearised(&mut self) -> Option<&mut dyn Linearised<f64>> {
        self.engine.linearised()
    }

    fn resident(&mut self) -> Option<&mut dyn Resident<f64>> {
        Some(self)
    }
}

impl Resident<f64> for ByItself {
    fn adam(
        &mut self,
        run: AdamRun<'_, f64>,
        points: &[Points<f64>],
        weights: &[f64],
        watched: Range<usize>,
        keep: &mut dyn FnMut(&StepLog) -> usize,
    ) -> Result<usize, EngineError> {
        self.longest.fetch_max(run.steps.len(), Ordering::Relaxed);
        let mut losses = vec![0.0; self.engine.losses()];
        let mut gradient = vec![0.0; run.parameters.len()];
        let mut log = StepLog::new(losses.len(), watched.len());
        // Parameters, moments and what the last step started from, after every step.
        let before = [&*run.parameters, run.first, run.second, run.previous].map(<[f64]>::to_vec);
        let mut states = vec![before];
        for step in run.steps {
            let [mut p, mut m, mut v, mut previous] = states[states.len() - 1].clone();
            let wanted = Some(&mut gradient[..]);
            let value = self.engine.loss(&p, points, weights, &mut losses, wanted)?;
            let norm = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
            let taken = value.is_finite() && norm.is_finite();
            if taken {
                previous.copy_from_slice(&p);
                for (i, g) in gradient.iter().enumerate() {
                    m[i] = run.beta1 * m[i] + (1.0 - run.beta1) * g;
                    v[i] = run.beta2 * v[i] + (1.0 - run.beta2) * g * g;
                    p[i] -= step.rate * m[i] / (v[i].sqrt() * step.root_scale + run.epsilon);
                }
            }
            log.push(Record {
                taken,
                gradient_norm: norm,
                losses: &losses,
                watched: &p[watched.clone()],
            });
            states.push([p, m, v, previous]);
        }
        let kept = keep(&log);
        let [p, m, v, previous] = &states[kept];
        run.parameters.copy_from_slice(p);
        run.first.copy_from_slice(m);
        run.second.copy_from_slice(v);
        run.previous.copy_from_slice(previous);
        Ok(kept)
    }
}

/// One session on the host's steps and one on the engine's, and the longest run of the second.
struct Both {
    host: Session<f64>,
    engine: Session<f64>,
    longest: Arc<AtomicUsize>,
}

impl Both {
    fn new(statement: &Posed, settings: &Settings) -> Self {
        let longest = Arc::new(AtomicUsize::new(0));
        let shared = longest.clone();
        let engine = Session::with_engine(statement, settings, |network, kernels| {
            Ok(Box::new(ByItself {
                engine: FusedEngine::new(network, kernels, 1)?,
                longest: shared,
            }))
        });
        Both {
            host: Session::new(statement, settings).unwrap(),
            engine: engine.unwrap(),
            longest,
        }
    }

    /// Trains both and compares all that can be seen; the outcome and what an observer saw.
    fn train(&mut self, until: usize) -> (Outcome, Vec<(usize, usize, f64)>) {
        let expected = observe(&mut self.host, until);
        let found = observe(&mut self.engine, until);
        assert_eq!(found.steps.len(), expected.steps.len());
        for (found, expected) in found.steps.iter().zip(&expected.steps) {
            assert_eq!((found.0, &found.1), (expected.0, &expected.1));
            // Sums of squares in another order.
            let (a, b) = (found.2, expected.2);
            assert!((a - b).abs() <= 1e-12 * b, "{a} {b}");
        }
        let state = |session: &Session<f64>| {
            let mut checkpoint = session.checkpoint();
            (
                checkpoint.counters.seconds,
                checkpoint.counters.phase_seconds,
            ) = (0.0, 0.0);
            checkpoint
        };
        let (a, b) = (state(&self.engine), state(&self.host));
        assert_eq!(a.counters, b.counters);
        assert_eq!(a.parameters, b.parameters);
        assert_eq!(a.optimiser, b.optimiser);
        assert_eq!(self.engine.good, self.host.good);
        // After a divergence they are not numbers.
        assert_eq!(format!("{:?}", a.losses), format!("{:?}", b.losses));
        assert_eq!(found.outcome, expected.outcome);
        (found.outcome, found.seen)
    }
}

struct Observed {
    outcome: Outcome,
    seen: Vec<(usize, usize, f64)>,
    /// Step, all else that must not differ, and the norm of the gradient.
    steps: Vec<(usize, String, f64)>,
}

fn observe(session: &mut Session<f64>, until: usize) -> Observed {
    struct All<'a> {
        until: Until<'a>,
        steps: Vec<(usize, String, f64)>,
    }
    impl Observer for All<'_> {
        fn step(&mut self, progress: &Progress<'_>) {
            self.until.step(progress);
            let rest = format!(
                "{:?} {:?} {:?} {:?}",
                progress.losses, progress.weights, progress.learning_rate, progress.unknowns
            );
            let step = (progress.step, rest, progress.gradient_norm);
            self.steps.push(step);
        }
    }
    let stop = AtomicBool::new(false);
    let mut all = All {
        until: Until {
            step: until,
            stop: &stop,
            seen: Vec::new(),
        },
        steps: Vec::new(),
    };
    let outcome = session.train(&mut all, &stop).unwrap();
    Observed {
        outcome,
        seen: all.until.seen,
        steps: all.steps,
    }
}

#[test]
fn runs_meet_new_points_and_weights_as_single_steps_do() {
    let adaptive = AdaptiveSettings {
        method: AdaptiveMethod::Rad,
        every: 23,
        candidates: 4,
        power: 1.0,
        offset: 1.0,
    };
    for (resample_every, adaptive) in [(Some(23), None), (None, Some(adaptive))] {
        let mut settings = settings(Precision::F64, vec![adam(70), lbfgs(5), adam(40)]);
        settings.sampling.resample_every = resample_every;
        settings.sampling.adaptive = adaptive;
        settings.residual_norm = ResidualNormChoice::GradNorm;
        let mut both = Both::new(&slab(SI), &settings);
        let (outcome, seen) = both.train(usize::MAX);
        assert!(matches!(outcome, Outcome::Finished { .. }), "{outcome:?}");
        assert_eq!(seen.len(), 115);
        let longest = both.longest.load(Ordering::Relaxed);
        assert!((2..=23).contains(&longest), "{longest}");
    }
}

#[test]
fn weights_of_points_that_change_in_every_step_allow_no_runs() {
    let mut settings = settings(Precision::F64, vec![adam(9)]);
    settings.point_weights = PointWeights::SelfAdaptive { rate: 0.5 };
    let mut both = Both::new(&slab(SI), &settings);
    both.train(usize::MAX);
    assert_eq!(both.longest.load(Ordering::Relaxed), 1);
}

#[test]
fn a_flag_stops_at_its_step_and_training_goes_on_from_there() {
    let settings = settings(Precision::F64, vec![adam(300)]);
    let mut both = Both::new(&slab(SI), &settings);
    for until in [1, 2, 30, 31, 170] {
        let (outcome, _) = both.train(until);
        assert_eq!((outcome, both.engine.step()), (Outcome::Interrupted, until));
    }
    both.train(usize::MAX);
    assert!(both.longest.load(Ordering::Relaxed) > 8);
}

#[test]
fn phases_end_at_the_same_step() {
    let mut phases = vec![adam(400); 3];
    phases[0].target_loss = Some(0.3);
    phases[1].stagnation = Some(3);
    phases[2].steps = 37;
    let settings = settings(Precision::F64, phases);
    let mut both = Both::new(&slab(SI), &settings);
    let (outcome, _) = both.train(usize::MAX);
    let reasons = [PhaseEnd::TargetLoss, PhaseEnd::Stagnation, PhaseEnd::Steps];
    assert_eq!(
        outcome,
        Outcome::Finished {
            reasons: reasons.into()
        }
    );
}

#[test]
fn what_diverges_goes_back_as_far() {
    let mut phase = adam(60);
    phase.optimiser = OptimiserSettings::Adam {
        learning_rate: 1e200,
        schedule: Schedule::Constant,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        layer_rates: LayerRates::Equal,
    };
    let settings = settings(Precision::F64, vec![adam(33), phase]);
    let mut both = Both::new(&slab(SI), &settings);
    let (outcome, seen) = both.train(usize::MAX);
    assert!(matches!(outcome, Outcome::Diverged(_)), "{outcome:?}");
    assert_eq!(seen.len(), both.engine.step());
    assert!(seen.len() > 33);
}

#[test]
fn unknowns_are_seen_after_every_step() {
    let mut statement = stated(SI);
    statement.unknowns = vec![Unknown {
        parameter: 0,
        range: UnknownRange::Positive,
    }];
    let places = vec![vec![1.0, 2.0, 3.0], vec![0.01, 0.005, 0.012]];
    let values = places[0].iter().zip(&places[1]);
    let values = values.map(|(t, x)| exact(*t, *x)).collect();
    statement.measurements = vec![Measurements {
        name: "sensor".to_string(),
        field: 0,
        places,
        values,
        noise: Some(0.1),
        weight: 1.0,
    }];
    let mut both = Both::new(
        &statement.pose().unwrap(),
        &settings(Precision::F64, vec![adam(50)]),
    );
    both.train(usize::MAX);
    assert_ne!(both.engine.unknowns(), [ALPHA]);
    assert_eq!(both.engine.unknowns(), both.host.unknowns());
}
