//! `trials.csv`: one row per training.

use crate::{Ending, Trial};
use std::io::{self, Write};

const COLUMNS: [&str; 13] = [
    "configuration",
    "divisor",
    "seed",
    "ending",
    "reason",
    "log10_residual",
    "unsteadiness",
    "cost",
    "relative_l2_error",
    "steps",
    "seconds",
    "seconds_per_step",
    "ended_unix_s",
];

pub(super) fn write(trials: &[Trial], to: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(COLUMNS)?;
    for trial in trials {
        let (ending, reason) = match &trial.ending {
            Ending::Finished => ("finished", String::new()),
            Ending::Diverged { residual, step } => (
                "diverged",
                format!("`{residual}` is not finite after step {step}"),
            ),
            Ending::Failed { reason } => ("failed", reason.clone()),
        };
        let number = |value: f64| match value.is_finite() {
            true => value.to_string(),
            false => String::new(),
        };
        let [residual, unsteadiness, cost] = trial.objectives.values().map(number);
        csv.write_record([
            &trial.name,
            &trial.divisor.to_string(),
            &trial.seed.to_string(),
            ending,
            &reason,
            &residual,
            &unsteadiness,
            &cost,
            &trial.error.map_or_else(String::new, number),
            &trial.steps.to_string(),
            &format!("{:.4}", trial.seconds),
            &format!("{:.3e}", trial.seconds / trial.steps.max(1) as f64),
            &trial.ended.to_string(),
        ])?;
    }
    csv.flush()
}
