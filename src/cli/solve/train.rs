//! Training with everything that is recorded meanwhile.

use super::super::error::CliError;
use super::super::interrupt;
use super::super::progress::Watch;
use pinn_core::session::{AnySession, Observer, Outcome, Progress};
use pinn_output::{MetricsWriter, OutputError, RunFolder};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Time between two checkpoints: the most that a power cut can cost.
const SAVE_EVERY: Duration = Duration::from_secs(30);
/// Lines of `metrics.jsonl` that a whole run writes, about.
const METRIC_LINES: usize = 2000;

/// Trains, at most `limit` steps, and leaves a checkpoint of the last good state.
pub(super) fn train(
    session: &mut dyn AnySession,
    folder: &RunFolder,
    watch: &mut Watch,
    limit: Option<usize>,
) -> Result<Outcome, CliError> {
    train_saving(session, folder, watch, limit, SAVE_EVERY)
}

fn train_saving(
    session: &mut dyn AnySession,
    folder: &RunFolder,
    watch: &mut Watch,
    limit: Option<usize>,
    save_every: Duration,
) -> Result<Outcome, CliError> {
    let names = session.loss_names().to_vec();
    let unknowns: Vec<String> = watch.unknowns().map(str::to_string).collect();
    let mut metrics = MetricsWriter::resume(&folder.metrics(), &names, session.step())?;
    metrics.record_unknowns(unknowns);
    let stop = AtomicBool::new(false);
    let mut recorder = Recorder {
        metrics,
        watch,
        stop: &stop,
        last_step: limit.map(|limit| session.step() + limit),
        saved: Instant::now(),
        save_every,
        pause: Pause::No,
        failure: None,
    };
    loop {
        // The session cannot be saved while it trains, so it is stopped for that and goes on bit for bit.
        let outcome = session.train(&mut recorder, &stop)?;
        stop.store(false, Ordering::Relaxed);
        session.save(&folder.checkpoint())?;
        recorder.saved = Instant::now();
        if let Some(failure) = recorder.failure.take() {
            return Err(failure.into());
        }
        let pause = std::mem::replace(&mut recorder.pause, Pause::No);
        if pause != Pause::ToSave || outcome != Outcome::Interrupted {
            recorder.metrics.flush()?;
            return Ok(outcome);
        }
    }
}

/// Why training was asked to stop.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Pause {
    No,
    ToSave,
    ForGood,
}

struct Recorder<'a> {
    metrics: MetricsWriter,
    watch: &'a mut Watch,
    stop: &'a AtomicBool,
    last_step: Option<usize>,
    saved: Instant,
    save_every: Duration,
    pause: Pause,
    /// The first line that could not be written.
    failure: Option<OutputError>,
}

impl Observer for Recorder<'_> {
    fn step(&mut self, progress: &Progress<'_>) {
        self.watch.step(progress);
        let every = progress.steps.div_ceil(METRIC_LINES).max(1);
        if progress.step.is_multiple_of(every) || progress.step == progress.steps {
            self.failure = self.metrics.append(progress).err();
        }
        let limit = self.last_step.is_some_and(|last| progress.step >= last);
        if limit || interrupt::requested() || self.failure.is_some() {
            self.pause = Pause::ForGood;
        } else if self.saved.elapsed() >= self.save_every {
            self.pause = Pause::ToSave;
        }
        if self.pause != Pause::No {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::inverse::Unknowns;
    use super::*;
    use pinn_core::session::session;
    use pinn_equations::registry::Registry;
    use pinn_output::read_metrics;
    use pinn_problem::Problem;

    /// Outcome, parameters as the solution shows them, and metrics without their times.
    fn trained(save_every: Duration) -> (Outcome, Vec<Vec<f64>>, Vec<(usize, f64)>) {
        let parent = tempfile::tempdir().unwrap();
        let text = include_str!("../../../tests/cli/small.toml");
        let problem = Problem::parse("small", text, &Registry::builtin()).unwrap();
        let mut session = session(&problem.statement, &problem.settings).unwrap();
        let run = parent.path().join("run");
        let folder = RunFolder::create(Some(&run), "small", text).unwrap();
        let mut watch = Watch::new(true, session.loss_names(), Unknowns::of(&problem));
        let trained = train_saving(session.as_mut(), &folder, &mut watch, None, save_every);
        let outcome = trained.unwrap();
        assert!(folder.checkpoint().is_file());
        let fields = session.evaluate(&[vec![1.0, 7.0], vec![0.002, 0.009]]);
        let metrics = read_metrics(&folder.metrics()).unwrap();
        let losses = metrics.iter().map(|m| (m.step, m.loss)).collect();
        (outcome, fields.unwrap(), losses)
    }

    #[test]
    fn saving_after_every_step_changes_nothing() {
        let rarely = trained(Duration::from_secs(3600));
        let always = trained(Duration::ZERO);
        assert!(matches!(rarely.0, Outcome::Finished { .. }));
        assert_eq!(rarely.2.len(), 20);
        assert_eq!(rarely, always);
    }
}
