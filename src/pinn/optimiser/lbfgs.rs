//! Limited-memory BFGS.

use super::descent::{Descent, saved_noise};
use super::pairs::Pairs;
use super::sums::{dot, norm};
use super::{Objective, Optimiser, OptimiserState, StateError, Step, Stop};
use crate::expr::Real;
use crate::pinn::engine::EngineError;
use rayon::ThreadPool;

/// L-BFGS with the two-loop recursion (Nocedal & Wright, *Numerical Optimization*, 2nd ed., algorithm 7.4,
/// initial scaling eq. 7.20) and a line search for the strong Wolfe conditions.
///
/// Sums run in f64 in both precisions. Where the quasi-Newton direction leads nowhere, the memory is dropped
/// and the steepest descent tried before the method stops. It needs the same function at every step.
#[derive(Clone, Debug)]
pub struct Lbfgs<T> {
    history: usize,
    gradient_tolerance: f64,
    pairs: Pairs<T>,
    /// Value at the current parameters, whose gradient is `gradient`; none before the first step and after
    /// a change of the function.
    value: Option<f64>,
    gradient: Vec<T>,
    descent: Descent<T>,
}

impl<T: Real> Lbfgs<T> {
    /// Remembers `history` pairs (3 to 50 are usual); stops when the largest gradient entry is at most
    /// `gradient_tolerance`.
    pub fn new(length: usize, history: usize, gradient_tolerance: f64) -> Self {
        Lbfgs {
            history: history.max(1),
            gradient_tolerance,
            pairs: Pairs::new(length, history.max(1)),
            value: None,
            gradient: vec![T::ZERO; length],
            descent: Descent::new(length),
        }
    }

    /// direction ← −H·gradient. Returns its slope.
    fn find_direction(&mut self, pool: Option<&ThreadPool>) -> f64 {
        let direction = &mut self.descent.direction;
        self.pairs.direction(&self.gradient, direction, pool);
        dot(&self.gradient, direction)
    }

    /// Learns from the step to the trial point and goes there.
    fn accept(&mut self, value: f64, parameters: &mut [T]) {
        let Descent {
            trial,
            trial_gradient,
            ..
        } = &self.descent;
        let gradient = &self.gradient;
        self.pairs.push(
            |i| trial[i] - parameters[i],
            |i| trial_gradient[i] - gradient[i],
        );
        parameters.copy_from_slice(trial);
        self.gradient.copy_from_slice(trial_gradient);
        self.value = Some(value);
    }

    fn report(&self, stop: Option<Stop>) -> Step {
        Step {
            gradient_norm: norm(&self.gradient),
            learning_rate: None,
            stop,
        }
    }
}

impl<T: Real> Optimiser<T> for Lbfgs<T> {
    fn step(
        &mut self,
        parameters: &mut [T],
        objective: &mut dyn Objective<T>,
    ) -> Result<Step, EngineError> {
        let mut value = match self.value {
            Some(value) => value,
            None => objective.evaluate(parameters, &mut self.gradient)?,
        };
        if !value.is_finite() || !norm(&self.gradient).is_finite() {
            return Ok(self.report(Some(Stop::NotFinite)));
        }
        self.value = Some(value);
        let largest = self.gradient.iter().map(|g| g.to_f64().abs());
        if largest.fold(0.0, f64::max) <= self.gradient_tolerance {
            return Ok(self.report(Some(Stop::Gradient)));
        }
        loop {
            let slope = self.find_direction(objective.pool());
            let has_length = !self.pairs.is_empty();
            let found = self
                .descent
                .find(value, slope, has_length, parameters, objective)?;
            match found {
                Some(new) => {
                    self.accept(new.value, parameters);
                    return Ok(self.report(None));
                }
                None if self.pairs.is_empty() => {
                    // The last evaluation is to be where the step ends.
                    value = objective.evaluate(parameters, &mut self.gradient)?;
                    self.value = Some(value);
                    return Ok(self.report(Some(Stop::NoDescent)));
                }
                None => self.pairs.clear(),
            }
        }
    }

    fn needs_fixed_objective(&self) -> bool {
        true
    }

    fn objective_changed(&mut self) {
        self.pairs.clear();
        self.descent.noise = 0.0;
        self.value = None;
    }

    fn state(&self) -> OptimiserState<T> {
        let mut state = OptimiserState::new("lbfgs");
        state
            .scalars
            .insert("pairs".into(), self.pairs.len() as f64);
        for (i, [step, change]) in self.pairs.vectors().enumerate() {
            state.vectors.insert(format!("step.{i}"), step);
            state.vectors.insert(format!("change.{i}"), change);
        }
        state.scalars.insert("noise".into(), self.descent.noise);
        if let Some(value) = self.value {
            state.scalars.insert("value".into(), value);
            state
                .vectors
                .insert("gradient".into(), self.gradient.clone());
        }
        state
    }

    fn restore(&mut self, state: &OptimiserState<T>) -> Result<(), StateError> {
        state.expect_method("lbfgs")?;
        let length = self.gradient.len();
        let noise = saved_noise(state)?;
        let mut pairs = Pairs::new(length, self.history);
        for i in 0..state.count("pairs", self.history)? {
            let step = state.vector(&format!("step.{i}"), length)?;
            let change = state.vector(&format!("change.{i}"), length)?;
            pairs.push(|i| step[i], |i| change[i]);
        }
        let value = state.scalars.get("value").copied();
        if value.is_some() {
            self.gradient
                .copy_from_slice(state.vector("gradient", length)?);
        }
        (self.pairs, self.value, self.descent.noise) = (pairs, value, noise);
        Ok(())
    }
}
