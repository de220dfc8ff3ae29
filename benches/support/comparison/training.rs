//! A network in training: steps of Adam, iterations of L-BFGS.

use super::timing::Burst;
use super::workload::Workload;
use pinn::engine::codegen::Products;
use pinn::engine::device::Hardware;
use pinn::engine::operation::TapeObjective;
use pinn::engine::placed::Placed;
use pinn::engine::resident::StepLog;
use pinn::engine::tape::TapeEngine;
use pinn::engine::{Engine, EngineError};
use pinn::expr::Real;
use pinn::geometry::points::Points;
use pinn::optimiser::{Adam, Lbfgs, Objective, Optimiser, Stop};
use std::cell::RefCell;
use std::time::Instant;

/// Seed of the start values.
const SEED: u64 = 1;
/// As the peers do.
const LEARNING_RATE: f64 = 1e-3;
/// Pairs that L-BFGS remembers, and the gradient at which it stops, as the peers do.
const HISTORY: usize = 100;
const GRADIENT_TOLERANCE: f64 = 1e-8;

pub fn start(workload: &Workload) -> Vec<f64> {
    let circuit = workload.network().circuit();
    let circuit = circuit.expect("the workloads' networks can be built");
    circuit.initialise(SEED)
}

/// Loss and its gradient at the start values, which other programs must agree with.
pub struct Evaluated {
    pub loss: f64,
    pub gradient: Vec<f32>,
}

/// Engine, parameters and optimiser.
pub struct Training<T> {
    loss: Loss<T>,
    optimiser: Box<dyn Optimiser<T>>,
    parameters: Vec<T>,
    /// Whether every step comes to the host, also where the engine takes steps by itself.
    through_host: bool,
}

/// Turns of one training in a way that `choose` sets.
pub fn turns<'a, T: Real + dfdx::prelude::Dtype>(
    training: &'a RefCell<Training<T>>,
    choose: impl Fn(&mut Training<T>) + 'a,
) -> impl FnMut(usize) -> Result<Burst, EngineError> + 'a {
    move |steps| {
        let mut training = training.borrow_mut();
        choose(&mut training);
        training.burst(steps)
    }
}

/// What the optimiser sees.
struct Loss<T> {
    engine: Box<dyn Engine<T>>,
    points: Vec<Points<T>>,
    weights: Vec<f64>,
    losses: Vec<f64>,
    evaluations: usize,
    /// By way of dfdx's tape.
    tape: Option<TapeObjective>,
}

impl<T: Real + dfdx::prelude::Dtype> Objective<T> for Loss<T> {
    fn evaluate(&mut self, parameters: &[T], gradient: &mut [T]) -> Result<f64, EngineError> {
        let (engine, points) = (self.engine.as_mut(), &self.points);
        let (weights, losses) = (&self.weights, &mut self.losses);
        self.evaluations += 1;
        match &self.tape {
            None => engine.loss(parameters, points, weights, losses, Some(gradient)),
            Some(tape) => tape.evaluate(engine, parameters, points, weights, losses, gradient),
        }
    }

    fn pool(&self) -> Option<&rayon::ThreadPool> {
        self.engine.pool()
    }
}

impl<T: Placed> Training<T> {
    /// Adam on the engine that serves this hardware.
    ///
    /// # Errors
    /// The engine's, where there is no GPU.
    pub fn on(
        hardware: &Hardware,
        workload: &Workload,
        threads: usize,
    ) -> Result<Self, EngineError> {
        let engine = T::engine(
            hardware,
            workload.network(),
            workload.kernels(),
            Products::Plain,
            threads,
        )?;
        Ok(Training::new(workload, engine))
    }

    /// Adam on this crate's fused engine.
    pub fn fused(workload: &Workload, threads: usize) -> Self {
        Training::on(&Hardware::Cpu, workload, threads).expect("kernels fit the network")
    }
}

impl<T: Real + dfdx::prelude::Dtype> Training<T> {
    fn new(workload: &Workload, engine: Box<dyn Engine<T>>) -> Self {
        let weights = workload.weights();
        let (optimiser, parameters) = beginning(workload);
        Training {
            optimiser,
            loss: Loss {
                engine,
                points: workload.points(),
                losses: vec![0.0; weights.len()],
                weights,
                evaluations: 0,
                tape: None,
            },
            parameters,
            through_host: false,
        }
    }

    /// Adam from the start values again.
    pub fn restart(&mut self, workload: &Workload) {
        (self.optimiser, self.parameters) = beginning(workload);
    }
}

/// Adam that has not done a step, and the start values.
fn beginning<T: Real>(workload: &Workload) -> (Box<dyn Optimiser<T>>, Vec<T>) {
    let start = start(workload);
    let optimiser = Adam::new(start.len(), LEARNING_RATE);
    (
        Box::new(optimiser),
        start.into_iter().map(T::from_f64).collect(),
    )
}

impl Training<f32> {
    /// Adam on the engine of dfdx's tensor operations.
    pub fn tape(workload: &Workload) -> Self {
        let engine = TapeEngine::<f32>::new(workload.network(), workload.kernels());
        Training::new(workload, Box::new(engine.expect("kernels fit the network")))
    }
}

impl<T: Real + dfdx::prelude::Dtype> Training<T> {
    /// Goes on with L-BFGS.
    pub fn with_lbfgs(mut self) -> Self {
        let lbfgs = Lbfgs::new(self.parameters.len(), HISTORY, GRADIENT_TOLERANCE);
        self.optimiser = Box::new(lbfgs);
        self
    }

    /// Every evaluation by way of dfdx's tape, or directly.
    pub fn through_tape(&mut self, through: bool) {
        self.loss.tape = through.then(TapeObjective::new);
    }

    /// Loss and gradient at the current parameters.
    pub fn evaluate(&mut self) -> Result<Evaluated, EngineError> {
        let mut gradient = vec![<T as Real>::ZERO; self.parameters.len()];
        let loss = self.loss.evaluate(&self.parameters, &mut gradient)?;
        let gradient = gradient.into_iter().map(|g| <T as Real>::to_f64(g) as f32);
        Ok(Evaluated {
            loss,
            gradient: gradient.collect(),
        })
    }

    /// Whether the engine takes steps of Adam by itself.
    pub fn is_resident(&mut self) -> bool {
        self.loss.engine.resident().is_some()
    }

    /// Every step by way of the host, or as few as the engine can do with.
    pub fn through_host(&mut self, through: bool) {
        self.through_host = through;
    }

    /// Steps of the optimiser, and why it stopped by itself, if it did.
    pub fn steps(&mut self, steps: usize) -> Result<Option<Stop>, EngineError> {
        let Loss {
            engine,
            points,
            weights,
            ..
        } = &mut self.loss;
        if !self.through_host
            && let (Some(engine), Some(adam)) = (engine.resident(), self.optimiser.adam())
        {
            let mut previous = self.parameters.clone();
            let taken = adam.run(steps, &mut self.parameters, &mut previous, |run| {
                let mut keep = |log: &StepLog| log.records().take_while(|r| r.taken).count();
                engine.adam(run, points, weights, 0..0, &mut keep)
            })?;
            return Ok((taken < steps).then_some(Stop::NotFinite));
        }
        for _ in 0..steps {
            let step = self.optimiser.step(&mut self.parameters, &mut self.loss)?;
            if step.stop.is_some() {
                return Ok(step.stop);
            }
        }
        Ok(None)
    }

    /// Timed steps.
    pub fn burst(&mut self, steps: usize) -> Result<Burst, EngineError> {
        let start = Instant::now();
        assert_eq!(self.steps(steps)?, None, "the optimiser stopped by itself");
        Ok(Burst {
            count: steps as f64,
            seconds: start.elapsed().as_secs_f64(),
        })
    }

    /// Timed steps, of which the evaluations of loss and gradient are counted.
    pub fn burst_of_evaluations(&mut self, steps: usize) -> Result<Burst, EngineError> {
        let before = self.loss.evaluations;
        let burst = self.burst(steps)?;
        Ok(Burst {
            count: (self.loss.evaluations - before) as f64,
            ..burst
        })
    }
}
