//! Common part of quasi-Newton methods: a direction from the memory of past steps, a line search, and a fallback to the
//! steepest descent.

use super::descent::{Arrival, Descent, saved_noise};
use super::sums::{dot, norm};
use super::{Objective, Optimiser, OptimiserState, StateError, Step, Stop};
use pinn_engine::EngineError;
use pinn_expr::Real;
use rayon::ThreadPool;

/// Curvature that a method has learned from its steps: an approximation H of the inverse Hessian. Results do not depend
/// on the threads of `pool`.
pub trait Memory<T>: Send {
    /// Name of the method in a state: `lbfgs`.
    fn method(&self) -> &'static str;

    /// Returns true if no curvature is known, so that H is the identity.
    fn is_empty(&self) -> bool;

    fn clear(&mut self);

    /// Computes direction ← −H·gradient.
    fn direction(&mut self, gradient: &[T], direction: &mut [f64], pool: Option<&ThreadPool>);

    /// Learns from a step that lowered the value.
    fn learn(&mut self, taken: &Taken<T>, pool: Option<&ThreadPool>);

    /// Adapts to a change of the function.
    fn objective_changed(&mut self);

    fn save(&self, state: &mut OptimiserState<T>);

    /// Reads the data that [`Memory::save`] wrote, for `length` parameters.
    fn saved(&self, state: &OptimiserState<T>, length: usize) -> Result<Self, StateError>
    where
        Self: Sized;
}

/// Step from one point to the next.
pub struct Taken<'a, T> {
    /// Length in units of the direction −H·gradient.
    pub length: f64,
    pub from: &'a [T],
    pub to: &'a [T],
    pub gradient_from: &'a [T],
    pub gradient_to: &'a [T],
}

/// Quasi-Newton method with a line search for the strong Wolfe conditions.
///
/// If the search along the direction fails, the method drops its memory and tries the steepest descent before it stops.
/// It needs the same function at every step.
#[derive(Clone, Debug)]
pub struct QuasiNewton<T, M> {
    gradient_tolerance: f64,
    memory: M,
    /// Value at the current parameters, whose gradient is `gradient`; `None` before the first step and after a change of
    /// the function.
    value: Option<f64>,
    gradient: Vec<T>,
    descent: Descent<T>,
}

impl<T: Real, M: Memory<T>> QuasiNewton<T, M> {
    /// Stops when the largest gradient entry is at most `gradient_tolerance`.
    pub(super) fn with_memory(length: usize, memory: M, gradient_tolerance: f64) -> Self {
        QuasiNewton {
            gradient_tolerance,
            memory,
            value: None,
            gradient: vec![T::ZERO; length],
            descent: Descent::new(length),
        }
    }

    /// Learns from the step to the trial point and moves there.
    fn accept(&mut self, arrival: Arrival, parameters: &mut [T], pool: Option<&ThreadPool>) {
        let taken = Taken {
            length: arrival.step,
            from: parameters,
            to: &self.descent.trial,
            gradient_from: &self.gradient,
            gradient_to: &self.descent.trial_gradient,
        };
        self.memory.learn(&taken, pool);
        parameters.copy_from_slice(&self.descent.trial);
        self.gradient.copy_from_slice(&self.descent.trial_gradient);
        self.value = Some(arrival.value);
    }

    fn report(&self, stop: Option<Stop>) -> Step {
        Step {
            gradient_norm: norm(&self.gradient),
            learning_rate: None,
            stop,
        }
    }
}

impl<T: Real, M: Memory<T>> Optimiser<T> for QuasiNewton<T, M> {
    fn step(
        &mut self,
        parameters: &mut [T],
        objective: &mut dyn Objective<T>,
    ) -> Result<Step, EngineError> {
        let value = match self.value {
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
            let direction = &mut self.descent.direction;
            self.memory
                .direction(&self.gradient, direction, objective.pool());
            let slope = dot(&self.gradient, direction);
            let has_length = !self.memory.is_empty();
            let found = self
                .descent
                .find(value, slope, has_length, parameters, objective)?;
            match found {
                Some(arrival) => {
                    self.accept(arrival, parameters, objective.pool());
                    return Ok(self.report(None));
                }
                None if self.memory.is_empty() => {
                    // The last evaluation must be at the end of the step.
                    self.value = Some(objective.evaluate(parameters, &mut self.gradient)?);
                    return Ok(self.report(Some(Stop::NoDescent)));
                }
                None => self.memory.clear(),
            }
        }
    }

    fn needs_fixed_objective(&self) -> bool {
        true
    }

    fn objective_changed(&mut self) {
        self.memory.objective_changed();
        self.descent.noise = 0.0;
        self.value = None;
    }

    fn state(&self) -> OptimiserState<T> {
        let mut state = OptimiserState::new(self.memory.method());
        self.memory.save(&mut state);
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
        state.expect_method(self.memory.method())?;
        let length = self.gradient.len();
        let memory = self.memory.saved(state, length)?;
        let noise = saved_noise(state)?;
        let value = state.scalars.get("value").copied();
        if value.is_some() {
            self.gradient
                .copy_from_slice(state.vector("gradient", length)?);
        }
        (self.memory, self.value, self.descent.noise) = (memory, value, noise);
        Ok(())
    }
}
