//! Statements about how good a solution is that need no reference.

use super::summary::words;
use super::unit_symbol::unit_symbol;
use super::{LossReport, OutcomeReport, Report};
use pinn_core::phase_end::PhaseEnd;

/// A held-out loss this many times the loss of the training means that the residuals vanish at the points alone.
const OVERFITTED: f64 = 10.0;
/// Losses below are at the rounding of f64, where their ratio means nothing.
const ROUNDING: f64 = 1e-20;
/// Root mean square of a dimensionless residual above which it counts as not satisfied.
const UNSATISFIED: f64 = 0.01;

/// Root mean square above which a residual that no longer falls means that there is no solution.
const UNSOLVED: f64 = 0.1;

/// Returns the reason why a run that came to rest is no solution: the equation or condition that is farthest from being
/// satisfied, unless training was cut short. `chosen` is true where nobody asked for a number of steps.
pub fn unsolved(report: &Report, chosen: bool) -> Option<String> {
    let OutcomeReport::Finished { phases } = &report.outcome else {
        return None;
    };
    let end = phases.last()?.reason;
    if matches!(end, PhaseEnd::Steps | PhaseEnd::Time) && !chosen {
        return None;
    }
    let (name, worst) = satisfiable(report)
        .filter(|(_, loss)| loss.dimensionless.sqrt() > UNSOLVED)
        .max_by(|(_, a), (_, b)| a.dimensionless.total_cmp(&b.dimensionless))?;
    Some(format!(
        "`{name}` is off by {} (rms), {:.0} % of its largest term at the scales of the problem, and training no longer lowers it",
        size(worst),
        100.0 * worst.dimensionless.sqrt()
    ))
}

/// Losses that vanish for a solution; measurements keep their noise.
fn satisfiable(report: &Report) -> impl Iterator<Item = (&String, &LossReport)> {
    let data = report.inverse.as_ref().map(|inverse| &inverse.measurements);
    let losses = report.losses.iter();
    losses.filter(move |(name, _)| data.is_none_or(|data| !data.contains_key(*name)))
}

/// Losses and residuals, as labels of lines with their words.
pub(super) fn quality(report: &Report) -> Vec<(&'static str, Vec<String>)> {
    let mut lines = Vec::new();
    let loss: f64 = report.losses.values().map(|l| l.dimensionless).sum();
    let mut losses = vec![match loss.is_finite() {
        true => format!("{loss:.2e} at the points of the training"),
        false => "not finite at the points of the training".to_string(),
    }];
    if let Some(held_out) = report.held_out_loss {
        losses[0].push(',');
        losses.push(format!("{held_out:.2e} at other points"));
    }
    lines.push(("loss", losses));
    let last = report.losses.len().saturating_sub(1);
    let residuals = report.losses.iter().enumerate().map(|(n, (name, loss))| {
        let comma = if n < last { "," } else { " (rms)" };
        format!("{name} {}{comma}", size(loss))
    });
    lines.push(("residual", residuals.collect()));
    // A run that was cut short is not expected to be good.
    if !matches!(report.outcome, OutcomeReport::Finished { .. }) {
        return lines;
    }
    if let Some(held_out) = report
        .held_out_loss
        .filter(|h| loss.is_finite() && *h > ROUNDING.max(OVERFITTED * loss))
    {
        lines.push((
            "warning",
            words(&format!(
                "between the points of the training the residuals are {} times larger than at them: the network fits the \
                 points and not the equations; take more points or a smaller network",
                times((held_out / loss.max(f64::MIN_POSITIVE)).sqrt())
            )),
        ));
    }
    for (name, loss) in satisfiable(report) {
        let share = loss.dimensionless.sqrt();
        if share > UNSATISFIED {
            lines.push((
                "warning",
                words(&format!(
                    "`{name}` is not satisfied: it is off by {} (rms), {:.0} % of its largest term at the scales of the problem",
                    size(loss),
                    100.0 * share
                )),
            ));
        }
    }
    lines
}

fn size(loss: &LossReport) -> String {
    let text = format!("{:.1e} {}", loss.rms, unit_symbol(&loss.unit));
    text.trim_end().to_string()
}

/// A ratio to one digit where it is large.
fn times(ratio: f64) -> String {
    match ratio < 1e4 {
        true => format!("{ratio:.0}"),
        false => format!("{ratio:.0e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PhaseReport;
    use crate::example::{plate, report};

    fn said(loss: f64, held_out: f64) -> Vec<String> {
        let mut report = report(&plate());
        for entry in report.losses.values_mut() {
            entry.dimensionless = 0.0;
        }
        report.losses[0].dimensionless = loss;
        report.held_out_loss = Some(held_out);
        let lines = quality(&report).into_iter();
        let warnings = lines.filter(|(label, _)| *label == "warning");
        warnings.map(|(_, words)| words.join(" ")).collect()
    }

    #[test]
    fn points_that_were_learnt_by_heart_and_residuals_that_are_large_are_warned_of() {
        assert!(said(1e-9, 5e-9).is_empty());
        assert!(said(1e-24, 1e-21).is_empty());
        let overfitted = said(1e-12, 1e-6);
        assert!(
            overfitted[0].contains("1000 times larger"),
            "{overfitted:?}"
        );
        let unsatisfied = said(4e-2, 4e-2);
        assert!(unsatisfied[0].contains("20 %"), "{unsatisfied:?}");
        assert_eq!((overfitted.len(), unsatisfied.len()), (1, 1));
    }

    #[test]
    fn what_came_to_rest_far_from_a_solution_is_none() {
        let ended = |reason, share: f64, chosen| {
            let mut report = report(&plate());
            for entry in report.losses.values_mut() {
                entry.dimensionless = 0.0;
            }
            report.losses[0].dimensionless = share * share;
            let optimiser = "Gauss–Newton".to_string();
            let phases = vec![PhaseReport { optimiser, reason }];
            report.outcome = OutcomeReport::Finished { phases };
            unsolved(&report, chosen)
        };
        let said = ended(PhaseEnd::Stagnation, 0.25, false).unwrap();
        assert!(said.contains("25 %"), "{said}");
        assert_eq!(ended(PhaseEnd::Stagnation, 0.05, false), None);
        // Whoever asks for a number of steps gets them.
        assert_eq!(ended(PhaseEnd::Steps, 0.25, false), None);
        assert!(ended(PhaseEnd::Steps, 0.25, true).is_some());
    }
}
