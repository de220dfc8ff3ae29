//! Self-scaled quasi-Newton methods with a dense inverse Hessian.

use super::descent::{Arrival, Descent, saved_noise};
use super::sums::{dot, norm};
use super::{Objective, Optimiser, OptimiserState, StateError, Step, Stop};
use crate::expr::Real;
use crate::pinn::engine::EngineError;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Which member of Broyden's family, and how it is scaled.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Update {
    /// BFGS, scaled as Al-Baali proposes.
    Bfgs,
    /// The member that Al-Baali's bounds choose at every step, scaled with it.
    Broyden,
}

impl Update {
    fn name(self) -> &'static str {
        match self {
            Update::Bfgs => "ssbfgs",
            Update::Broyden => "ssbroyden",
        }
    }
}

/// SSBFGS and SSBroyden: the inverse Hessian is scaled before every update, so that eigenvalues that are too
/// large fall (Al-Baali, *Computational Optimization and Applications* 9, 1998; Al-Baali & Khalfan, *Pacific
/// Journal of Optimization* 8, 2012; for PINNs Urbán, Stefanou & Pons, *J. Comput. Phys.* 523, 2025, eqs. 8–23).
///
/// Takes parameters² numbers of memory and of work per step: for up to some thousand parameters. The line
/// search and the restart are those of L-BFGS. It needs the same function at every step.
pub struct SelfScaled<T> {
    update: Update,
    gradient_tolerance: f64,
    pool: ThreadPool,
    /// Value at the current parameters, whose gradient is `gradient`; none before the first step and after
    /// a change of the function.
    value: Option<f64>,
    gradient: Vec<T>,
    /// Approximate inverse Hessian, symmetric; empty where nothing is known: then it is the identity.
    inverse: Vec<T>,
    descent: Descent<T>,
}

/// Coefficients of one update.
#[derive(Copy, Clone, Debug)]
struct Coefficients {
    /// τ: what the inverse Hessian is divided by.
    scale: f64,
    /// φ: 1 for BFGS, 0 for DFP.
    share: f64,
}

impl Update {
    /// For b = s·H⁻¹s / y·s, h = y·Hy / y·s, in n dimensions. `first`: the inverse Hessian is the identity.
    fn coefficients(self, b: f64, h: f64, n: usize, first: bool) -> Coefficients {
        let al_baali = (1.0 / b).min(1.0);
        let bfgs = Coefficients {
            // Nocedal & Wright eq. 6.20 before the first update.
            scale: if first { h } else { al_baali },
            share: 1.0,
        };
        // a ≥ 0 by Cauchy and Schwarz; where it vanishes, all members of the family are one.
        let a = b * h - 1.0;
        if self == Update::Bfgs || a.is_nan() || a <= f64::EPSILON {
            return bfgs;
        }
        let c = (a / (1.0 + a)).sqrt();
        let rho = (h * (1.0 - c)).min(1.0);
        let theta = ((1.0 - b) / b).min(1.0 / rho).max((rho - 1.0) / a);
        let sigma = 1.0 + a * theta;
        let root = sigma.abs().powf(1.0 / (1.0 - n.max(2) as f64));
        let scale = if first {
            h / sigma
        } else if theta <= 0.0 {
            (al_baali * root).min(sigma)
        } else {
            al_baali * root.min(1.0 / theta)
        };
        let chosen = Coefficients {
            scale,
            share: (1.0 - theta) / sigma,
        };
        let sound = scale.is_finite() && scale > 0.0 && chosen.share.is_finite();
        if sound { chosen } else { bfgs }
    }
}

impl<T: Real> SelfScaled<T> {
    /// Stops when the largest gradient entry is at most `gradient_tolerance`; uses `threads` threads (0: as
    /// many as the machine has cores).
    pub fn new(
        length: usize,
        update: Update,
        gradient_tolerance: f64,
        threads: usize,
    ) -> Result<Self, EngineError> {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        Ok(SelfScaled {
            update,
            gradient_tolerance,
            pool: pool.map_err(|e| EngineError::Threads(e.to_string()))?,
            value: None,
            gradient: vec![T::ZERO; length],
            inverse: Vec::new(),
            descent: Descent::new(length),
        })
    }

    /// product ← factor · H·vector
    fn multiply(&self, factor: f64, vector: &[T], product: &mut [f64]) {
        let n = vector.len();
        if self.inverse.is_empty() {
            for (p, v) in product.iter_mut().zip(vector) {
                *p = factor * v.to_f64();
            }
            return;
        }
        self.pool.install(|| {
            let rows = self.inverse.par_chunks_exact(n).with_min_len(16);
            rows.zip(product)
                .for_each(|(row, p)| *p = factor * dot(row, vector));
        });
    }

    /// Learns from the step to the trial point and goes there.
    fn accept(&mut self, arrival: Arrival, parameters: &mut [T]) {
        let n = parameters.len();
        let trial = &self.descent.trial;
        let step: Vec<f64> = (trial.iter().zip(&*parameters))
            .map(|(t, p)| t.to_f64() - p.to_f64())
            .collect();
        let change: Vec<T> = (self.descent.trial_gradient.iter().zip(&self.gradient))
            .map(|(t, g)| *t - *g)
            .collect();
        let curvature = dot(&change, &step);
        // s·H⁻¹s, as H⁻¹s = −(step length) · gradient.
        let length = -arrival.step * dot(&self.gradient, &step);
        let mut image = vec![0.0; n];
        self.multiply(1.0, &change, &mut image);
        let size = dot(&change, &image);
        let useful = curvature > f64::EPSILON * norm(&change) * norm(&step);
        if useful && size > 0.0 && size.is_finite() && length > 0.0 {
            let first = self.inverse.is_empty();
            let (b, h) = (length / curvature, size / curvature);
            let Coefficients { scale, share } = self.update.coefficients(b, h, n, first);
            if first {
                self.inverse = vec![T::ZERO; n * n];
                for i in 0..n {
                    self.inverse[i * n + i] = T::ONE;
                }
            }
            let offset: Vec<f64> = (step.iter().zip(&image))
                .map(|(s, i)| s / curvature - i / size)
                .collect();
            let (inner, outer, added) = (1.0 / size, share * size, 1.0 / curvature);
            let scale = 1.0 / scale;
            self.pool.install(|| {
                let rows = self.inverse.par_chunks_exact_mut(n).with_min_len(16);
                rows.enumerate().for_each(|(i, row)| {
                    let (a, b, c) = (image[i], offset[i], step[i]);
                    for (j, entry) in row.iter_mut().enumerate() {
                        // Products of two entries first: the matrix stays symmetric to the last bit.
                        let old = entry.to_f64() - (a * image[j]) * inner + (b * offset[j]) * outer;
                        *entry = T::from_f64(old * scale + (c * step[j]) * added);
                    }
                });
            });
        }
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

impl<T: Real> Optimiser<T> for SelfScaled<T> {
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
            let mut direction = std::mem::take(&mut self.descent.direction);
            self.multiply(-1.0, &self.gradient, &mut direction);
            let slope = dot(&self.gradient, &direction);
            self.descent.direction = direction;
            let has_length = !self.inverse.is_empty();
            let found = self
                .descent
                .find(value, slope, has_length, parameters, objective)?;
            match found {
                Some(arrival) => {
                    self.accept(arrival, parameters);
                    return Ok(self.report(None));
                }
                None if self.inverse.is_empty() => {
                    // The last evaluation is to be where the step ends.
                    self.value = Some(objective.evaluate(parameters, &mut self.gradient)?);
                    return Ok(self.report(Some(Stop::NoDescent)));
                }
                None => self.inverse.clear(),
            }
        }
    }

    fn needs_fixed_objective(&self) -> bool {
        true
    }

    /// The curvature learned so far stays a fair guess when points are drawn anew: it is that of the same
    /// integrals.
    fn objective_changed(&mut self) {
        self.descent.noise = 0.0;
        self.value = None;
    }

    fn state(&self) -> OptimiserState<T> {
        let mut state = OptimiserState::new(self.update.name());
        let known = f64::from(u8::from(!self.inverse.is_empty()));
        state.scalars.insert("curvature known".into(), known);
        if !self.inverse.is_empty() {
            state.vectors.insert("inverse".into(), self.inverse.clone());
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
        state.expect_method(self.update.name())?;
        let length = self.gradient.len();
        let inverse = match state.count("curvature known", 1)? {
            0 => Vec::new(),
            _ => state.vector("inverse", length * length)?.to_vec(),
        };
        let noise = saved_noise(state)?;
        let value = state.scalars.get("value").copied();
        if value.is_some() {
            self.gradient
                .copy_from_slice(state.vector("gradient", length)?);
        }
        (self.inverse, self.value, self.descent.noise) = (inverse, value, noise);
        Ok(())
    }
}
