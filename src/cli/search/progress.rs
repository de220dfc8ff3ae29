//! Progress of a search: a bar on a terminal, plain lines elsewhere, or nothing.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pinn_expr::show_number;
use pinn_nas::{Event, Stage};
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Time between two plain lines.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Events so far.
pub(super) struct Watch {
    /// `None`: silent.
    bar: Option<ProgressBar>,
    plain: bool,
    state: Mutex<State>,
}

struct State {
    stage: String,
    /// Trainings of this stage.
    done: usize,
    all: usize,
    best: Option<(f64, String)>,
    line: Instant,
}

impl Watch {
    /// `steps` of all trainings together, about.
    pub(super) fn new(quiet: bool, steps: usize) -> Self {
        let plain = !std::io::stderr().is_terminal();
        let bar = (!quiet).then(|| {
            let target = match plain {
                true => ProgressDrawTarget::hidden(),
                false => ProgressDrawTarget::stderr(),
            };
            let bar = ProgressBar::with_draw_target(Some(steps as u64), target);
            let style = "{bar:32} {percent} %  {elapsed}  ETA {eta}\n{msg}";
            let style = ProgressStyle::with_template(style);
            let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(500));
            bar
        });
        let state = State {
            stage: "gate".to_string(),
            done: 0,
            all: 0,
            best: None,
            line: Instant::now(),
        };
        Watch {
            bar,
            plain,
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Only for display: values left by a panic are good enough.
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// From any thread.
    pub(super) fn told(&self, event: &Event<'_>) {
        let Some(bar) = &self.bar else {
            return;
        };
        let mut state = self.state();
        let begun = match event {
            Event::Begun {
                stage,
                units,
                known,
            } => {
                state.stage = match stage {
                    Stage::Rung { number, of } => format!("rung {number} of {of}"),
                    Stage::Finals => "finals".to_string(),
                };
                (state.done, state.all) = (*known, *units);
                true
            }
            Event::Ended(trial) => {
                state.done += 1;
                bar.inc(trial.steps as u64);
                let residual = trial.objectives.residual;
                if residual.is_finite() && state.best.as_ref().is_none_or(|(b, _)| residual < *b) {
                    state.best = Some((residual, trial.name.clone()));
                }
                false
            }
        };
        bar.set_message(state.show());
        let due = begun || state.done == state.all || state.line.elapsed() >= LINE_EVERY;
        if self.plain && due {
            state.line = Instant::now();
            // A closed stderr must not stop the search.
            let _ = writeln!(std::io::stderr(), "{}", state.show());
        }
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl State {
    fn show(&self) -> String {
        let mut text = format!("{}: {} of {} trainings", self.stage, self.done, self.all);
        if let Some((residual, name)) = &self.best {
            let residual = show_number((residual * 100.0).round() / 100.0);
            text += &format!("  best log10 residual {residual} ({name})");
        }
        text
    }
}
