//! The last lines of a run in the terminal.

use super::quality::quality;
use super::unit_symbol::unit_symbol;
use super::{FamilyReport, InverseReport, OutcomeReport, Report};
use std::path::Path;

/// Largest share of the information about an unknown that the network may be unable to follow.
const UNFOLLOWED: f64 = 0.2;

/// Style of the summary.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct SummaryStyle {
    /// Number of characters per line.
    pub width: usize,
    /// True for bold and colours; false if the output is not a terminal.
    pub colour: bool,
}

/// Summary of a run: errors per field, time, end of training, and place of the files.
pub fn summary(report: &Report, folder: &Path, style: SummaryStyle) -> String {
    let mut text = String::new();
    if !report.errors.is_empty() || !report.estimates.is_empty() {
        text += &errors(report, style);
        text.push('\n');
    }
    if let Some(inverse) = &report.inverse {
        text += &self::inverse(inverse, style);
    }
    if let Some(family) = &report.family {
        text += &item("family", &self::family(family), style);
    }
    for (label, words) in quality(report) {
        text += &item(label, &words, style);
    }
    let time = &report.time;
    let speed = format!(
        "{} s training ({} steps, {} steps/s), {} s in all",
        short(time.train_s),
        time.steps,
        short(time.steps_per_s),
        short(time.total_s)
    );
    let network = format!("{} ({} parameters)", report.network, report.parameters);
    text += &item("network", &words(&network), style);
    if !report.exact.is_empty() {
        let last = report.exact.len() - 1;
        let names = report.exact.keys().enumerate();
        let names = names.map(|(n, name)| format!("{name}{}", if n < last { "," } else { "" }));
        text += &item("exact", &names.collect::<Vec<_>>(), style);
    }
    if time.steps > 0 || !matches!(report.outcome, OutcomeReport::Generated { .. }) {
        text += &item("time", &[speed], style);
    }
    let finished = matches!(report.outcome, OutcomeReport::Finished { .. });
    if finished
        && report.errors.is_empty()
        && report.estimates.is_empty()
        && report.family.is_none()
    {
        let unknown = "not known: there is no reference; `pinn solve --estimate` solves a second time and compares";
        text += &item("error", &words(unknown), style);
    }
    text += &item("ended", &outcome(&report.outcome), style);
    let mut files = vec![format!("{}:", folder.display())];
    let last = report.files.len().saturating_sub(1);
    let commas = report.files.iter().enumerate();
    files.extend(commas.map(|(n, f)| format!("{f}{}", if n < last { "," } else { "" })));
    text += &item("files", &files, style);
    text
}

fn errors(report: &Report, style: SummaryStyle) -> String {
    let mut rows: Vec<Vec<String>> = vec![vec!["field".to_string()]];
    let (known, estimated) = (!report.errors.is_empty(), !report.estimates.is_empty());
    if known {
        rows[0].extend(["relative L2", "largest error", "reference error"].map(str::to_string));
    }
    if estimated {
        rows[0].extend(["estimated L2", "estimated largest"].map(str::to_string));
    }
    let largest = |value: f64, unit: &str| {
        let text = format!("{} {}", short(value), unit_symbol(unit));
        text.trim_end().to_string()
    };
    let errors = report.errors.keys();
    let others = report
        .estimates
        .keys()
        .filter(|f| !report.errors.contains_key(*f));
    for field in errors.chain(others) {
        let mut row = vec![field.clone()];
        match report.errors.get(field) {
            Some(error) => row.extend([
                format!("{:.2e}", error.relative_l2),
                largest(error.max_absolute, &error.unit),
                format!("{:.1e}", error.reference_error),
            ]),
            None if known => row.extend([const { String::new() }; 3]),
            None => {}
        }
        if let Some(estimate) = report.estimates.get(field) {
            row.extend([
                format!("{:.1e}", estimate.relative_l2),
                largest(estimate.max_absolute, &estimate.unit),
            ]);
        }
        rows.push(row);
    }
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let line = line.trim_end();
        text += &match number {
            0 => bold(line, style),
            _ => line.to_string(),
        };
        text.push('\n');
    }
    if let Some(reference) = &report.reference {
        text += &wrapped("", &words(&format!("against {reference}")), style.width);
    }
    // The expected error does not apply to a run that was cut short.
    let finished = matches!(report.outcome, OutcomeReport::Finished { .. });
    if let Some(expected) = report.expected_error.filter(|_| finished) {
        let reached = report.errors.values().all(|e| e.relative_l2 <= expected);
        let verdict = if reached { "reached" } else { "missed" };
        let line = format!("expected {expected:.1e} or less: {verdict}");
        text += &wrapped("", &words(&line), style.width);
    }
    text
}

/// Unknowns with their intervals, and how close the measurements are.
fn inverse(inverse: &InverseReport, style: SummaryStyle) -> String {
    let mut text = String::new();
    for (name, unknown) in &inverse.unknowns {
        let unit = unit_symbol(&unknown.unit);
        let digits = |value: f64| significant(value, unknown.standard_error);
        let mut pieces = vec![
            format!("{name} = {} {unit}", digits(unknown.value))
                .trim_end()
                .to_string(),
        ];
        match unknown.standard_error.zip(unknown.interval) {
            Some((error, [lower, upper])) => {
                pieces.push(format!("± {},", short(error)));
                let percent = 100.0 * inverse.confidence;
                pieces.push(format!(
                    "{percent:.0} % interval {} to {}",
                    digits(lower),
                    digits(upper)
                ));
            }
            None => pieces.push("(the measurements do not determine an interval)".to_string()),
        }
        if unknown.standard_error.is_some() && unknown.unfollowed > UNFOLLOWED {
            pieces.push("(uncertain: the network hardly follows it; try a larger one)".to_string());
        }
        text += &item("unknown", &pieces, style);
    }
    for (name, set) in &inverse.measurements {
        let unit = unit_symbol(&set.unit);
        let said = match inverse.noise_is_given {
            true => format!("noise {} {unit} as given", short(set.noise)),
            false => format!("noise {} {unit}, estimated", short(set.noise)),
        };
        let pieces = [
            format!(
                "{name}: {} measurements of {},",
                set.measurements, set.field
            ),
            format!("off by {} {unit} (rms),", short(set.rms)),
            said,
        ];
        text += &item("data", &pieces, style);
    }
    if !inverse.unknowns.is_empty() || !inverse.measurements.is_empty() {
        text.push('\n');
    }
    text
}

/// A value to two digits of its standard error, if it has one.
fn significant(value: f64, error: Option<f64>) -> String {
    match error {
        Some(error) if error > 0.0 && value.abs() < 1e7 && error > 1e-7 => {
            let decimals = (1 - error.log10().floor() as i32).max(0) as usize;
            format!("{value:.decimals$}")
        }
        _ => format!("{value:.4e}"),
    }
}

/// Pieces of a text that may be broken between any two words.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_string).collect()
}

/// Ranges, and errors over the members.
fn family(family: &FamilyReport) -> Vec<String> {
    let ranges = family.ranges.iter().map(|(name, range)| {
        let ends = format!("{name} from {} to {}", short(range.from), short(range.to));
        let text = format!("{ends} {}", unit_symbol(&range.unit));
        format!("{},", text.trim_end())
    });
    let mut pieces: Vec<String> = ranges.collect();
    if let Some(last) = pieces.last_mut() {
        last.pop();
    }
    for (field, error) in &family.errors {
        pieces.push(format!(
            "{field}: relative L2 {:.2e} in the median and {:.2e} at most, of {} members that were not trained",
            error.median, error.worst, family.members
        ));
    }
    pieces
}

fn outcome(outcome: &OutcomeReport) -> Vec<String> {
    match outcome {
        OutcomeReport::Finished { phases } => {
            let last = phases.len().saturating_sub(1);
            let phases = phases.iter().enumerate();
            phases
                .map(|(n, p)| {
                    let end = if n < last { ";" } else { "" };
                    format!("{}: {}{end}", p.optimiser, p.reason)
                })
                .collect()
        }
        OutcomeReport::Interrupted => vec!["interrupted".to_string()],
        OutcomeReport::Generated { by } => vec![format!("generated by {by}")],
        OutcomeReport::Diverged { step, residual, .. } => {
            vec![format!(
                "diverged at step {step}: `{residual}` is not finite"
            )]
        }
    }
}

/// A heading and its content, wrapped with an indent.
fn item(heading: &str, pieces: &[String], style: SummaryStyle) -> String {
    let head = format!("{heading:9}");
    let text = wrapped(&head, pieces, style.width);
    text.replacen(heading, &bold(heading, style), 1)
}

/// Pieces are not broken; a piece longer than the line has a line of its own.
fn wrapped(head: &str, pieces: &[String], width: usize) -> String {
    let indent = head.chars().count();
    let mut text = head.to_string();
    let mut column = indent;
    for piece in pieces {
        let length = piece.chars().count();
        if column > indent {
            if column + 1 + length > width {
                text += &format!("\n{:indent$}", "");
                column = indent;
            } else {
                text.push(' ');
                column += 1;
            }
        }
        text += piece;
        column += length;
    }
    text.push('\n');
    text
}

fn bold(text: &str, style: SummaryStyle) -> String {
    if style.colour {
        format!("\x1b[1m{text}\x1b[0m")
    } else {
        text.to_string()
    }
}

/// Three significant digits, without an exponent where that is short.
fn short(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_string()
    } else if (1e-3..1e5).contains(&size) {
        let decimals = (2 - size.log10().floor() as i32).max(0) as usize;
        format!("{value:.decimals$}")
    } else {
        format!("{value:.2e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EstimateReport, example};

    #[test]
    fn reads_well_at_any_width() {
        let mut report = example::report(&example::plate());
        let names = [
            "problem.toml",
            "metrics.jsonl",
            "checkpoint.safetensors",
            "solution.csv",
            "solution.vti",
            "loss.png",
            "loss.svg",
            "field-T.png",
            "field-T.svg",
            "report.json",
        ];
        report.files = names.map(str::to_string).to_vec();
        let mut vanishing = report.errors["T"].clone();
        vanishing.max_absolute = 1.25e-9;
        vanishing.unit = "um/s".to_string();
        report.errors.insert("v".to_string(), vanishing);
        let plain = SummaryStyle {
            width: 80,
            colour: false,
        };
        let whole = report.clone();
        let text = summary(&whole, Path::new("runs/thermal-1"), plain);
        assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
        insta::assert_snapshot!(text, @r"
        field  relative L2  largest error  reference error
        T      6.25e-5      0.0417 K       1.0e-12
        v      6.25e-5      1.25e-9 µm/s   1.0e-12
        against eigenfunction series, 40 terms
        expected 1.0e-4 or less: reached

        loss     not finite at the points of the training, 5.00e-10 at other points
        residual heat 4.0e2 kg m⁻¹ s⁻³, cooled face NaN kg s⁻³ (rms)
        network  MLP 24-24, tanh (697 parameters)
        exact    start
        time     12.5 s training (3000 steps, 240 steps/s), 13.2 s in all
        ended    Adam: steps; L-BFGS: gradient
        files    runs/thermal-1: problem.toml, metrics.jsonl, checkpoint.safetensors,
                 solution.csv, solution.vti, loss.png, loss.svg, field-T.png,
                 field-T.svg, report.json
        ");
        let estimate = EstimateReport {
            relative_l2: 4.321e-5,
            max_absolute: 0.0387,
            unit: "K".to_string(),
        };
        report.estimates.insert("T".to_string(), estimate);
        let table = |report: &Report| errors(report, plain);
        let both = table(&report);
        report.errors.clear();
        report.expected_error = None;
        report.reference = None;
        insta::assert_snapshot!(format!("{both}\n{}", table(&report)), @r"
        field  relative L2  largest error  reference error  estimated L2  estimated largest
        T      6.25e-5      0.0417 K       1.0e-12          4.3e-5        0.0387 K
        v      6.25e-5      1.25e-9 µm/s   1.0e-12
        against eigenfunction series, 40 terms
        expected 1.0e-4 or less: reached

        field  estimated L2  estimated largest
        T      4.3e-5        0.0387 K
        ");
        report.estimates.clear();
        let neither = summary(&report, Path::new("runs/thermal-1"), plain);
        assert!(
            neither.contains("not known: there is no reference"),
            "{neither}"
        );
        for width in [0, 20, 200] {
            let coloured = SummaryStyle {
                width,
                colour: true,
            };
            let other = summary(&whole, Path::new("runs/thermal-1"), coloured);
            assert!(other.contains("\x1b[1mfield") && other.contains("\x1b[1mfiles\x1b[0m"));
            let words = |t: &str| {
                t.replace("\x1b[1m", "")
                    .replace("\x1b[0m", "")
                    .split_whitespace()
                    .map(str::to_string)
                    .collect::<Vec<_>>()
            };
            assert_eq!(words(&other), words(&text));
        }
    }
}
