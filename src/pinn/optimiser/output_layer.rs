//! Newton steps of the output layer: linear least squares where the problem is linear.

use super::triangle::triangle;
use super::{LeastSquares, Objective, Optimiser, OptimiserState, StateError, Step, Stop, pool};
use faer::linalg::triangular_solve::solve_upper_triangular_in_place;
use faer::{ColMut, Mat, Par};
use pinn_engine::{Columns, EngineError};
use pinn_expr::Real;
use rayon::ThreadPool;
use std::ops::Range;

/// Damping of the first trial of a step, on columns of length one: singular values below the rounding of the rows are not
/// resolved, and coefficients along them would be arbitrary.
const LEAST_DAMPING: f64 = f64::EPSILON * f64::EPSILON;
/// Dampings of later trials: each ten times the one before. They leave the directions of the last digits alone first, and
/// shorten steps in the end.
const FIRST_RAISE: f64 = 1e-12;
const RAISE: f64 = 10.0;
const MOST_DAMPING: f64 = 1e6;
/// A step that ends this close to the least value of its linear model has reached the minimum.
const REACHED: f64 = 1.01;
/// Rows that are reduced at once, in numbers of columns.
const ROWS_AT_ONCE: usize = 4;

/// Gauss–Newton steps on the parameters of the output layer, in which the fields are affine; all hidden layers keep theirs.
///
/// A problem that is affine in the fields is solved by the first step, up to rounding, and the second one says so. Random
/// features ([`steepness`](pinn_network::settings::NetworkSettings::steepness)) followed by this step are the random feature
/// method (Chen, Chi, E & Yang, *Bridging traditional and machine learning-based algorithms for solving PDEs*, 2022).
///
/// The rows are reduced by orthogonal transformations, never as normal equations: the condition number of random features is
/// that of the rounding, and its square would cost half the digits.
pub struct OutputLayer {
    place: Range<usize>,
    pool: ThreadPool,
    damping: f64,
    /// Value at the current parameters; none before the first step and after a change of the function.
    value: Option<f64>,
    /// True if the last step reached the minimum.
    reached: bool,
    gradient_norm: f64,
}

impl OutputLayer {
    /// Steps of the parameters in `place`, on `threads` threads (0: as many as the machine has cores).
    ///
    /// # Errors
    /// If no threads can be started.
    pub fn new(place: Range<usize>, threads: usize) -> Result<Self, EngineError> {
        Ok(OutputLayer {
            place,
            pool: pool(threads)?,
            damping: LEAST_DAMPING,
            value: None,
            reached: false,
            gradient_norm: 0.0,
        })
    }

    fn advance<T: Real>(
        &mut self,
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
        if self.reached {
            return Ok(Some(Stop::Gradient));
        }
        let n = self.place.len();
        let rows = Rows::read(n, parameters, squares, &self.pool)?;
        self.gradient_norm = rows.gradient_norm();
        if !self.gradient_norm.is_finite() {
            return Ok(Some(Stop::NotFinite));
        }
        self.value = Some(value);
        let mut point = parameters.to_vec();
        while self.damping <= MOST_DAMPING {
            let (step, least) = rows.step(self.damping, &self.pool);
            let moved = parameters[self.place.clone()].iter().zip(&step);
            for (to, (p, s)) in point[self.place.clone()].iter_mut().zip(moved) {
                *to = T::from_f64(p.to_f64() + s);
            }
            let new = squares.value(&point)?;
            if new < value {
                // The least value of a damped step is not that of the linear model.
                self.reached = self.damping == LEAST_DAMPING && new <= REACHED * least;
                // The damping falls again only after steps that their linear model described well.
                if value - new > 0.75 * (value - least) {
                    self.damping /= RAISE * RAISE;
                    if self.damping < FIRST_RAISE {
                        self.damping = LEAST_DAMPING;
                    }
                }
                self.value = Some(new);
                parameters.copy_from_slice(&point);
                return Ok(None);
            }
            self.damping = (self.damping * RAISE).max(FIRST_RAISE);
        }
        self.damping = LEAST_DAMPING;
        // The last evaluation is to be where the step ends.
        self.value = Some(squares.value(parameters)?);
        Ok(Some(Stop::NoDescent))
    }
}

/// All rows of a linearised problem, reduced to a triangle.
struct Rows {
    /// Upper triangle of [J r], with one column more than there are parameters, and columns of J of length one.
    triangle: Mat<f64>,
    /// Lengths of the columns of J.
    lengths: Vec<f64>,
}

/// Triangle of the rows `top` over `below` more, whose entries are given.
fn fold(
    top: &Mat<f64>,
    below: usize,
    entry: impl Fn(usize, usize) -> f64,
    pool: &ThreadPool,
) -> Mat<f64> {
    let height = top.nrows() + below;
    let column = |j: usize| {
        let below = (0..below).map(move |i| (i, j));
        let above = top.col(j).iter().copied();
        above.chain(below.map(|(i, j)| entry(i, j)))
    };
    triangle((0..top.ncols()).flat_map(column).collect(), height, pool)
}

impl Rows {
    fn read<T: Real>(
        n: usize,
        parameters: &[T],
        squares: &mut dyn LeastSquares<T>,
        pool: &ThreadPool,
    ) -> Result<Self, EngineError> {
        let mut reduced: Mat<f64> = Mat::zeros(0, n + 1);
        let mut held: Vec<f64> = Vec::new();
        let mut fold = |held: &mut Vec<f64>| {
            let below = held.len() / (n + 1);
            reduced = fold(&reduced, below, |i, j| held[i * (n + 1) + j], pool);
            held.clear();
        };
        squares.linearise(
            parameters,
            Columns::OutputLayer,
            &mut |residuals, jacobian| {
                for (row, r) in jacobian.chunks_exact(n).zip(residuals) {
                    held.extend(row.iter().chain([r]).map(|x| x.to_f64()));
                }
                if held.len() >= ROWS_AT_ONCE * n * (n + 1) {
                    fold(&mut held);
                }
            },
        )?;
        if !held.is_empty() {
            fold(&mut held);
        }
        let lengths: Vec<f64> = (0..n).map(|j| reduced.col(j).norm_l2()).collect();
        for (j, length) in lengths.iter().enumerate().filter(|(_, l)| **l > 0.0) {
            reduced.col_mut(j).iter_mut().for_each(|x| *x /= length);
        }
        Ok(Rows {
            triangle: reduced,
            lengths,
        })
    }

    /// ‖2 Jᵀr‖.
    fn gradient_norm(&self) -> f64 {
        let n = self.lengths.len();
        let products =
            self.lengths.iter().enumerate().map(|(j, length)| {
                length * (self.triangle.col(j).transpose() * self.triangle.col(n))
            });
        2.0 * products.map(|g| g * g).sum::<f64>().sqrt()
    }

    /// Minimises ‖J p + r‖² + `damping` ‖p‖² over steps p of columns of length one: the step, and ‖J p + r‖² with the damping.
    fn step(&self, damping: f64, pool: &ThreadPool) -> (Vec<f64>, f64) {
        let n = self.lengths.len();
        let damped = |i, j| if i == j { damping.sqrt() } else { 0.0 };
        let factor = fold(&self.triangle, n, damped, pool);
        let mut step: Vec<f64> = (0..n).map(|i| -factor[(i, n)]).collect();
        let triangle = factor.as_ref().submatrix(0, 0, n, n);
        let target = ColMut::from_slice_mut(&mut step).as_mat_mut();
        solve_upper_triangular_in_place(triangle, target, Par::Seq);
        for (s, length) in step.iter_mut().zip(&self.lengths) {
            *s = if *length > 0.0 { *s / length } else { 0.0 };
        }
        let rest = factor[(n, n)];
        (step, rest * rest)
    }
}

impl<T: Real> Optimiser<T> for OutputLayer {
    fn step(
        &mut self,
        parameters: &mut [T],
        objective: &mut dyn Objective<T>,
    ) -> Result<Step, EngineError> {
        let squares = objective.least_squares();
        let squares = squares.ok_or(EngineError::NoLeastSquares)?;
        let stop = self.advance(parameters, squares)?;
        Ok(Step {
            gradient_norm: self.gradient_norm,
            learning_rate: None,
            stop,
        })
    }

    fn needs_fixed_objective(&self) -> bool {
        true
    }

    fn objective_changed(&mut self) {
        self.value = None;
        self.reached = false;
    }

    fn state(&self) -> OptimiserState<T> {
        let mut state = OptimiserState::new("least-squares");
        state.scalars.insert("damping".into(), self.damping);
        let reached = f64::from(u8::from(self.reached));
        state.scalars.insert("reached".into(), reached);
        if let Some(value) = self.value {
            state.scalars.insert("value".into(), value);
        }
        state
    }

    fn restore(&mut self, state: &OptimiserState<T>) -> Result<(), StateError> {
        state.expect_method("least-squares")?;
        let damping = state.positive("damping", RAISE * MOST_DAMPING)?;
        self.reached = state.count("reached", 1)? == 1;
        self.damping = damping;
        self.value = state.scalars.get("value").copied();
        Ok(())
    }
}
