//! Self-scaled quasi-Newton methods with a dense inverse Hessian.

use super::quasi_newton::{Memory, QuasiNewton, Taken};
use super::sums::{dot, norm};
use super::{OptimiserState, StateError};
use pinn_expr::Real;
use rayon::ThreadPool;
use rayon::prelude::*;

/// Smallest number of rows of the inverse Hessian per thread.
const ROWS: usize = 16;

/// Member of Broyden's family, with its scaling.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Update {
    /// BFGS with Al-Baali's scaling.
    Bfgs,
    /// Member that Al-Baali's bounds choose at every step, with its scaling.
    Broyden,
}

/// SSBFGS and SSBroyden: the inverse Hessian is scaled before every update, so that eigenvalues that are too
/// large fall (Al-Baali, *Computational Optimization and Applications* 9, 1998; Al-Baali & Khalfan, *Pacific
/// Journal of Optimization* 8, 2012; for PINNs Urbán, Stefanou & Pons, *J. Comput. Phys.* 523, 2025, eqs. 8–23).
///
/// Memory and work per step are proportional to the square of the number of parameters, so that it is suitable for up
/// to a few thousand.
pub type SelfScaled<T> = QuasiNewton<T, InverseHessian<T>>;

impl<T: Real> SelfScaled<T> {
    /// Stops when the largest gradient entry is at most `gradient_tolerance`.
    pub fn new(length: usize, update: Update, gradient_tolerance: f64) -> Self {
        let memory = InverseHessian {
            update,
            inverse: Vec::new(),
        };
        QuasiNewton::with_memory(length, memory, gradient_tolerance)
    }
}

/// Approximate inverse Hessian, symmetric.
#[derive(Clone, Debug)]
pub struct InverseHessian<T> {
    update: Update,
    /// Entries of the matrix; empty if it is the identity.
    inverse: Vec<T>,
}

/// Coefficients of one update.
#[derive(Copy, Clone, Debug)]
struct Coefficients {
    /// Divisor τ of the inverse Hessian.
    scale: f64,
    /// Parameter φ of the family: 1 for BFGS, 0 for DFP.
    share: f64,
}

impl Update {
    /// Computes the coefficients from b = s·H⁻¹s / y·s and h = y·Hy / y·s, in n dimensions. `first` is true if the
    /// inverse Hessian is the identity.
    fn coefficients(self, b: f64, h: f64, n: usize, first: bool) -> Coefficients {
        let al_baali = (1.0 / b).min(1.0);
        let bfgs = Coefficients {
            // Nocedal & Wright eq. 6.20 before the first update.
            scale: if first { h } else { al_baali },
            share: 1.0,
        };
        // a ≥ 0 by Cauchy and Schwarz; if it vanishes, all members of the family are equal.
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

impl<T: Real> InverseHessian<T> {
    /// Computes product ← factor · H·vector.
    fn multiply(&self, factor: f64, vector: &[T], product: &mut [f64], pool: Option<&ThreadPool>) {
        let n = vector.len();
        if self.inverse.is_empty() {
            for (p, v) in product.iter_mut().zip(vector) {
                *p = factor * v.to_f64();
            }
            return;
        }
        let entry = |row: &[T]| factor * dot(row, vector);
        let rows = self.inverse.chunks_exact(n);
        match pool {
            None => rows.zip(product).for_each(|(row, p)| *p = entry(row)),
            Some(pool) => pool.install(|| {
                let rows = self.inverse.par_chunks_exact(n).with_min_len(ROWS);
                rows.zip(product).for_each(|(row, p)| *p = entry(row));
            }),
        }
    }
}

impl<T: Real> Memory<T> for InverseHessian<T> {
    fn method(&self) -> &'static str {
        match self.update {
            Update::Bfgs => "ssbfgs",
            Update::Broyden => "ssbroyden",
        }
    }

    fn is_empty(&self) -> bool {
        self.inverse.is_empty()
    }

    fn clear(&mut self) {
        self.inverse.clear();
    }

    fn direction(&mut self, gradient: &[T], direction: &mut [f64], pool: Option<&ThreadPool>) {
        self.multiply(-1.0, gradient, direction, pool);
    }

    fn learn(&mut self, taken: &Taken<T>, pool: Option<&ThreadPool>) {
        let n = taken.to.len();
        let step: Vec<f64> = (taken.to.iter().zip(taken.from))
            .map(|(to, from)| to.to_f64() - from.to_f64())
            .collect();
        let change: Vec<T> = (taken.gradient_to.iter().zip(taken.gradient_from))
            .map(|(to, from)| *to - *from)
            .collect();
        let curvature = dot(&change, &step);
        // s·H⁻¹s, as H⁻¹s = −(step length) · gradient.
        let length = -taken.length * dot(taken.gradient_from, &step);
        let mut image = vec![0.0; n];
        self.multiply(1.0, &change, &mut image, pool);
        let size = dot(&change, &image);
        let useful = curvature > f64::EPSILON * norm(&change) * norm(&step);
        if !(useful && size > 0.0 && size.is_finite() && length > 0.0) {
            return;
        }
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
        let update = |(i, row): (usize, &mut [T])| {
            let (a, b, c) = (image[i], offset[i], step[i]);
            for (j, entry) in row.iter_mut().enumerate() {
                // Products of two entries first: the matrix stays symmetric to the last bit.
                let old = entry.to_f64() - (a * image[j]) * inner + (b * offset[j]) * outer;
                *entry = T::from_f64(old * scale + (c * step[j]) * added);
            }
        };
        match pool {
            None => self
                .inverse
                .chunks_exact_mut(n)
                .enumerate()
                .for_each(update),
            Some(pool) => pool.install(|| {
                let rows = self.inverse.par_chunks_exact_mut(n).with_min_len(ROWS);
                rows.enumerate().for_each(update);
            }),
        }
    }

    /// Keeps the curvature, which stays a good estimate when points are resampled: they approximate the same integrals.
    fn objective_changed(&mut self) {}

    fn save(&self, state: &mut OptimiserState<T>) {
        let known = f64::from(u8::from(!self.inverse.is_empty()));
        state.scalars.insert("curvature known".into(), known);
        if !self.inverse.is_empty() {
            state.vectors.insert("inverse".into(), self.inverse.clone());
        }
    }

    fn saved(&self, state: &OptimiserState<T>, length: usize) -> Result<Self, StateError> {
        let inverse = match state.count("curvature known", 1)? {
            0 => Vec::new(),
            _ => state.vector("inverse", length * length)?.to_vec(),
        };
        Ok(InverseHessian {
            update: self.update,
            inverse,
        })
    }
}
