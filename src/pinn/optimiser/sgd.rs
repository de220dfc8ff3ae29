//! Gradient descent.

use super::first_order::begin;
use super::rates::Rates;
use super::{Objective, Optimiser, OptimiserState, StateError, Step};
use crate::settings::{LayerRates, Schedule};
use pinn_engine::EngineError;
use pinn_expr::Real;
use pinn_network::Layout;

/// Gradient descent, with optional heavy-ball momentum: v ← μv + g, x ← x − ηv (Sutskever et al., *On the
/// importance of initialization and momentum in deep learning*, ICML 2013, eqs. 1 and 2, with η outside of v).
/// Allocates nothing in a step.
#[derive(Clone, Debug)]
pub struct Sgd<T> {
    learning_rate: f64,
    schedule: Schedule,
    steps: usize,
    momentum: f64,
    rates: Rates,
    /// Number of steps taken.
    step: usize,
    gradient: Vec<T>,
    velocity: Vec<T>,
}

impl<T: Real> Sgd<T> {
    /// Creates gradient descent without momentum, with a constant learning rate.
    pub fn new(length: usize, learning_rate: f64) -> Self {
        Sgd {
            learning_rate,
            schedule: Schedule::Constant,
            steps: 0,
            momentum: 0.0,
            rates: Rates::equal(length),
            step: 0,
            gradient: vec![T::ZERO; length],
            velocity: vec![T::ZERO; length],
        }
    }

    /// Changes the learning rate over `steps` steps.
    #[must_use]
    pub fn with_schedule(mut self, schedule: Schedule, steps: usize) -> Self {
        (self.schedule, self.steps) = (schedule, steps);
        self
    }

    /// Adds momentum: the share of the last step that is kept.
    #[must_use]
    pub fn with_momentum(mut self, momentum: f64) -> Self {
        self.momentum = momentum;
        self
    }

    /// Sets the [`LayerRates`].
    #[must_use]
    pub fn with_layer_rates(mut self, rates: LayerRates, layout: &Layout) -> Self {
        self.rates = Rates::proportional(rates, layout);
        self
    }
}

impl<T: Real> Optimiser<T> for Sgd<T> {
    fn step(
        &mut self,
        parameters: &mut [T],
        objective: &mut dyn Objective<T>,
    ) -> Result<Step, EngineError> {
        let learning_rate = self.learning_rate * self.schedule.factor(self.step, self.steps);
        let report = begin(learning_rate, parameters, objective, &mut self.gradient)?;
        if report.stop.is_some() {
            return Ok(report);
        }
        self.step += 1;
        let momentum = T::from_f64(self.momentum);
        self.rates.refresh(parameters);
        for (range, factor) in self.rates.ranges() {
            let rate = T::from_f64(learning_rate * factor);
            let gradient = &self.gradient[range.clone()];
            let velocity = self.velocity[range.clone()].iter_mut();
            for ((p, g), v) in parameters[range.clone()]
                .iter_mut()
                .zip(gradient)
                .zip(velocity)
            {
                *v = momentum * *v + *g;
                *p -= rate * *v;
            }
        }
        Ok(report)
    }

    fn needs_fixed_objective(&self) -> bool {
        false
    }

    fn objective_changed(&mut self) {}

    fn state(&self) -> OptimiserState<T> {
        let mut state = OptimiserState::new("sgd");
        state.scalars.insert("step".into(), self.step as f64);
        state
            .vectors
            .insert("velocity".into(), self.velocity.clone());
        state
    }

    fn restore(&mut self, state: &OptimiserState<T>) -> Result<(), StateError> {
        state.expect_method("sgd")?;
        // Whole numbers are exact in f64 up to 2⁵³.
        let step = state.count("step", 1 << 53)?;
        let velocity = state.vector("velocity", self.velocity.len())?;
        self.velocity.copy_from_slice(velocity);
        self.step = step;
        Ok(())
    }
}
