//! SOAP: Adam in the eigenbasis of Shampoo's preconditioner.

use super::first_order::begin;
use super::rates::Rates;
use super::{Objective, Optimiser, OptimiserState, StateError, Step};
use crate::settings::{LayerRates, Schedule};
use faer::{Mat, MatRef, Side};
use pinn_engine::EngineError;
use pinn_expr::Real;
use pinn_network::{Layout, Matrix};

/// Longest side of a matrix that gets a basis of its own. The factor of a longer one would cost more than it gains (the
/// paper's one-sided variant, §4.2).
const LONGEST_SIDE: usize = 4096;

/// SOAP (Vyas et al., *SOAP: improving and stabilizing Shampoo using Adam*, ICLR 2025, algorithm 3): the
/// gradient of each weight matrix is turned into the eigenbasis of the running means of GGᵀ and GᵀG, where Adam
/// takes its step; the basis follows by one power iteration and QR every few steps. Biases take plain Adam.
pub struct Soap<T> {
    learning_rate: f64,
    schedule: Schedule,
    steps: usize,
    /// Decay of the first and the second moment.
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    /// Number of steps between two changes of the basis.
    refresh: usize,
    rates: Rates,
    step: usize,
    gradient: Vec<T>,
    first: Vec<T>,
    /// Second moment, in the eigenbasis if there is one.
    second: Vec<T>,
    factors: Vec<Factors<T>>,
}

/// Preconditioner of one weight matrix. Sides without one have empty matrices.
struct Factors<T> {
    matrix: Matrix,
    left: Factor<T>,
    right: Factor<T>,
}

/// One side: the running mean of GGᵀ and its eigenvectors as columns, both row-major.
#[derive(Clone, Default)]
struct Factor<T> {
    mean: Vec<T>,
    basis: Vec<T>,
}

fn square<T: Real>(side: usize, values: &[T]) -> Mat<f64> {
    Mat::from_fn(side, side, |i, j| values[i * side + j].to_f64())
}

fn store<T: Real>(matrix: MatRef<f64>, values: &mut [T]) {
    let columns = matrix.ncols();
    for (i, row) in values.chunks_exact_mut(columns).enumerate() {
        for (j, x) in row.iter_mut().enumerate() {
            *x = T::from_f64(matrix[(i, j)]);
        }
    }
}

impl<T: Real> Factor<T> {
    fn new(side: usize) -> Self {
        let length = if side <= LONGEST_SIDE { side * side } else { 0 };
        Factor {
            mean: vec![T::ZERO; length],
            basis: vec![T::ZERO; length],
        }
    }

    /// Updates the mean of a factor, if there is one: mean ← β mean + (1 − β) gram.
    fn learn(&mut self, beta: f64, gram: impl FnOnce() -> Mat<f64>) {
        if self.mean.is_empty() {
            return;
        }
        let gram = gram();
        let side = gram.nrows();
        for (i, row) in self.mean.chunks_exact_mut(side).enumerate() {
            for (j, x) in row.iter_mut().enumerate() {
                *x = T::from_f64(beta * x.to_f64() + (1.0 - beta) * gram[(i, j)]);
            }
        }
    }

    /// Computes the eigenbasis, or the identity if the decomposition fails.
    fn decompose(&mut self, side: usize) {
        if self.mean.is_empty() {
            return;
        }
        match square(side, &self.mean).self_adjoint_eigen(Side::Lower) {
            Ok(found) => store(found.U(), &mut self.basis),
            Err(_) => store(Mat::identity(side, side).as_ref(), &mut self.basis),
        }
    }

    /// Updates the basis by one power iteration (algorithm 4).
    fn refresh(&mut self, side: usize) {
        if self.mean.is_empty() {
            return;
        }
        let image = square(side, &self.mean) * square(side, &self.basis);
        let basis = image.qr().compute_thin_Q();
        if (0..side).all(|j| basis.col(j).squared_norm_l2().is_finite()) {
            store(basis.as_ref(), &mut self.basis);
        }
    }

    /// Basis, or its transpose, as a matrix.
    fn turn(&self, side: usize, back: bool) -> Mat<f64> {
        if self.basis.is_empty() {
            return Mat::identity(side, side);
        }
        let basis = square(side, &self.basis);
        if back {
            basis
        } else {
            basis.transpose().to_owned()
        }
    }
}

impl<T: Real> Factors<T> {
    fn matrix(&self, values: &[T]) -> Mat<f64> {
        let Matrix {
            place,
            rows,
            columns,
        } = &self.matrix;
        let values = &values[place.clone()];
        Mat::from_fn(*rows, *columns, |i, j| values[i * columns + j].to_f64())
    }

    fn learn(&mut self, beta: f64, gradient: &Mat<f64>) {
        self.left.learn(beta, || gradient * gradient.transpose());
        self.right.learn(beta, || gradient.transpose() * gradient);
    }

    /// Transforms a matrix into the eigenbasis, or back.
    fn turn(&self, matrix: &Mat<f64>, back: bool) -> Mat<f64> {
        let left = self.left.turn(self.matrix.rows, back);
        let right = self.right.turn(self.matrix.columns, back);
        left * matrix * right.transpose()
    }
}

impl<T: Real> Soap<T> {
    /// Creates SOAP with the paper's β₁ = β₂ = 0.95, ε = 1e-8, a new basis every ten steps and a constant learning rate.
    pub fn new(layout: &Layout, learning_rate: f64) -> Self {
        let length = layout.parameters;
        let factors = layout.matrices.iter().map(|matrix| Factors {
            matrix: matrix.clone(),
            left: Factor::new(matrix.rows),
            right: Factor::new(matrix.columns),
        });
        Soap {
            learning_rate,
            schedule: Schedule::Constant,
            steps: 0,
            beta1: 0.95,
            beta2: 0.95,
            epsilon: 1e-8,
            refresh: 10,
            rates: Rates::equal(length),
            step: 0,
            gradient: vec![T::ZERO; length],
            first: vec![T::ZERO; length],
            second: vec![T::ZERO; length],
            factors: factors.collect(),
        }
    }

    /// Changes the learning rate over `steps` steps.
    #[must_use]
    pub fn with_schedule(mut self, schedule: Schedule, steps: usize) -> Self {
        (self.schedule, self.steps) = (schedule, steps);
        self
    }

    /// Sets the decay rates of the moments, the number ε that is added to the root of the second, and the number of steps
    /// between two changes of the basis.
    #[must_use]
    pub fn with_moments(mut self, beta1: f64, beta2: f64, epsilon: f64, refresh: usize) -> Self {
        (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon);
        self.refresh = refresh.max(1);
        self
    }

    /// Sets the [`LayerRates`].
    #[must_use]
    pub fn with_layer_rates(mut self, rates: LayerRates, layout: &Layout) -> Self {
        self.rates = Rates::normalised(rates, layout);
        self
    }

    /// Moves all weight matrices by `rate` in their eigenbases.
    fn move_matrices(&mut self, rate: f64, root_scale: f64, parameters: &mut [T]) {
        for factors in &mut self.factors {
            let gradient = factors.matrix(&self.gradient);
            let turned = factors.turn(&gradient, false);
            let mut step = factors.turn(&factors.matrix(&self.first), false);
            let Matrix { place, columns, .. } = &factors.matrix;
            let rate = rate * self.rates.of(place.start);
            for (k, v) in self.second[place.clone()].iter_mut().enumerate() {
                let at = (k / columns, k % columns);
                let square = turned[at] * turned[at];
                *v = T::from_f64(self.beta2 * v.to_f64() + (1.0 - self.beta2) * square);
                step[at] /= v.to_f64().sqrt() * root_scale + self.epsilon;
            }
            let step = factors.turn(&step, true);
            for (k, p) in parameters[place.clone()].iter_mut().enumerate() {
                *p = T::from_f64(p.to_f64() - rate * step[(k / columns, k % columns)]);
            }
            factors.learn(self.beta2, &gradient);
            if self.step.is_multiple_of(self.refresh) {
                factors.left.refresh(factors.matrix.rows);
                factors.right.refresh(factors.matrix.columns);
            }
        }
    }
}

impl<T: Real> Optimiser<T> for Soap<T> {
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
        if self.step == 0 {
            for factors in &mut self.factors {
                let gradient = factors.matrix(&self.gradient);
                factors.learn(self.beta2, &gradient);
                let Matrix { rows, columns, .. } = factors.matrix;
                factors.left.decompose(rows);
                factors.right.decompose(columns);
            }
        }
        self.step += 1;
        let correction = |beta: f64| 1.0 - beta.powf(self.step as f64);
        let rate = learning_rate / correction(self.beta1);
        let root_scale = correction(self.beta2).sqrt().recip();
        for (m, g) in self.first.iter_mut().zip(&self.gradient) {
            *m = T::from_f64(self.beta1 * m.to_f64() + (1.0 - self.beta1) * g.to_f64());
        }
        self.rates.refresh(parameters);
        self.move_matrices(rate, root_scale, parameters);
        let mut turned = vec![false; parameters.len()];
        for factors in &self.factors {
            turned[factors.matrix.place.clone()].fill(true);
        }
        let moments = self.first.iter().zip(&mut self.second);
        let entries = parameters.iter_mut().zip(&self.gradient).zip(moments);
        for (((p, g), (m, v)), _) in entries.zip(turned).filter(|(_, turned)| !turned) {
            let square = g.to_f64() * g.to_f64();
            *v = T::from_f64(self.beta2 * v.to_f64() + (1.0 - self.beta2) * square);
            let step = m.to_f64() / (v.to_f64().sqrt() * root_scale + self.epsilon);
            *p = T::from_f64(p.to_f64() - rate * step);
        }
        Ok(report)
    }

    fn needs_fixed_objective(&self) -> bool {
        false
    }

    fn objective_changed(&mut self) {}

    fn state(&self) -> OptimiserState<T> {
        let mut state = OptimiserState::new("soap");
        state.scalars.insert("step".into(), self.step as f64);
        state.vectors.insert("first".into(), self.first.clone());
        state.vectors.insert("second".into(), self.second.clone());
        for (number, factors) in self.factors.iter().enumerate() {
            for (side, factor) in [("left", &factors.left), ("right", &factors.right)] {
                for (what, values) in [("mean", &factor.mean), ("basis", &factor.basis)] {
                    let name = format!("{side}.{what}.{number}");
                    state.vectors.insert(name, values.clone());
                }
            }
        }
        state
    }

    fn restore(&mut self, state: &OptimiserState<T>) -> Result<(), StateError> {
        state.expect_method("soap")?;
        let length = self.first.len();
        let step = state.count("step", 1 << 53)?;
        let first = state.vector("first", length)?;
        let second = state.vector("second", length)?;
        let read = |side: &str, what: &str, number: usize, length: usize| {
            let name = format!("{side}.{what}.{number}");
            state.vector(&name, length).map(<[T]>::to_vec)
        };
        let factors = self.factors.iter().enumerate().map(|(number, old)| {
            let factor = |side: &str, old: &Factor<T>| {
                Ok::<_, StateError>(Factor {
                    mean: read(side, "mean", number, old.mean.len())?,
                    basis: read(side, "basis", number, old.basis.len())?,
                })
            };
            Ok::<_, StateError>(Factors {
                matrix: old.matrix.clone(),
                left: factor("left", &old.left)?,
                right: factor("right", &old.right)?,
            })
        });
        let factors = factors.collect::<Result<Vec<_>, _>>()?;
        self.first.copy_from_slice(first);
        self.second.copy_from_slice(second);
        (self.step, self.factors) = (step, factors);
        Ok(())
    }
}
