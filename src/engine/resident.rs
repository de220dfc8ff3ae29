//! Steps of Adam that an engine takes on its device, without the host between them.

use super::{Engine, EngineError};
use pinn_expr::Real;
use pinn_geometry::points::Points;
use std::ops::Range;

/// Factors of a step that depend on its number t.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct AdamStep {
    /// Learning rate divided by 1 − β₁ᵗ.
    pub rate: f64,
    /// Factor 1/√(1 − β₂ᵗ).
    pub root_scale: f64,
}

/// Steps of the optimiser Adam, with their initial and final vectors. All vectors are as long as the
/// parameters.
#[derive(Debug)]
pub struct AdamRun<'a, T> {
    /// Decay β₁ of the first moment.
    pub beta1: f64,
    /// Decay β₂ of the second moment.
    pub beta2: f64,
    /// Number ε added to the root of the second moment.
    pub epsilon: f64,
    /// Factors of the steps, in order.
    pub steps: &'a [AdamStep],
    /// Parameters, before and after.
    pub parameters: &'a mut [T],
    /// First moment, before and after.
    pub first: &'a mut [T],
    /// Second moment, before and after.
    pub second: &'a mut [T],
    /// Receives the parameters before the last step.
    pub previous: &'a mut [T],
}

/// Log of the observations before each of some steps.
#[derive(Clone, PartialEq, Debug)]
pub struct StepLog {
    losses: usize,
    watched: usize,
    /// Numbers of every step: 1 if it was taken, the norm of the gradient, the losses and the watched parameters.
    numbers: Vec<f64>,
}

/// Observations before one step.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Record<'a> {
    /// True if value and gradient were finite, so that the step was taken.
    pub taken: bool,
    /// Euclidean norm of the gradient of the optimised loss.
    pub gradient_norm: f64,
    /// Losses as in [`Engine::loss`].
    pub losses: &'a [f64],
    /// Watched parameters after the step.
    pub watched: &'a [f64],
}

impl StepLog {
    /// Creates an empty log for this number of losses and watched parameters.
    pub fn new(losses: usize, watched: usize) -> Self {
        StepLog {
            losses,
            watched,
            numbers: Vec::new(),
        }
    }

    /// Appends the record of a step.
    pub fn push(&mut self, record: Record<'_>) {
        debug_assert_eq!(record.losses.len(), self.losses);
        debug_assert_eq!(record.watched.len(), self.watched);
        let taken = f64::from(u8::from(record.taken));
        self.numbers.extend([taken, record.gradient_norm]);
        self.numbers.extend(record.losses);
        self.numbers.extend(record.watched);
    }

    /// Iterates over the records, one per step.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let width = 2 + self.losses + self.watched;
        self.numbers.chunks_exact(width).map(|numbers| {
            let (losses, watched) = numbers[2..].split_at(self.losses);
            Record {
                taken: numbers[0] != 0.0,
                gradient_norm: numbers[1],
                losses,
                watched,
            }
        })
    }
}

/// Engine that takes optimisation steps without the host.
pub trait Resident<T: Real>: Engine<T> {
    /// Takes successive steps of Adam. Returns the number of accepted steps.
    ///
    /// Points and weights are as for [`Engine::loss`]; `watched` is the range of parameters that the log
    /// shows.
    ///
    /// A step that starts where the value or the gradient is not finite is not taken, nor are those after it.
    /// `keep` receives the log of all steps and returns the number of accepted ones, counted from the first. If these are
    /// not all, the run ends as if no others had been requested. If none is accepted, and on an error, all vectors stay
    /// unchanged.
    ///
    /// # Errors
    /// As for [`Engine::loss`].
    fn adam(
        &mut self,
        run: AdamRun<'_, T>,
        points: &[Points<T>],
        weights: &[f64],
        watched: Range<usize>,
        keep: &mut dyn FnMut(&StepLog) -> usize,
    ) -> Result<usize, EngineError>;
}
