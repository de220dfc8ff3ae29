//! Updates of points and weights before a step.

use super::{Session, SessionError, statistics};
use crate::optimiser::Optimiser;
use pinn_expr::Real;
use pinn_geometry::sampling::adaptive::{adaptive_sampler, magnitudes};
use pinn_norm::points::PointSquares;

impl<T: Real + dfdx::prelude::Dtype> Session<T> {
    /// Updates points and weights for the next step.
    pub(super) fn prepare(&mut self, optimiser: &mut dyn Optimiser<T>) -> Result<(), SessionError> {
        let moved = self.draw() || self.adapt()?;
        if moved {
            optimiser.objective_changed();
        }
        // Methods that compare successive steps keep their initial points.
        let free = !optimiser.needs_fixed_objective() || self.counters.phase_step == 0 || moved;
        if free && self.refresh()? {
            optimiser.objective_changed();
        }
        self.weigh();
        Ok(())
    }

    /// Draws the points that are due, and drops the data of the old ones; returns true if it did.
    pub(super) fn draw(&mut self) -> bool {
        let changed = self.collocation.update(self.counters.free_steps);
        if let Some(weighting) = self.weighting.as_mut().filter(|_| changed) {
            self.collocation.begin(weighting.as_mut(), self.time);
        }
        changed
    }

    /// Adapts the points to the residuals if that is due; returns true if they changed.
    pub(super) fn adapt(&mut self) -> Result<bool, SessionError> {
        let Some(adaptive) = &self.settings.sampling.adaptive else {
            return Ok(false);
        };
        let due = adaptive.adaptations(self.counters.step);
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
            // Losses at different points are not comparable.
            self.counters.progress = None;
            if let Some(weighting) = &mut self.weighting {
                self.collocation.begin(weighting.as_mut(), self.time);
            }
        }
        Ok(changed)
    }

    /// Updates the weights that are due; returns true if there were any.
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

    /// Number of steps, up to `most`, before the next update, for a method that needs no fixed objective. The
    /// [prepared](Self::prepare) step is the first of them.
    pub(super) fn undisturbed(&self, most: usize) -> usize {
        let disturbed = (1..most).find(|steps| self.is_due_after(*steps));
        disturbed.unwrap_or(most)
    }

    fn is_due_after(&self, steps: usize) -> bool {
        let step = self.counters.step + steps;
        let adaptive = self.settings.sampling.adaptive.as_ref();
        self.collocation.is_due(self.counters.free_steps + steps)
            || adaptive.is_some_and(|a| a.adaptations(step) > self.counters.adaptations)
            || self.norm.demand(step).is_some()
            || self.weighting.as_ref().is_some_and(|w| w.is_due(step))
    }
}
