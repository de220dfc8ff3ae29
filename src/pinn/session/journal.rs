//! Records of steps: counters, the observer, and the end of a phase.

use super::{Observer, Progress};
use crate::checkpoint::Counters;
use crate::loss;
use crate::phase_end::PhaseEnd;
use crate::settings::Settings;

/// Recorder of single steps.
pub(super) struct Journal<'a> {
    pub counters: &'a mut Counters,
    pub settings: &'a Settings,
    pub weights: &'a [f64],
    /// True if the optimiser needs no fixed objective.
    pub free: bool,
    pub observer: &'a mut dyn Observer,
}

/// Completed step. Its fields are those of [`Progress`], except the seconds, which are those of the step.
pub(super) struct Entry<'a> {
    pub losses: &'a [f64],
    pub gradient_norm: f64,
    pub learning_rate: Option<f64>,
    pub unknowns: &'a [f64],
    pub seconds: f64,
}

impl Journal<'_> {
    pub fn enter(&mut self, entry: Entry<'_>) {
        let counters = &mut *self.counters;
        counters.pass(entry.seconds);
        counters.step += 1;
        counters.phase_step += 1;
        let loss = loss::total(entry.losses);
        if counters.progress.is_none_or(|(best, _)| loss < 0.99 * best) {
            counters.progress = Some((loss, counters.phase_step));
        }
        if self.free {
            counters.free_steps += 1;
        }
        self.observer.step(&Progress {
            phase: counters.phase,
            step: counters.step,
            steps: self.settings.phases.iter().map(|p| p.steps).sum(),
            losses: entry.losses,
            loss,
            weights: self.weights,
            gradient_norm: entry.gradient_norm,
            learning_rate: entry.learning_rate,
            unknowns: entry.unknowns,
            seconds: counters.seconds,
        });
    }
}

/// Rule that ends the current phase after a step with these losses, if any.
pub(super) fn phase_end(
    settings: &Settings,
    counters: &Counters,
    losses: &[f64],
) -> Option<PhaseEnd> {
    let phase = &settings.phases[counters.phase];
    if counters.phase_step >= phase.steps {
        Some(PhaseEnd::Steps)
    } else if phase
        .target_loss
        .is_some_and(|target| loss::total(losses) < target)
    {
        Some(PhaseEnd::TargetLoss)
    } else if phase
        .max_seconds
        .is_some_and(|most| counters.phase_seconds >= most)
    {
        Some(PhaseEnd::Time)
    } else if phase
        .stagnation
        .zip(counters.progress)
        .is_some_and(|(most, (_, last))| counters.phase_step - last >= most)
    {
        Some(PhaseEnd::Stagnation)
    } else {
        None
    }
}
