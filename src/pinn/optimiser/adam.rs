//! Adam.

use super::first_order::begin;
use super::rates::Rates;
use super::{Objective, Optimiser, OptimiserState, StateError, Step};
use crate::settings::{LayerRates, Schedule};
use pinn_engine::EngineError;
use pinn_engine::resident::{AdamRun, AdamStep};
use pinn_expr::Real;
use pinn_network::Layout;

/// Adam with bias correction (Kingma & Ba, *Adam: a method for stochastic optimization*, ICLR 2015,
/// algorithm 1). Allocates nothing in a step.
#[derive(Clone, Debug)]
pub struct Adam<T> {
    learning_rate: f64,
    schedule: Schedule,
    steps: usize,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    rates: Rates,
    /// Number of steps taken.
    step: usize,
    gradient: Vec<T>,
    first: Vec<T>,
    second: Vec<T>,
}

impl<T: Real> Adam<T> {
    /// Creates Adam with the paper's β₁ = 0.9, β₂ = 0.999, ε = 1e-8 and a constant learning rate.
    pub fn new(length: usize, learning_rate: f64) -> Self {
        Adam {
            learning_rate,
            schedule: Schedule::Constant,
            steps: 0,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            rates: Rates::equal(length),
            step: 0,
            gradient: vec![T::ZERO; length],
            first: vec![T::ZERO; length],
            second: vec![T::ZERO; length],
        }
    }

    /// Changes the learning rate over `steps` steps.
    #[must_use]
    pub fn with_schedule(mut self, schedule: Schedule, steps: usize) -> Self {
        (self.schedule, self.steps) = (schedule, steps);
        self
    }

    /// Sets the decay rates of the moments, and the number ε that is added to the root of the second.
    #[must_use]
    pub fn with_moments(mut self, beta1: f64, beta2: f64, epsilon: f64) -> Self {
        (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon);
        self
    }

    /// Sets the [`LayerRates`].
    #[must_use]
    pub fn with_layer_rates(mut self, rates: LayerRates, layout: &Layout) -> Self {
        self.rates = Rates::normalised(rates, layout);
        self
    }

    /// Learning rate after this number of further steps.
    fn rate_after(&self, steps: usize) -> f64 {
        self.learning_rate * self.schedule.factor(self.step + steps, self.steps)
    }

    /// Bias corrections 1 − βᵗ for step t, counted from 1.
    fn correction(beta: f64, t: usize) -> f64 {
        1.0 - beta.powf(t as f64)
    }

    /// Returns true if steps need only gradients, so that an engine can [run](Adam::run) them.
    pub(crate) fn can_run(&self) -> bool {
        self.rates.are_equal()
    }

    /// Learning rates of the next steps.
    pub(crate) fn next_rates(&self, steps: usize) -> Vec<f64> {
        (0..steps).map(|n| self.rate_after(n)).collect()
    }

    /// Lets `take` take the next steps, up to a limit, and counts the number that it returns; `previous` becomes the
    /// start of the last of them.
    pub fn run<E>(
        &mut self,
        steps: usize,
        parameters: &mut [T],
        previous: &mut [T],
        take: impl FnOnce(AdamRun<'_, T>) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let steps: Vec<AdamStep> = (0..steps)
            .map(|n| {
                let t = self.step + n + 1;
                AdamStep {
                    rate: self.rate_after(n) / Self::correction(self.beta1, t),
                    root_scale: Self::correction(self.beta2, t).sqrt().recip(),
                }
            })
            .collect();
        let taken = take(AdamRun {
            beta1: self.beta1,
            beta2: self.beta2,
            epsilon: self.epsilon,
            steps: &steps,
            parameters,
            first: &mut self.first,
            second: &mut self.second,
            previous,
        })?;
        self.step += taken;
        Ok(taken)
    }
}

impl<T: Real> Optimiser<T> for Adam<T> {
    fn step(
        &mut self,
        parameters: &mut [T],
        objective: &mut dyn Objective<T>,
    ) -> Result<Step, EngineError> {
        let learning_rate = self.rate_after(0);
        let report = begin(learning_rate, parameters, objective, &mut self.gradient)?;
        if report.stop.is_some() {
            return Ok(report);
        }
        self.step += 1;
        let correction = |beta| Self::correction(beta, self.step);
        let root_scale = T::from_f64(correction(self.beta2).sqrt().recip());
        let epsilon = T::from_f64(self.epsilon);
        let (beta1, beta2) = (T::from_f64(self.beta1), T::from_f64(self.beta2));
        let (rest1, rest2) = (T::ONE - beta1, T::ONE - beta2);
        let learning_rate = learning_rate / correction(self.beta1);
        self.rates.refresh(parameters);
        for (range, factor) in self.rates.ranges() {
            let rate = T::from_f64(learning_rate * factor);
            let first = self.first[range.clone()].iter_mut();
            let moments = first.zip(&mut self.second[range.clone()]);
            let gradient = &self.gradient[range.clone()];
            let entries = parameters[range.clone()].iter_mut().zip(gradient);
            for ((p, g), (m, v)) in entries.zip(moments) {
                *m = beta1 * *m + rest1 * *g;
                *v = beta2 * *v + rest2 * *g * *g;
                *p -= rate * *m / (v.sqrt() * root_scale + epsilon);
            }
        }
        Ok(report)
    }

    fn needs_fixed_objective(&self) -> bool {
        false
    }

    fn objective_changed(&mut self) {}

    fn adam(&mut self) -> Option<&mut Adam<T>> {
        Some(self)
    }

    fn state(&self) -> OptimiserState<T> {
        let mut state = OptimiserState::new("adam");
        state.scalars.insert("step".into(), self.step as f64);
        state.vectors.insert("first".into(), self.first.clone());
        state.vectors.insert("second".into(), self.second.clone());
        state
    }

    fn restore(&mut self, state: &OptimiserState<T>) -> Result<(), StateError> {
        state.expect_method("adam")?;
        // Whole numbers are exact in f64 up to 2⁵³.
        let step = state.count("step", 1 << 53)?;
        let first = state.vector("first", self.first.len())?;
        let second = state.vector("second", self.second.len())?;
        self.first.copy_from_slice(first);
        self.second.copy_from_slice(second);
        self.step = step;
        Ok(())
    }
}
