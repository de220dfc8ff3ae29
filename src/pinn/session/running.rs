//! Runs of many steps that an engine takes without the host.
//!
//! The result is that of single steps: observers see each step, phases end at the same step, and a flag that an observer
//! sets stops there. Only a flag that is set from outside takes effect slightly later.

use super::inference::values;
use super::journal::{Entry, Journal, phase_end};
use super::{Observer, Session, SessionError};
use crate::optimiser::{Adam, Stop};
use pinn_expr::Real;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Largest number of steps without the host, which limits the size of their log.
const MOST: usize = 256;
/// Target duration in seconds of a run without the host. Shorter runs have more overhead, and longer ones delay progress
/// and interruption: people notice delays of a tenth of a second (Card, Robertson & Mackinlay, *The information
/// visualizer*, CHI 1991).
const SECONDS: std::ops::Range<f64> = 0.03..0.1;

impl<T: Real + dfdx::prelude::Dtype> Session<T> {
    /// Takes steps from the [prepared](Self::prepare) one until an update is due, and tells if the optimiser stops.
    pub(super) fn run(
        &mut self,
        adam: &mut Adam<T>,
        began: Instant,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Option<Stop>, SessionError> {
        let phase = &self.settings.phases[self.counters.phase];
        let left = phase.steps - self.counters.phase_step;
        let steps = self.undisturbed(self.ahead.min(left));
        let rates = adam.next_rates(steps);
        let Some(engine) = self.engine.resident() else {
            unreachable!("the caller has seen it")
        };
        let mut journal = Journal {
            counters: &mut self.counters,
            settings: &self.settings,
            weights: &self.weights,
            free: true,
            observer,
        };
        let (points, losses) = (self.collocation.points(), &mut self.losses);
        let mut stopped = None;
        let mut seconds = 0.0;
        adam.run(steps, &mut self.parameters, &mut self.good, |run| {
            engine.adam(
                run,
                points,
                &self.weights,
                self.constants.clone(),
                &mut |log| {
                    seconds = began.elapsed().as_secs_f64();
                    let mut kept = 0;
                    for (record, rate) in log.records().zip(&rates) {
                        losses.copy_from_slice(record.losses);
                        if !record.taken {
                            stopped = Some(Stop::NotFinite);
                            break;
                        }
                        let thetas = record.watched.iter().copied();
                        let unknowns =
                            values(&self.statement.unknowns, &self.statement.scales, thetas);
                        kept += 1;
                        journal.enter(Entry {
                            losses,
                            gradient_norm: record.gradient_norm,
                            learning_rate: Some(*rate),
                            unknowns: &unknowns,
                            seconds: seconds / steps as f64,
                        });
                        let over = phase_end(journal.settings, journal.counters, losses).is_some();
                        if over || stop.load(Ordering::Relaxed) {
                            break;
                        }
                    }
                    kept
                },
            )
        })?;
        // Runs that an update shortened do not predict the duration of longer ones.
        if seconds > SECONDS.end {
            self.ahead = (self.ahead / 2).max(1);
        } else if seconds < SECONDS.start && steps == self.ahead {
            self.ahead = (self.ahead * 2).min(MOST);
        }
        Ok(stopped)
    }
}
