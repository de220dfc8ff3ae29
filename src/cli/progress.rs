//! Progress of training: a bar on a terminal, plain lines elsewhere, or nothing.

use super::solve::inverse::Unknowns;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pinn_core::session::Progress;
use pinn_expr::show_number;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Time between two updates of the bar; a step may be far shorter.
const BAR_EVERY: Duration = Duration::from_millis(100);
/// Time between two plain lines.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// A sign of life for work whose end is not known; `finish_and_clear` takes it away.
pub(super) fn spinner(quiet: bool, message: &'static str) -> ProgressBar {
    let spinner = match quiet {
        true => ProgressBar::hidden(),
        false => ProgressBar::new_spinner(),
    };
    spinner.set_message(message);
    spinner.enable_steady_tick(BAR_EVERY);
    spinner
}

/// Shows progress on stderr.
pub(super) enum Display {
    Silent,
    Bar(ProgressBar),
    Lines,
}

/// A [`Display`] with the names of the losses and the speed so far.
pub(super) struct Watch {
    display: Display,
    names: Vec<String>,
    unknowns: Unknowns,
    last: Option<Instant>,
    /// Step and seconds of training when this process took over.
    begin: Option<(usize, f64)>,
}

impl Watch {
    pub(super) fn new(quiet: bool, names: &[String], unknowns: Unknowns) -> Self {
        let display = match (quiet, std::io::stderr().is_terminal()) {
            (true, _) => Display::Silent,
            (false, true) => Display::Bar(bar()),
            (false, false) => Display::Lines,
        };
        Watch {
            display,
            names: names.to_vec(),
            unknowns,
            last: None,
            begin: None,
        }
    }

    /// Names of the unknowns, in order.
    pub(super) fn unknowns(&self) -> impl Iterator<Item = &str> {
        self.unknowns.names()
    }

    /// Shows a step unless the last one shown is too recent.
    pub(super) fn step(&mut self, progress: &Progress<'_>) {
        let every = match &self.display {
            Display::Silent => return,
            Display::Bar(_) => BAR_EVERY,
            Display::Lines => LINE_EVERY,
        };
        // The clock of the first step includes it, so speed is measured from its end.
        let begin = *self.begin.get_or_insert((progress.step, progress.seconds));
        let due = self.last.is_none_or(|last| last.elapsed() >= every);
        if !due && progress.step != progress.steps {
            return;
        }
        self.last = Some(Instant::now());
        let speed = speed(begin, progress);
        match &self.display {
            Display::Silent => {}
            Display::Bar(bar) => {
                bar.set_length(progress.steps as u64);
                bar.set_position(progress.step as u64);
                bar.set_prefix(speed);
                let mut message = losses(&self.names, progress, "\n  ");
                for text in self.unknowns.texts(progress.unknowns) {
                    message += &format!("\n{text}");
                }
                bar.set_message(message);
            }
            Display::Lines => {
                let mut losses = losses(&self.names, progress, "  ");
                for text in self.unknowns.texts(progress.unknowns) {
                    losses += &format!("  {text}");
                }
                let (step, steps) = (progress.step, progress.steps);
                // A closed stderr must not stop the training.
                let _ = writeln!(
                    std::io::stderr(),
                    "step {step}/{steps}  {speed}  loss {losses}"
                );
            }
        }
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len}  {prefix}\nloss {msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Steps per second, and how long the rest takes if no phase stops early.
fn speed((step, seconds): (usize, f64), progress: &Progress<'_>) -> String {
    let (done, took) = (progress.step - step, progress.seconds - seconds);
    if done == 0 || took <= 0.0 {
        return "- steps/s".to_string();
    }
    let rate = done as f64 / took;
    let rest = (progress.steps.saturating_sub(progress.step)) as f64 / rate;
    format!("{} steps/s  ETA {}", show_number(rate), duration(rest))
}

/// `3 min 20 s`
fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..10 => format!("{seconds:.1} s"),
        10..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

fn losses(names: &[String], progress: &Progress<'_>, separator: &str) -> String {
    let mut text = format!("{:.2e}", progress.loss);
    for (name, loss) in names.iter().zip(progress.losses) {
        text += &format!("{separator}{name} {loss:.2e}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let texts = [0.04, 9.0, 12.3, 59.6, 200.0, 7325.0].map(duration);
        assert_eq!(
            texts,
            [
                "0.0 s",
                "9.0 s",
                "12 s",
                "1 min 0 s",
                "3 min 20 s",
                "2 h 2 min"
            ]
        );
    }

    #[test]
    fn speed_counts_only_what_this_process_did() {
        let progress = Progress {
            phase: 0,
            step: 150,
            steps: 250,
            losses: &[0.5, 0.25],
            loss: 0.75,
            weights: &[1.0, 1.0],
            gradient_norm: 1.0,
            learning_rate: None,
            unknowns: &[],
            seconds: 30.0,
        };
        assert_eq!(speed((100, 20.0), &progress), "5 steps/s  ETA 20 s");
        assert_eq!(speed((150, 30.0), &progress), "- steps/s");
        let names = ["heat".to_string(), "cooled face".to_string()];
        assert_eq!(
            losses(&names, &progress, "  "),
            "7.50e-1  heat 5.00e-1  cooled face 2.50e-1"
        );
    }
}
