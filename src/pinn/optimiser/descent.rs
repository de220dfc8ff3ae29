//! Search along a direction, for all quasi-Newton methods.

use super::line_search::{Found, Trial, search};
use super::sums::dot;
use super::{Objective, OptimiserState, StateError};
use pinn_engine::EngineError;
use pinn_expr::Real;

/// Values whose difference is below this many standard deviations of their noise count as equal: one in two
/// hundred differences of equal values is larger.
const NOISE: f64 = 4.0;

/// Buffers and noise of a search. Only the noise is kept between steps.
#[derive(Clone, Debug)]
pub(super) struct Descent<T> {
    /// Size of insignificant differences between values, as far as it is known.
    pub noise: f64,
    pub direction: Vec<f64>,
    /// Trial point with its gradient: after a success the new point.
    pub trial: Vec<T>,
    pub trial_gradient: Vec<T>,
}

/// Result of a search.
#[derive(Copy, Clone, Debug)]
pub(super) struct Arrival {
    /// Length of the step in units of the direction.
    pub step: f64,
    pub value: f64,
}

impl<T: Real> Descent<T> {
    pub fn new(length: usize) -> Self {
        Descent {
            noise: 0.0,
            direction: vec![0.0; length],
            trial: vec![T::ZERO; length],
            trial_gradient: vec![T::ZERO; length],
        }
    }

    /// Searches along the direction, first at its end if it `has_length` of its own. If nothing is found, it
    /// searches again with the estimated noise of the values. On success the trial buffers hold the new
    /// point, which was evaluated last.
    pub fn find(
        &mut self,
        value: f64,
        slope: f64,
        has_length: bool,
        parameters: &[T],
        objective: &mut dyn Objective<T>,
    ) -> Result<Option<Arrival>, EngineError> {
        if !(slope.is_finite() && slope < 0.0) {
            return Ok(None);
        }
        let found = self.advance(value, slope, has_length, parameters, objective)?;
        if found.is_some() {
            return Ok(found);
        }
        let noise = self.listen(parameters, objective)?;
        if !(noise.is_finite() && noise > self.noise) {
            return Ok(None);
        }
        self.noise = noise;
        self.advance(value, slope, has_length, parameters, objective)
    }

    fn advance(
        &mut self,
        value: f64,
        slope: f64,
        has_length: bool,
        parameters: &[T],
        objective: &mut dyn Objective<T>,
    ) -> Result<Option<Arrival>, EngineError> {
        let start = Trial {
            step: 0.0,
            value,
            slope,
        };
        let largest = self.direction.iter().fold(0.0, |a: f64, d| a.max(d.abs()));
        // Without memory the length of the direction is arbitrary: move no parameter by more than a tenth.
        let first = if has_length {
            1.0
        } else {
            (0.1 / largest).min(1.0)
        };
        let epsilon = epsilon::<T>();
        let Descent {
            direction,
            trial,
            trial_gradient,
            ..
        } = self;
        let mut evaluate = |step: f64| {
            for ((t, p), d) in trial.iter_mut().zip(parameters).zip(&*direction) {
                *t = T::from_f64(p.to_f64() + step * d);
            }
            let value = objective.evaluate(trial, trial_gradient)?;
            Ok::<_, EngineError>((value, dot(trial_gradient, direction)))
        };
        // A mean square sums thousands of rounded numbers: differences below a hundred roundings are insignificant.
        let noise = self.noise.max(100.0 * epsilon * value.abs());
        Ok(match search(start, first, noise, epsilon, &mut evaluate)? {
            Found::Accepted(Trial { step, value, .. }) => Some(Arrival { step, value }),
            Found::Lower(Trial { step, .. }) => {
                let (value, slope) = evaluate(step)?;
                let finite = value.is_finite() && slope.is_finite();
                finite.then_some(Arrival { step, value })
            }
            Found::Nothing => None,
        })
    }

    /// Estimates the noise of the values from their third differences at points along the direction that are
    /// a few roundings of the parameters apart, where everything else is smooth (Moré & Wild, *Estimating
    /// computational noise*, SIAM J. Sci. Comput. 33, 2011). Residuals that are small differences of
    /// large terms make it far larger than the rounding of the values.
    fn listen(
        &mut self,
        parameters: &[T],
        objective: &mut dyn Objective<T>,
    ) -> Result<f64, EngineError> {
        let Descent {
            direction,
            trial,
            trial_gradient,
            ..
        } = self;
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
}

/// Reads the noise of a state; states of earlier versions do not have it.
pub(super) fn saved_noise<T>(state: &OptimiserState<T>) -> Result<f64, StateError> {
    let noise = state.scalars.get("noise").copied().unwrap_or(0.0);
    if noise >= 0.0 && noise.is_finite() {
        return Ok(noise);
    }
    Err(StateError::Value {
        name: "noise".to_string(),
        expected: "a finite number of at least 0".to_string(),
        found: noise.to_string(),
    })
}

/// Distance from one to the next number of the type.
fn epsilon<T: Real>() -> f64 {
    if size_of::<T>() == size_of::<f32>() {
        f64::from(f32::EPSILON)
    } else {
        f64::EPSILON
    }
}
