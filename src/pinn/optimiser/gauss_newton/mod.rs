//! Gauss–Newton with Levenberg–Marquardt damping.

mod conjugate_gradients;
mod normal_equations;
mod orthogonal;

use super::sums::norm;
use super::{LeastSquares, Objective, Optimiser, OptimiserState, StateError, Step, Stop};
use conjugate_gradients::ConjugateGradients;
use normal_equations::NormalEquations;
use orthogonal::Orthogonal;
pub(crate) use orthogonal::fold;
use pinn_engine::EngineError;
use pinn_expr::Real;

/// Largest number of parameters for which the rows are reduced by orthogonal transformations, which keeps the condition
/// number of J. For more parameters JᵀJ is formed, which squares it and takes a third of the time. With the damping that
/// networks need, both give equal steps to far below the errors of these.
const ORTHOGONAL_LIMIT: usize = 128;
/// Largest number of parameters for which JᵀJ is stored: 128 MiB in f64, and as much again for its factor.
const DENSE_LIMIT: usize = 4096;
/// Initial damping (τ of Madsen, Nielsen & Tingleff: 1e-3 if the start is believed to be fair).
const FIRST_DAMPING: f64 = 1e-3;
/// Smallest damping: directions below the rounding of the rows are not resolved, and steps along them would be arbitrary.
const LEAST_DAMPING: f64 = f64::EPSILON * f64::EPSILON;
/// Largest damping: with more, steps are shorter than rounding.
const MOST_DAMPING: f64 = 1e16;
/// Shortest length of a column, relative to the longest; shorter ones are raised to it.
const SHORTEST: f64 = f64::EPSILON;
/// Step of the finite difference for the second derivative, relative to the step (Transtrum & Sethna, §4), and the
/// largest accepted acceleration 2‖a‖ / ‖p‖ (their α).
const PROBE: f64 = 0.1;
const MOST_ACCELERATION: f64 = 0.75;

/// The Levenberg–Marquardt method: steps p with (JᵀJ + μD) p = −Jᵀr, where μ follows the ratio of the gain to
/// the one that the linear model promised (Nielsen, *Damping parameter in Marquardt's method*, IMM report
/// 1999-05; Madsen, Nielsen & Tingleff, *Methods for non-linear least squares problems*, 2nd ed., 2004,
/// algorithm 3.16), and D holds the largest squares of the columns' lengths so far (Moré, *The
/// Levenberg–Marquardt algorithm*, 1978, eq. 6.3). For the squared residuals of a differential equation this is
/// the natural gradient in the energy's metric (Müller & Zeinhofer, *Achieving high accuracy with PINNs via
/// energy natural gradients*, ICML 2023), with damping in place of their line search.
///
/// Steps bend along the geodesic to second order: p + a/2 with the acceleration a = −(JᵀJ + μD)⁻¹ Jᵀr″, r″ the
/// second derivative of the residuals along p (Transtrum & Sethna, arXiv:1201.5885, 2012). Networks lie in long
/// curved valleys, where this allows far less damping.
///
/// The linear problem is solved by QR of the rows, by Cholesky of JᵀJ, or by conjugate gradients without
/// forming either, by the number of parameters. All linear algebra is in f64. It needs a function that is a
/// sum of squares ([`Objective::least_squares`]), the same at every step.
pub struct GaussNewton {
    /// Solver of the linear problem; absent only during a step.
    system: Option<System>,
    gradient_tolerance: f64,
    /// Damping μ; a change of the function keeps it, and D.
    damping: f64,
    /// Diagonal D, rounded to the precision of the parameters; empty before the first step.
    scales: Vec<f64>,
    /// Factor ν on the damping at the next step that fails.
    growth: f64,
    /// Value at the current parameters; `None` before the first step and after a change of the function.
    value: Option<f64>,
    /// Jᵀr at the start of the last step.
    gradient: Vec<f64>,
}

/// Solvers of the linear problem of a step.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum LinearSolver {
    /// QR of the rows: keeps their condition number.
    Orthogonal,
    /// Cholesky of JᵀJ: squares the condition number, in half the work or less.
    NormalEquations,
    /// Conjugate gradients on products with J and Jᵀ: no matrix.
    ConjugateGradients,
}

impl LinearSolver {
    /// Chooses the solver for a number of parameters.
    pub fn for_parameters(length: usize) -> Self {
        match length {
            n if n <= ORTHOGONAL_LIMIT => LinearSolver::Orthogonal,
            n if n <= DENSE_LIMIT => LinearSolver::NormalEquations,
            _ => LinearSolver::ConjugateGradients,
        }
    }
}

enum System {
    Orthogonal(Orthogonal),
    Normal(NormalEquations),
    Matrixless(ConjugateGradients),
}

/// Linearised problem min ‖J p + r‖² + Σ μᵢ pᵢ².
trait Linear {
    /// Reads the rows at `parameters`; Jᵀr goes to `gradient`, the diagonal of JᵀJ, or an estimate of its size,
    /// to `diagonal`.
    fn linearise<T: Real>(
        &mut self,
        parameters: &[T],
        squares: &mut dyn LeastSquares<T>,
        gradient: &mut [f64],
        diagonal: &mut [f64],
    ) -> Result<(), EngineError>;

    /// Prepares for the damping μᵢ; `false` if the system is singular at this precision.
    fn damp(&mut self, damping: &[f64]) -> bool;

    /// Writes −(JᵀJ + diag μ)⁻¹ `right` to `step`.
    fn solve<T: Real>(
        &mut self,
        parameters: &[T],
        squares: &mut dyn LeastSquares<T>,
        right: &[f64],
        step: &mut [f64],
    ) -> Result<(), EngineError>;
}

impl GaussNewton {
    /// Creates the method. It stops when the largest gradient entry is at most `gradient_tolerance`, and uses `threads`
    /// threads (0: one per core of the machine) to form JᵀJ.
    pub fn new(
        length: usize,
        gradient_tolerance: f64,
        solver: LinearSolver,
        threads: usize,
    ) -> Result<Self, EngineError> {
        Ok(GaussNewton {
            system: Some(match solver {
                LinearSolver::Orthogonal => System::Orthogonal(Orthogonal::new(length)),
                LinearSolver::NormalEquations => {
                    System::Normal(NormalEquations::new(length, threads)?)
                }
                LinearSolver::ConjugateGradients => {
                    System::Matrixless(ConjugateGradients::new(length))
                }
            }),
            gradient_tolerance,
            damping: FIRST_DAMPING,
            growth: 2.0,
            scales: Vec::new(),
            value: None,
            gradient: vec![0.0; length],
        })
    }

    fn report(&self, stop: Option<Stop>) -> Step {
        Step {
            // The gradient of Σ r² is twice Jᵀr.
            gradient_norm: 2.0 * norm(&self.gradient),
            learning_rate: None,
            stop,
        }
    }

    fn advance<T: Real>(
        &mut self,
        system: &mut impl Linear,
        parameters: &mut [T],
        squares: &mut dyn LeastSquares<T>,
    ) -> Result<Option<Stop>, EngineError> {
        let value = match self.value {
            Some(value) => value,
            None => squares.value(parameters)?,
        };
        if !value.is_finite() {
            return Ok(Some(Stop::NotFinite));
        }
        let mut diagonal = vec![0.0; parameters.len()];
        system.linearise(parameters, squares, &mut self.gradient, &mut diagonal)?;
        if !norm(&self.gradient).is_finite() {
            return Ok(Some(Stop::NotFinite));
        }
        self.value = Some(value);
        let steepest = self.gradient.iter().map(|g| 2.0 * g.abs());
        if steepest.fold(0.0, f64::max) <= self.gradient_tolerance {
            return Ok(Some(Stop::Gradient));
        }
        self.scales.resize(parameters.len(), 0.0);
        let longest = diagonal.iter().fold(0.0, |a: f64, d| a.max(*d));
        for (scale, d) in self.scales.iter_mut().zip(&diagonal) {
            *scale = T::from_f64(scale.max(*d).max(SHORTEST * longest)).to_f64();
        }
        let mut start = vec![T::ZERO; squares.rows()];
        squares.residuals(parameters, &mut start)?;
        let mut curve = Curve {
            start,
            image: vec![T::ZERO; squares.rows()],
            end: vec![T::ZERO; squares.rows()],
            point: parameters.to_vec(),
        };
        let mut step = vec![0.0; parameters.len()];
        let mut bend = vec![0.0; parameters.len()];
        while self.damping <= MOST_DAMPING {
            let damping: Vec<f64> = self.scales.iter().map(|s| self.damping * s).collect();
            if system.damp(&damping) {
                system.solve(parameters, squares, &self.gradient, &mut step)?;
                let moved = curve.bend(system, parameters, squares, &step, &mut bend)?;
                let promised = value - moved;
                let length = |v: &[f64]| -> f64 {
                    let terms = v.iter().zip(&self.scales);
                    terms.map(|(v, s)| v * v * s).sum::<f64>().sqrt()
                };
                let gentle = 2.0 * length(&bend) <= MOST_ACCELERATION * length(&step);
                if gentle && promised > 0.0 {
                    let moves = step.iter().zip(&bend).map(|(s, b)| s + 0.5 * b);
                    for ((to, p), d) in curve.point.iter_mut().zip(&*parameters).zip(moves) {
                        *to = T::from_f64(p.to_f64() + d);
                    }
                    let new = squares.value(&curve.point)?;
                    if new < value {
                        // Nielsen's rule: continuous in the gain, down to a third.
                        let gain = (value - new) / promised;
                        let shrink = (1.0 - (2.0 * gain - 1.0).powi(3)).max(1.0 / 3.0);
                        self.damping = (self.damping * shrink).max(LEAST_DAMPING);
                        self.growth = 2.0;
                        self.value = Some(new);
                        parameters.copy_from_slice(&curve.point);
                        return Ok(None);
                    }
                }
            }
            self.damping *= self.growth;
            self.growth *= 2.0;
        }
        (self.damping, self.growth) = (FIRST_DAMPING, 2.0);
        // The last evaluation must be at the end of the step.
        self.value = Some(squares.value(parameters)?);
        Ok(Some(Stop::NoDescent))
    }
}

/// Residuals along a step.
struct Curve<T> {
    start: Vec<T>,
    /// Product J·p.
    image: Vec<T>,
    end: Vec<T>,
    point: Vec<T>,
}

impl<T: Real> Curve<T> {
    /// Writes the acceleration along `step` to `bend`. Returns the value ‖r + J p‖² of the linear model.
    fn bend(
        &mut self,
        system: &mut impl Linear,
        parameters: &[T],
        squares: &mut dyn LeastSquares<T>,
        step: &[f64],
        bend: &mut [f64],
    ) -> Result<f64, EngineError> {
        let rounded: Vec<T> = step.iter().map(|s| T::from_f64(*s)).collect();
        squares.jacobian_vector(parameters, &rounded, &mut self.image)?;
        for ((to, p), s) in self.point.iter_mut().zip(parameters).zip(step) {
            *to = T::from_f64(p.to_f64() + PROBE * s);
        }
        squares.residuals(&self.point, &mut self.end)?;
        let mut value = 0.0;
        for ((end, start), image) in self.end.iter_mut().zip(&self.start).zip(&self.image) {
            let (start, image) = (start.to_f64(), image.to_f64());
            value += (start + image) * (start + image);
            *end = T::from_f64(2.0 / PROBE * ((end.to_f64() - start) / PROBE - image));
        }
        let mut right = vec![T::ZERO; step.len()];
        squares.vector_jacobian(parameters, &self.end, &mut right)?;
        let right: Vec<f64> = right.iter().map(|r| r.to_f64()).collect();
        system.solve(parameters, squares, &right, bend)?;
        Ok(value)
    }
}

impl<T: Real> Optimiser<T> for GaussNewton {
    fn step(
        &mut self,
        parameters: &mut [T],
        objective: &mut dyn Objective<T>,
    ) -> Result<Step, EngineError> {
        let squares = objective
            .least_squares()
            .ok_or(EngineError::NoLeastSquares)?;
        let mut system = self.system.take().ok_or(EngineError::NoLeastSquares)?;
        let stop = match &mut system {
            System::Orthogonal(s) => self.advance(s, parameters, squares),
            System::Normal(s) => self.advance(s, parameters, squares),
            System::Matrixless(s) => self.advance(s, parameters, squares),
        };
        self.system = Some(system);
        Ok(self.report(stop?))
    }

    fn needs_fixed_objective(&self) -> bool {
        true
    }

    fn objective_changed(&mut self) {
        self.value = None;
    }

    fn state(&self) -> OptimiserState<T> {
        let mut state = OptimiserState::new("gauss-newton");
        state.scalars.insert("damping".into(), self.damping);
        state.scalars.insert("growth".into(), self.growth);
        let known = f64::from(u8::from(!self.scales.is_empty()));
        state.scalars.insert("scales known".into(), known);
        if !self.scales.is_empty() {
            let scales = self.scales.iter().map(|s| T::from_f64(*s));
            state.vectors.insert("scales".into(), scales.collect());
        }
        if let Some(value) = self.value {
            state.scalars.insert("value".into(), value);
        }
        state
    }

    fn restore(&mut self, state: &OptimiserState<T>) -> Result<(), StateError> {
        state.expect_method("gauss-newton")?;
        let damping = state.positive("damping", MOST_DAMPING)?;
        let growth = state.positive("growth", MOST_DAMPING)?;
        let scales: &[T] = match state.count("scales known", 1)? {
            0 => &[],
            _ => state.vector("scales", self.gradient.len())?,
        };
        self.scales = scales.iter().map(|s| s.to_f64()).collect();
        (self.damping, self.growth) = (damping, growth);
        self.value = state.scalars.get("value").copied();
        Ok(())
    }
}
