//! Round numbers along an axis, and how they are printed.

use super::font;
use crate::unit_symbol::{superscript, unit_symbol};

/// Marks of one axis, inside its range.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Ticks {
    pub(super) values: Vec<f64>,
    /// One per value; empty where a mark has no label.
    pub(super) labels: Vec<String>,
    /// Labels are in units of ten to this power.
    pub(super) exponent: i32,
}

/// At most `count` round numbers in [low, high]; needs `low < high`.
pub(super) fn linear(low: f64, high: f64, count: usize) -> Ticks {
    let step = round_step((high - low) / count.max(1) as f64);
    let size = low.abs().max(high.abs());
    let magnitude = size.log10().floor() as i32;
    let exponent = if (-2..5).contains(&magnitude) {
        0
    } else {
        // Labels between 0.1 and 100.
        (magnitude + 1).div_euclid(3) * 3
    };
    // A tick that rounding pushed out of the range by an ulp still belongs to it.
    let slack = 1e-9 * step;
    let first = ((low - slack) / step).ceil();
    let last = ((high + slack) / step).floor();
    if last < first {
        // The range lies between two multiples of the step; a finer step has one inside.
        return linear(low, high, count + 1);
    }
    let numbers = (0..=(last - first) as usize).map(|i| first + i as f64);
    let values: Vec<f64> = numbers.map(|n| n * step).collect();
    let unit = 10f64.powi(exponent);
    let decimals = (-(step / unit * (1.0 + 1e-9)).log10().floor()).clamp(0.0, 12.0) as usize;
    let label = |v: &f64| signed(&format!("{:.decimals$}", v / unit));
    Ticks {
        labels: values.iter().map(label).collect(),
        values,
        exponent,
    }
}

/// Ticks that fit into `length` pixels side by side.
pub(super) fn fitting(low: f64, high: f64, length: f64, size: f64) -> Ticks {
    let fits = |ticks: &Ticks| {
        let widths = ticks.labels.iter().map(|l| font::width(l, size));
        let widest = widths.fold(0.0, f64::max);
        let distance = match ticks.values[..] {
            [a, b, ..] => (b - a) / (high - low) * length,
            _ => f64::INFINITY,
        };
        widest + size < distance
    };
    let most = (length / 40.0).max(2.0) as usize;
    let mut candidates = (2..=most).rev().map(|count| linear(low, high, count));
    candidates
        .find(fits)
        .unwrap_or_else(|| linear(low, high, 1))
}

/// Powers of ten in [low, high], labelled so that `count` is not exceeded; below two decades also 2 and 5.
pub(super) fn logarithmic(low: f64, high: f64, count: usize) -> Ticks {
    let (first, last) = (low.log10().ceil() as i32, high.log10().floor() as i32);
    let every = ((last - first + 1) as usize).div_ceil(count.max(1)).max(1) as i32;
    let mut ticks = Ticks {
        values: Vec::new(),
        labels: Vec::new(),
        exponent: 0,
    };
    for exponent in first - 1..=last {
        for factor in [1.0, 2.0, 5.0] {
            let value = factor * 10f64.powi(exponent);
            let wanted = factor == 1.0 || last - first < 2;
            if !wanted || value < low * (1.0 - 1e-9) || value > high * (1.0 + 1e-9) {
                continue;
            }
            ticks.values.push(value);
            ticks.labels.push(match exponent.rem_euclid(every) {
                0 if factor == 1.0 => power(exponent),
                0 => format!("{factor}·{}", power(exponent)),
                _ => String::new(),
            });
        }
    }
    ticks
}

/// 1, 2 or 5 times a power of ten, at least `step`.
fn round_step(step: f64) -> f64 {
    let decade = 10f64.powf(step.log10().floor());
    let multiples = [1.0, 2.0, 5.0, 10.0];
    let multiple = multiples
        .iter()
        .find(|m| *m * decade >= step * (1.0 - 1e-9));
    let exponent = decade.log10().round() as i32;
    // Dividing by a whole power of ten is exact where multiplying by a fraction is not: 3 · 0.1 ≠ 0.3.
    let multiple = multiple.unwrap_or(&10.0);
    if exponent < 0 {
        multiple / 10f64.powi(-exponent)
    } else {
        multiple * 10f64.powi(exponent)
    }
}

fn power(exponent: i32) -> String {
    format!("10{}", superscript(&exponent.to_string()))
}

/// With a real minus sign, and no minus zero.
fn signed(number: &str) -> String {
    match number.strip_prefix('-') {
        Some(size) if size.chars().all(|c| matches!(c, '0' | '.')) => size.to_string(),
        Some(size) => format!("−{size}"),
        None => number.to_string(),
    }
}

/// `v [10⁻⁹ m/s]`: name and unit of numbers in units of ten to `exponent`.
pub(super) fn title(name: &str, unit: &str, exponent: i32) -> String {
    let unit = if unit == "1" { "" } else { unit };
    let unit = unit_symbol(unit);
    match (exponent, unit.is_empty()) {
        (0, true) => name.to_string(),
        (0, false) => format!("{name} [{unit}]"),
        (_, true) => format!("{name} [{}]", power(exponent)),
        (_, false) => format!("{name} [{} {unit}]", power(exponent)),
    }
}

/// A single number for a caption, four significant digits.
pub(super) fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return signed(&value.to_string());
    }
    let text = format!("{value:.3e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = |t: &str| {
        if t.contains('.') {
            t.trim_end_matches('0').trim_end_matches('.').to_string()
        } else {
            t.to_string()
        }
    };
    if (-3..5).contains(&exponent) {
        let decimals = (3 - exponent).max(0) as usize;
        signed(&trimmed(&format!("{value:.decimals$}")))
    } else {
        format!("{}·{}", signed(&trimmed(mantissa)), power(exponent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_are_round() {
        let labels = |low, high, count| linear(low, high, count).labels.join(" ");
        assert_eq!(labels(0.0, 20.0, 4), "0 5 10 15 20");
        assert_eq!(labels(-0.3, 0.3, 6), "−0.3 −0.2 −0.1 0.0 0.1 0.2 0.3");
        assert_eq!(labels(20.0, 800.0, 4), "200 400 600 800");
        assert_eq!(labels(-2e-9, 2e-9, 4), "−2 −1 0 1 2");
        assert_eq!(linear(-2e-9, 2e-9, 4).exponent, -9);
        assert_eq!(linear(0.0, 3e5, 4).exponent, 6);
        assert_eq!(linear(0.0, 9.9e-7, 4).exponent, -6);
        assert_eq!(title("v", "m/s", -9), "v [10⁻⁹ m/s]");
        assert_eq!(title("u", "1", 3), "u [10³]");
        assert_eq!(
            logarithmic(1e-4, 1.0, 9).labels.join(" "),
            "10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰"
        );
        assert_eq!(number(30.000000000000004), "30");
        assert_eq!(number(-1.5e-7), "−1.5·10⁻⁷");
        assert_eq!(number(12345.6), "12346");
        assert_eq!(number(0.1 + 0.2), "0.3");
    }

    #[test]
    fn a_range_between_two_multiples_gets_a_finer_step() {
        let (low, high) = (0.701, 0.748);
        let ticks = linear(low, high, 2);
        assert!(!ticks.values.is_empty());
        assert!(ticks.values.iter().all(|v| (low..=high).contains(v)));
    }

    proptest! {
        #[test]
        fn ticks_lie_inside_and_differ(low in -1e6f64..1e6, size in -9i32..9, count in 2usize..12) {
            let high = low + 10f64.powi(size).max(low.abs() * 1e-6);
            let ticks = linear(low, high, count);
            let slack = 1e-6 * (high - low);
            prop_assert!(ticks.values.len() <= count + 1);
            prop_assert!(ticks.values.iter().all(|v| (low - slack..=high + slack).contains(v)));
            let mut labels = ticks.labels.clone();
            labels.dedup();
            prop_assert_eq!(labels, ticks.labels);
        }
    }
}
