//! The training loop.

use super::collocation::Collocation;
use super::divergence::locate;
use super::journal::{Entry, Journal, phase_end};
use super::objective::WeightedLoss;
use super::{AnySession, Observer, Outcome, SessionError};
use crate::ansatz::Exact;
use crate::checkpoint::{Counters, Identity};
use crate::optimiser::{Optimiser, Stop, optimiser};
use crate::phase_end::PhaseEnd;
use crate::settings::Settings;
use crate::solution::{NetworkSolution, Solution};
use crate::statement::Posed;
use crate::uncertainty::Inference;
use pinn_engine::operation::TapeObjective;
use pinn_engine::{Engine, EngineError};
use pinn_expr::Real;
use pinn_hyper::Hypernetwork;
use pinn_network::Layout;
use pinn_norm::points::PointWeighting;
use pinn_norm::residual::ResidualNorm;
use pinn_units::{Kernel, Nondimensional};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Compiled residuals of one task.
pub type NondimensionalKernel<T> = Kernel<T, Nondimensional>;

/// Session in one precision.
pub struct Session<T: Real> {
    pub(super) settings: Settings,
    pub(super) statement: Posed,
    pub(super) identity: Identity,
    pub(super) hyper: Option<Hypernetwork>,
    /// Positions of the unknowns among the parameters.
    pub(super) constants: Range<usize>,
    /// Ansatz that converts the network's outputs to the fields.
    pub(super) ansatz: Option<NondimensionalKernel<f64>>,
    pub(super) exact: Vec<Option<Exact>>,
    pub(super) collocation: Collocation<T>,
    pub(super) names: Vec<String>,
    /// Number of residuals of each task.
    pub(super) residuals: Vec<usize>,
    pub(super) engine: Box<dyn Engine<T>>,
    pub(super) tape: TapeObjective,
    pub(super) norm: Box<dyn ResidualNorm>,
    pub(super) weighting: Option<Box<dyn PointWeighting>>,
    /// Number of the time coordinate.
    pub(super) time: Option<usize>,
    /// Factor of each loss in addition to the weight of the norm.
    pub(super) factors: Vec<f64>,
    /// Optimiser of the phase; `None` after the last one.
    pub(super) optimiser: Option<Box<dyn Optimiser<T>>>,
    pub(super) layout: Layout,
    pub(super) parameters: Vec<T>,
    /// Parameters before the last step, with a finite loss.
    pub(super) good: Vec<T>,
    /// Parameters before the current step.
    pub(super) before: Vec<T>,
    pub(super) weights: Vec<f64>,
    pub(super) losses: Vec<f64>,
    /// Number of steps that an engine takes without the host.
    pub(super) ahead: usize,
    pub(super) counters: Counters,
}

impl<T: Real + dfdx::prelude::Dtype> Session<T> {
    fn end_phase(&mut self, reason: PhaseEnd) -> Result<(), SessionError> {
        let next = self.settings.phases.get(self.counters.phase + 1);
        let next = next.map(|phase| optimiser(phase, &self.layout));
        self.optimiser = next.transpose()?;
        let counters = &mut self.counters;
        counters.reasons.push(reason);
        counters.phase += 1;
        (counters.phase_step, counters.phase_seconds) = (0, 0.0);
        counters.progress = None;
        Ok(())
    }

    /// Returns to the last good parameters and describes the failure.
    fn diverged(&mut self) -> Result<Outcome, SessionError> {
        let divergence = locate(
            self.engine.as_mut(),
            &self.parameters,
            self.collocation.points(),
            &self.residuals,
            &self.names,
            &self.statement.scales,
            self.counters.step,
        )?;
        self.parameters.copy_from_slice(&self.good);
        self.losses.fill(f64::NAN);
        if let Some(optimiser) = &mut self.optimiser {
            optimiser.objective_changed();
        }
        Ok(Outcome::Diverged(divergence))
    }

    /// Takes one step of the current phase, or as many as the engine takes without the host, and tells if the optimiser stops.
    fn advance(
        &mut self,
        optimiser: &mut dyn Optimiser<T>,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Option<Stop>, SessionError> {
        let began = Instant::now();
        self.prepare(optimiser)?;
        if let Some(adam) = optimiser.adam().filter(|adam| adam.can_run())
            && self.engine.resident().is_some()
        {
            return self.run(adam, began, observer, stop);
        }
        self.before.copy_from_slice(&self.parameters);
        let step = optimiser.step(
            &mut self.parameters,
            &mut WeightedLoss {
                tape: &self.tape,
                engine: self.engine.as_mut(),
                residuals: &self.residuals,
                points: self.collocation.points(),
                weights: &self.weights,
                losses: &mut self.losses,
                output_layer: self.layout.output_layer.as_ref().map(Range::len),
            },
        )?;
        let seconds = began.elapsed().as_secs_f64();
        if step.stop.is_some() {
            self.counters.pass(seconds);
            return Ok(step.stop);
        }
        std::mem::swap(&mut self.good, &mut self.before);
        let unknowns = self.unknown_values();
        let mut journal = Journal {
            counters: &mut self.counters,
            settings: &self.settings,
            weights: &self.weights,
            free: !optimiser.needs_fixed_objective(),
            observer,
        };
        journal.enter(Entry {
            losses: &self.losses,
            gradient_norm: step.gradient_norm,
            learning_rate: step.learning_rate,
            unknowns: &unknowns,
            seconds,
        });
        Ok(None)
    }
}

impl<T: Real + dfdx::prelude::Dtype> AnySession for Session<T> {
    fn statement(&self) -> &Posed {
        &self.statement
    }

    fn loss_names(&self) -> &[String] {
        &self.names
    }

    fn exact(&self) -> &[Option<Exact>] {
        &self.exact
    }

    fn step(&self) -> usize {
        self.counters.step
    }

    fn parameters(&self) -> usize {
        self.parameters.len()
    }

    fn parameter_values(&self) -> Vec<f64> {
        self.parameters.iter().map(|p| Real::to_f64(*p)).collect()
    }

    fn losses(&mut self) -> Result<Vec<f64>, SessionError> {
        let mut losses = vec![0.0; self.names.len()];
        self.engine.loss(
            &self.parameters,
            self.collocation.points(),
            &self.weights,
            &mut losses,
            None,
        )?;
        Ok(losses)
    }

    fn held_out(&mut self) -> Result<Vec<f64>, SessionError> {
        self.losses_at_others()
    }

    fn layer_gradients(&mut self) -> Result<Vec<f64>, SessionError> {
        self.gradients_by_layer()
    }

    fn train(
        &mut self,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Outcome, SessionError> {
        while let Some(mut optimiser) = self.optimiser.take() {
            let ended = loop {
                if let Some(reason) = phase_end(&self.settings, &self.counters, &self.losses) {
                    break Ok(Some(reason));
                }
                if stop.load(Ordering::Relaxed) {
                    break Ok(None);
                }
                match self.advance(optimiser.as_mut(), observer, stop) {
                    Ok(None) => {}
                    Ok(Some(Stop::Gradient)) => break Ok(Some(PhaseEnd::Gradient)),
                    Ok(Some(Stop::NoDescent)) => break Ok(Some(PhaseEnd::NoDescent)),
                    Ok(Some(Stop::NotFinite)) => {
                        self.optimiser = Some(optimiser);
                        return self.diverged();
                    }
                    Err(e) => break Err(e),
                }
            };
            // Put it back first, so that the session stays complete also on an error.
            self.optimiser = Some(optimiser);
            match ended? {
                Some(reason) => self.end_phase(reason)?,
                None => return Ok(Outcome::Interrupted),
            }
        }
        let reasons = self.counters.reasons.clone();
        Ok(Outcome::Finished { reasons })
    }

    fn seconds(&self) -> f64 {
        self.counters.seconds
    }

    fn save(&self, path: &Path) -> Result<(), SessionError> {
        Ok(self.checkpoint().write(path)?)
    }

    fn restore(&mut self, path: &Path) -> Result<(), SessionError> {
        self.read(path)
    }

    fn generated(&self, values: &[f64]) -> Option<Vec<f64>> {
        let hyper = self.hyper.as_ref()?;
        let first = self.statement.scales.coordinates.len() - hyper.inputs();
        let affines = &self.statement.scales.coordinates[first..];
        let values = affines.iter().zip(values);
        let values = values.map(|(affine, si)| affine.to_dimensionless(*si));
        let values: Vec<f64> = values.collect();
        Some(hyper.generate(&self.parameter_values(), &values))
    }

    fn begin_with(&mut self, parameters: &[f64]) -> Result<(), SessionError> {
        if parameters.len() != self.parameters.len() {
            return Err(SessionError::Engine(EngineError::Shape {
                what: "parameters",
                expected: self.parameters.len(),
                found: parameters.len(),
            }));
        }
        for (to, from) in self.parameters.iter_mut().zip(parameters) {
            *to = <T as Real>::from_f64(*from);
        }
        self.good.copy_from_slice(&self.parameters);
        Ok(())
    }

    fn begin_from(&mut self, path: &Path) -> Result<(), SessionError> {
        self.read_parameters(path)
    }

    fn unknowns(&self) -> Vec<f64> {
        self.unknown_values()
    }

    fn inference(&mut self) -> Result<Option<Inference>, SessionError> {
        self.infer()
    }

    fn evaluate(&mut self, coordinates: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, SessionError> {
        let mut solution = NetworkSolution {
            engine: self.engine.as_mut(),
            parameters: &self.parameters,
            scales: &self.statement.scales,
            ansatz: self.ansatz.as_ref(),
        };
        Ok(solution.evaluate(coordinates)?)
    }
}
