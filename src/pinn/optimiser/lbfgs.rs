//! Limited-memory BFGS.

use super::line_search::{Found, Trial, search};
use super::pairs::Pairs;
use super::sums::{dot, norm};
use super::{Objective, Optimiser, OptimiserState, StateError, Step, Stop};
use crate::expr::Real;
use crate::pinn::engine::EngineError;
use rayon::ThreadPool;

/// Values whose difference is below this many standard deviations of their noise count as equal: one in two
/// hundred differences of equal values is larger.
const NOISE: f64 = 4.0;

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
    /// Size of differences between values that mean nothing, as far as it is known; see [`Lbfgs::listen`].
    noise: f64,
    /// Value at the current parameters, whose gradient is `gradient`; none before the first step and after
    /// a change of the function.
    value: Option<f64>,
    gradient: Vec<T>,
    work: Work<T>,
}

/// Buffers that hold nothing between steps.
#[derive(Clone, Debug)]
struct Work<T> {
    direction: Vec<f64>,
    trial: Vec<T>,
    trial_gradient: Vec<T>,
}

impl<T: Real> Lbfgs<T> {
    /// Remembers `history` pairs (3 to 50 are usual); stops when the largest gradient entry is at most
    /// `gradient_tolerance`.
    pub fn new(length: usize, history: usize, gradient_tolerance: f64) -> Self {
        Lbfgs {
            history: history.max(1),
            gradient_tolerance,
            pairs: Pairs::new(length, history.max(1)),
            noise: 0.0,
            value: None,
            gradient: vec![T::ZERO; length],
            work: Work {
                direction: vec![0.0; length],
                trial: vec![T::ZERO; length],
                trial_gradient: vec![T::ZERO; length],
            },
        }
    }

    /// direction ← −H·gradient. Returns its slope.
    fn find_direction(&mut self, pool: Option<&ThreadPool>) -> f64 {
        let direction = &mut self.work.direction;
        self.pairs.direction(&self.gradient, direction, pool);
        dot(&self.gradient, direction)
    }

    /// Searches along the direction. On success the trial buffers hold the new point, which was evaluated
    /// last.
    fn advance(
        &mut self,
        value: f64,
        slope: f64,
        parameters: &[T],
        objective: &mut dyn Objective<T>,
    ) -> Result<Option<f64>, EngineError> {
        let start = Trial {
            step: 0.0,
            value,
            slope,
        };
        let largest = self
            .work
            .direction
            .iter()
            .fold(0.0, |a: f64, d| a.max(d.abs()));
        // Without memory the direction has no length of its own: move no parameter by more than a tenth.
        let first = if self.pairs.is_empty() {
            (0.1 / largest).min(1.0)
        } else {
            1.0
        };
        let epsilon = epsilon::<T>();
        let Work {
            direction,
            trial,
            trial_gradient,
            ..
        } = &mut self.work;
        let mut evaluate = |step: f64| {
            for ((t, p), d) in trial.iter_mut().zip(parameters).zip(&*direction) {
                *t = T::from_f64(p.to_f64() + step * d);
            }
            let value = objective.evaluate(trial, trial_gradient)?;
            Ok::<_, EngineError>((value, dot(trial_gradient, direction)))
        };
        // A mean square sums thousands of rounded numbers: differences below a hundred roundings say nothing.
        let noise = self.noise.max(100.0 * epsilon * value.abs());
        Ok(match search(start, first, noise, epsilon, &mut evaluate)? {
            Found::Accepted(trial) => Some(trial.value),
            Found::Lower(trial) => {
                let (value, slope) = evaluate(trial.step)?;
                (value.is_finite() && slope.is_finite()).then_some(value)
            }
            Found::Nothing => None,
        })
    }

    /// Estimates the noise of the values from their third differences at points along the direction that are
    /// some roundings of the parameters apart, where all else is smooth (Moré & Wild, *Estimating
    /// computational noise*, SIAM J. Sci. Comput. 33, 2011). Residuals that are small differences of
    /// large terms make it far larger than the rounding of the values.
    fn listen(
        &mut self,
        parameters: &[T],
        objective: &mut dyn Objective<T>,
    ) -> Result<f64, EngineError> {
        let Work {
            direction,
            trial,
            trial_gradient,
            ..
        } = &mut self.work;
        let largest_direction = direction.iter().fold(0.0, |a: f64, d| a.max(d.abs()));
        let largest = parameters
            .iter()
            .fold(0.0, |a: f64, p| a.max(p.to_f64().abs()));
        let spacing = 32.0 * epsilon::<T>() * largest / largest_direction;
        let mut differences = [0.0; 8];
        for (i, value) in differences.iter_mut().enumerate() {
            for ((t, p), d) in trial.iter_mut().zip(parameters).zip(&*direction) {
                *t = T::from_f64(p.to_f64() + i as f64 * spacing * d);
            }
            *value = objective.evaluate(trial, trial_gradient)?;
        }
        let mut count = differences.len();
        for _ in 0..3 {
            count -= 1;
            for i in 0..count {
                differences[i] = differences[i + 1] - differences[i];
            }
        }
        // The variance of third differences is (2·3)!/(3!)² = 20 times that of the values.
        let differences = &differences[..count];
        let squares: f64 = differences.iter().map(|d| d * d).sum();
        Ok(NOISE * (squares / (20.0 * count as f64)).sqrt())
    }

    /// Learns from the step to the trial point and goes there.
    fn accept(&mut self, value: f64, parameters: &mut [T]) {
        let Work {
            trial,
            trial_gradient,
            ..
        } = &self.work;
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
            let downhill = slope.is_finite() && slope < 0.0;
            let mut found = None;
            if downhill {
                found = self.advance(value, slope, parameters, objective)?;
            }
            if downhill && found.is_none() {
                let noise = self.listen(parameters, objective)?;
                if noise.is_finite() && noise > self.noise {
                    self.noise = noise;
                    found = self.advance(value, slope, parameters, objective)?;
                }
            }
            match found {
                Some(new) => {
                    self.accept(new, parameters);
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
        self.noise = 0.0;
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
        state.scalars.insert("noise".into(), self.noise);
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
        // States of earlier versions do not have it.
        let noise = state.scalars.get("noise").copied().unwrap_or(0.0);
        if !(noise >= 0.0 && noise.is_finite()) {
            return Err(StateError::Value {
                name: "noise".to_string(),
                expected: "a finite number from 0 on".to_string(),
                found: noise.to_string(),
            });
        }
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
        (self.pairs, self.value, self.noise) = (pairs, value, noise);
        Ok(())
    }
}

/// Distance from one to the next number of the type.
fn epsilon<T: Real>() -> f64 {
    if size_of::<T>() == size_of::<f32>() {
        f64::from(f32::EPSILON)
    } else {
        f64::EPSILON
    }
}
