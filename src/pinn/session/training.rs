//! The training loop.

use super::collocation::Collocation;
use super::divergence::locate;
use super::objective::WeightedLoss;
use super::statistics;
use super::{AnySession, Observer, Outcome, Progress, SessionError};
use crate::expr::Real;
use crate::norm::points::{PointSquares, PointWeighting};
use crate::norm::residual::ResidualNorm;
use crate::pinn::ansatz::Exact;
use crate::pinn::checkpoint::{Counters, Identity};
use crate::pinn::engine::operation::TapeObjective;
use crate::pinn::engine::{Engine, EngineError};
use crate::pinn::hyper::Hypernetwork;
use crate::pinn::loss;
use crate::pinn::optimiser::{Layout, Optimiser, Stop, optimiser};
use crate::pinn::readings::Readings;
use crate::pinn::sampling::adaptive::{adaptive_sampler, magnitudes};
use crate::pinn::settings::Settings;
use crate::pinn::solution::{NetworkSolution, Solution};
use crate::pinn::uncertainty::Inference;
use crate::pinn::unknown::Unknown;
use crate::units::{Kernel, Nondimensional, Scales};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Compiled residuals of one task.
pub type NondimensionalKernel<T> = Kernel<T, Nondimensional>;

/// A run in one precision.
pub struct Session<T: Real> {
    pub(super) settings: Settings,
    pub(super) identity: Identity,
    pub(super) hyper: Option<Hypernetwork>,
    pub(super) scales: Scales,
    pub(super) unknowns: Vec<Unknown>,
    /// Where their numbers are among the parameters.
    pub(super) constants: Range<usize>,
    pub(super) readings: Vec<Readings>,
    /// Leads from the network's outputs to the fields.
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
    /// The coordinate that is time.
    pub(super) time: Option<usize>,
    /// Factor of each loss beside the norm's weight.
    pub(super) factors: Vec<f64>,
    /// None after the last phase.
    pub(super) optimiser: Option<Box<dyn Optimiser<T>>>,
    pub(super) layout: Layout,
    pub(super) parameters: Vec<T>,
    /// Parameters before the last step, with a finite loss.
    pub(super) good: Vec<T>,
    /// Parameters before the step under way.
    pub(super) before: Vec<T>,
    pub(super) weights: Vec<f64>,
    pub(super) losses: Vec<f64>,
    pub(super) counters: Counters,
}

impl<T: Real + dfdx::prelude::Dtype> Session<T> {
    /// Points and weights for the step that follows.
    fn prepare(&mut self, optimiser: &mut dyn Optimiser<T>) -> Result<(), SessionError> {
        let moved = self.draw() || self.adapt()?;
        if moved {
            optimiser.objective_changed();
        }
        // Methods that compare successive steps keep the function that their points began with.
        let free = !optimiser.needs_fixed_objective() || self.counters.phase_step == 0 || moved;
        if free && self.refresh()? {
            optimiser.objective_changed();
        }
        self.weigh();
        Ok(())
    }

    /// Draws the points that are due, and forgets what was known of the old ones; whether it did.
    pub(super) fn draw(&mut self) -> bool {
        let changed = self.collocation.update(self.counters.free_steps);
        if let Some(weighting) = self.weighting.as_mut().filter(|_| changed) {
            self.collocation.begin(weighting.as_mut(), self.time);
        }
        changed
    }

    /// Lets the points follow the residuals, where that is due; whether there are others now.
    pub(super) fn adapt(&mut self) -> Result<bool, SessionError> {
        let Some(adaptive) = &self.settings.sampling.adaptive else {
            return Ok(false);
        };
        let due = self.counters.step / adaptive.every.max(1);
        if due <= self.counters.adaptations {
            return Ok(false);
        }
        let method = adaptive_sampler(adaptive);
        let mut changed = false;
        for task in 0..self.collocation.drawn() {
            let candidates = self.collocation.candidates(task, adaptive.candidates, due);
            let residuals = self.engine.residuals(&self.parameters, task, &candidates)?;
            let sizes = magnitudes(&residuals);
            changed |= self
                .collocation
                .adapt(task, method.as_ref(), &candidates, &sizes, due);
        }
        self.counters.adaptations = due;
        if changed {
            // Losses at other points do not compare.
            self.counters.progress = None;
            if let Some(weighting) = &mut self.weighting {
                self.collocation.begin(weighting.as_mut(), self.time);
            }
        }
        Ok(changed)
    }

    /// Refreshes the weights that are due; whether there were any.
    fn refresh(&mut self) -> Result<bool, SessionError> {
        let (engine, step) = (self.engine.as_mut(), self.counters.step);
        let demanded = self.norm.demand(step);
        if let Some(statistic) = demanded {
            let points = self.collocation.points();
            let observation = statistics::observe(statistic, engine, &self.parameters, points)?;
            self.norm.observe(&observation);
        }
        let mut weighting = self.weighting.as_mut().filter(|w| w.is_due(step));
        if let Some(weighting) = &mut weighting {
            let points = self.collocation.points();
            let residuals = statistics::residuals(engine, &self.parameters, points)?;
            let squares: Vec<_> = residuals.iter().map(PointSquares::of).collect();
            weighting.observe(&squares);
            self.collocation.weigh(weighting.as_ref());
        }
        Ok(demanded.is_some() || weighting.is_some())
    }

    pub(super) fn weigh(&mut self) {
        let pairs = self.norm.weights().iter().zip(&self.factors);
        for (weight, (norm, factor)) in self.weights.iter_mut().zip(pairs) {
            *weight = norm * factor;
        }
    }

    /// Why the current phase is over, if it is.
    fn phase_end(&self) -> Option<&'static str> {
        let phase = &self.settings.phases[self.counters.phase];
        let counters = &self.counters;
        if counters.phase_step >= phase.steps {
            Some("steps")
        } else if phase
            .target_loss
            .is_some_and(|target| loss::total(&self.losses) < target)
        {
            Some("target loss")
        } else if phase
            .max_seconds
            .is_some_and(|most| counters.phase_seconds >= most)
        {
            Some("time")
        } else if phase
            .stagnation
            .zip(counters.progress)
            .is_some_and(|(most, (_, last))| counters.phase_step - last >= most)
        {
            Some("stagnation")
        } else {
            None
        }
    }

    fn end_phase(&mut self, reason: &str) -> Result<(), SessionError> {
        let next = self.settings.phases.get(self.counters.phase + 1);
        let next = next.map(|phase| optimiser(phase, &self.layout));
        self.optimiser = next.transpose()?;
        let counters = &mut self.counters;
        counters.reasons.push(reason.to_string());
        counters.phase += 1;
        (counters.phase_step, counters.phase_seconds) = (0, 0.0);
        counters.progress = None;
        Ok(())
    }

    /// Goes back to the last good parameters and says what happened.
    fn diverged(&mut self) -> Result<Outcome, SessionError> {
        let divergence = locate(
            self.engine.as_mut(),
            &self.parameters,
            self.collocation.points(),
            &self.residuals,
            &self.names,
            &self.scales,
            self.counters.step,
        )?;
        self.parameters.copy_from_slice(&self.good);
        self.losses.fill(f64::NAN);
        if let Some(optimiser) = &mut self.optimiser {
            optimiser.objective_changed();
        }
        Ok(Outcome::Diverged(divergence))
    }

    /// One step of the current phase; whether it was the optimiser's last.
    fn advance(
        &mut self,
        optimiser: &mut dyn Optimiser<T>,
        observer: &mut dyn Observer,
    ) -> Result<Option<Stop>, SessionError> {
        let began = Instant::now();
        self.prepare(optimiser)?;
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
            },
        )?;
        let seconds = began.elapsed().as_secs_f64();
        self.counters.seconds += seconds;
        self.counters.phase_seconds += seconds;
        if step.stop.is_some() {
            return Ok(step.stop);
        }
        std::mem::swap(&mut self.good, &mut self.before);
        self.counters.step += 1;
        self.counters.phase_step += 1;
        let loss = loss::total(&self.losses);
        if self
            .counters
            .progress
            .is_none_or(|(best, _)| loss < 0.99 * best)
        {
            self.counters.progress = Some((loss, self.counters.phase_step));
        }
        if !optimiser.needs_fixed_objective() {
            self.counters.free_steps += 1;
        }
        let unknowns = self.unknown_values();
        observer.step(&Progress {
            phase: self.counters.phase,
            step: self.counters.step,
            steps: self.settings.phases.iter().map(|p| p.steps).sum(),
            losses: &self.losses,
            loss,
            weights: &self.weights,
            gradient_norm: step.gradient_norm,
            learning_rate: step.learning_rate,
            unknowns: &unknowns,
            seconds: self.counters.seconds,
        });
        Ok(None)
    }
}

impl<T: Real + dfdx::prelude::Dtype> AnySession for Session<T> {
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
                if let Some(reason) = self.phase_end() {
                    break Ok(Some(reason));
                }
                if stop.load(Ordering::Relaxed) {
                    break Ok(None);
                }
                match self.advance(optimiser.as_mut(), observer) {
                    Ok(None) => {}
                    Ok(Some(Stop::Gradient)) => break Ok(Some("gradient")),
                    Ok(Some(Stop::NoDescent)) => break Ok(Some("no descent")),
                    Ok(Some(Stop::NotFinite)) => {
                        self.optimiser = Some(optimiser);
                        return self.diverged();
                    }
                    Err(e) => break Err(e),
                }
            };
            // Put back before anything else, so that the session stays whole also on an error.
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
        let first = self.scales.coordinates.len() - hyper.inputs();
        let affines = &self.scales.coordinates[first..];
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
            scales: &self.scales,
            ansatz: self.ansatz.as_ref(),
        };
        Ok(solution.evaluate(coordinates)?)
    }
}
