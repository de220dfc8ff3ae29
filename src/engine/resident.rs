//! Steps of Adam that an engine takes where its numbers are, without the host between them.

use super::{Engine, EngineError};
use pinn_expr::Real;
use pinn_geometry::points::Points;
use std::ops::Range;

/// What of a step depends on its number t.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct AdamStep {
    /// Learning rate over 1 − β₁ᵗ.
    pub rate: f64,
    /// 1/√(1 − β₂ᵗ)
    pub root_scale: f64,
}

/// Steps of [`Adam`](pinn_core::optimiser::Adam): where they start, and where they lead to. All vectors are as long
/// as the parameters.
#[derive(Debug)]
pub struct AdamRun<'a, T> {
    pub beta1: f64,
    pub beta2: f64,
    pub epsilon: f64,
    pub steps: &'a [AdamStep],
    pub parameters: &'a mut [T],
    pub first: &'a mut [T],
    pub second: &'a mut [T],
    /// Afterwards what the last step started from.
    pub previous: &'a mut [T],
}

/// What was seen before each of some steps.
#[derive(Clone, PartialEq, Debug)]
pub struct StepLog {
    losses: usize,
    watched: usize,
    /// Of every step: 1 if it was taken, the norm of the gradient, losses, watched parameters.
    numbers: Vec<f64>,
}

/// What was seen before one step.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Record<'a> {
    /// Whether value and gradient were finite, so that it was taken.
    pub taken: bool,
    pub gradient_norm: f64,
    /// As [`Engine::loss`] gives them.
    pub losses: &'a [f64],
    /// Parameters after the step.
    pub watched: &'a [f64],
}

impl StepLog {
    pub fn new(losses: usize, watched: usize) -> Self {
        StepLog {
            losses,
            watched,
            numbers: Vec::new(),
        }
    }

    pub fn push(&mut self, record: Record<'_>) {
        debug_assert_eq!(record.losses.len(), self.losses);
        debug_assert_eq!(record.watched.len(), self.watched);
        let taken = f64::from(u8::from(record.taken));
        self.numbers.extend([taken, record.gradient_norm]);
        self.numbers.extend(record.losses);
        self.numbers.extend(record.watched);
    }

    /// One record per step.
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

/// An engine that takes steps by itself.
pub trait Resident<T: Real>: Engine<T> {
    /// Takes steps of Adam one after the other; returns how many of them count. Points and weights are as for
    /// [`Engine::loss`]; `watched` are the parameters that the log shows.
    ///
    /// A step that starts where the value or the gradient is not finite is not taken, nor are those after it. `keep`
    /// sees the log of all steps and says how many of the first ones count: if not all, the run ends as if no others had
    /// been asked for. Where none counts, and on an error, all vectors stay as they are.
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
