//! Limited-memory BFGS.

use super::pairs::Pairs;
use super::quasi_newton::{Memory, QuasiNewton, Taken};
use super::{OptimiserState, StateError};
use pinn_expr::Real;
use rayon::ThreadPool;

/// L-BFGS with the two-loop recursion (Nocedal & Wright, *Numerical Optimization*, 2nd ed., algorithm 7.4,
/// initial scaling eq. 7.20). Sums run in f64 in both precisions.
pub type Lbfgs<T> = QuasiNewton<T, Pairs<T>>;

impl<T: Real> Lbfgs<T> {
    /// Creates L-BFGS with `history` pairs (3 to 50 are usual); it stops when the largest gradient entry is at most
    /// `gradient_tolerance`.
    pub fn new(length: usize, history: usize, gradient_tolerance: f64) -> Self {
        let pairs = Pairs::new(length, history.max(1));
        QuasiNewton::with_memory(length, pairs, gradient_tolerance)
    }
}

impl<T: Real> Memory<T> for Pairs<T> {
    fn method(&self) -> &'static str {
        "lbfgs"
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn clear(&mut self) {
        self.forget();
    }

    fn direction(&mut self, gradient: &[T], direction: &mut [f64], pool: Option<&ThreadPool>) {
        self.descend(gradient, direction, pool);
    }

    fn learn(&mut self, taken: &Taken<T>, _: Option<&ThreadPool>) {
        self.push(
            |i| taken.to[i] - taken.from[i],
            |i| taken.gradient_to[i] - taken.gradient_from[i],
        );
    }

    fn objective_changed(&mut self) {
        self.forget();
    }

    fn save(&self, state: &mut OptimiserState<T>) {
        state.scalars.insert("pairs".into(), self.len() as f64);
        for (i, [step, change]) in self.vectors().enumerate() {
            state.vectors.insert(format!("step.{i}"), step);
            state.vectors.insert(format!("change.{i}"), change);
        }
    }

    fn saved(&self, state: &OptimiserState<T>, length: usize) -> Result<Self, StateError> {
        let mut pairs = Pairs::new(length, self.history());
        for i in 0..state.count("pairs", self.history())? {
            let step = state.vector(&format!("step.{i}"), length)?;
            let change = state.vector(&format!("change.{i}"), length)?;
            pairs.push(|i| step[i], |i| change[i]);
        }
        Ok(pairs)
    }
}
