//! Training with errors at regular intervals.

use super::{Measurement, StudyError};
use pinn_core::session::{AnySession, Observer, Outcome, Progress};
use std::sync::atomic::{AtomicBool, Ordering};

/// Number of errors per curve.
pub(super) const SAMPLES: usize = 40;

/// Trains to the end, or until `stop` is set, and computes the error at equal distances. The error of a run that
/// diverged is NaN.
pub(super) fn measured(
    session: &mut dyn AnySession,
    steps: usize,
    stop: &AtomicBool,
    mut error: impl FnMut(&mut dyn AnySession) -> Result<f64, StudyError>,
) -> Result<Measurement, StudyError> {
    let mut curve = Vec::new();
    let pause = AtomicBool::new(false);
    let mut observer = Sampler {
        every: steps.div_ceil(SAMPLES),
        pause: &pause,
    };
    loop {
        let outcome = session.train(&mut observer, &pause)?;
        pause.store(false, Ordering::Relaxed);
        let now = match outcome {
            Outcome::Diverged(_) => f64::NAN,
            _ => error(session)?,
        };
        curve.push((session.step(), now));
        if outcome != Outcome::Interrupted || stop.load(Ordering::Relaxed) {
            return Ok(Measurement { error: now, curve });
        }
    }
}

/// Observer that pauses training for the error.
struct Sampler<'a> {
    every: usize,
    pause: &'a AtomicBool,
}

impl Observer for Sampler<'_> {
    fn step(&mut self, progress: &Progress<'_>) {
        if progress.step.is_multiple_of(self.every) && progress.step < progress.steps {
            self.pause.store(true, Ordering::Relaxed);
        }
    }
}
