//! Everything but the statement, with defaults and bounds.

use super::conditions::{Context, Entry};
use super::loss;
use super::mistake::{Checked, Fault, Mistake};
use super::network::{layout, network};
use super::ranges::family;
use super::sampling::sampling;
use super::training::{phases, usual_phases};
use super::wire::ProblemFile;
use pinn_core::family::Ranged;
use pinn_core::settings::{Precision, Settings};
use pinn_hyper::HyperError;
use pinn_network::WeightForm;
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;

/// Bounds that keep a slip of the pen from filling the memory.
pub(super) const POINTS: RangeInclusive<usize> = 1..=100_000_000;
pub(super) const STEPS: RangeInclusive<usize> = 1..=1_000_000_000;
const THREADS: RangeInclusive<usize> = 0..=1024;
/// Networks up to this size are trained by Gauss–Newton unless the file says otherwise: a step forms and factors
/// a matrix of this order.
const SECOND_ORDER_LIMIT: usize = 3000;

pub(super) fn settings(
    file: &ProblemFile,
    ranges: &[(Ranged, Range<usize>)],
    equations: usize,
    conditions: &[Entry],
    context: Context,
) -> Checked<Settings> {
    let Context {
        declared,
        domain,
        file: text,
        ..
    } = context;
    let family = family(file, ranges)?;
    let sampling = sampling(
        file.sampling.as_ref(),
        family.is_some(),
        conditions,
        context,
    )?;
    let weights = conditions.iter().map(|entry| {
        let weight = number(&entry.weight, "weight", 1.0, 0.0..=f64::MAX)?;
        Ok(weight)
    });
    let network = network(file, declared, domain, text)?;
    if family.is_some() && network.weights != WeightForm::Plain {
        let first = ranges.first().map_or(0..0, |(_, span)| span.clone());
        return Err(Mistake::new(HyperError::WeightForm.into(), first)
            .label("this range asks for a hypernetwork"));
    }
    let layout = layout(&network, declared);
    let small = layout.parameters <= SECOND_ORDER_LIMIT && family.is_none();
    Ok(Settings {
        seed: file.seed,
        precision: file.precision,
        threads: count(&file.threads, "threads", 0, THREADS)?,
        network,
        family,
        residual_norm: loss::norm(file, equations),
        point_weights: loss::points(file, domain, &sampling)?,
        sampling,
        condition_weights: weights.collect::<Checked<_>>()?,
        phases: match &file.train {
            Some(train) => phases(train, !layout.normed.is_empty(), text)?,
            None => usual_phases(small && file.precision == Precision::F64),
        },
    })
}

pub(super) fn count(
    entry: &Option<Spanned<usize>>,
    what: &str,
    default: usize,
    range: RangeInclusive<usize>,
) -> Checked<usize> {
    match entry {
        None => Ok(default),
        Some(value) => inside(*value.get_ref(), &format!("`{what}`"), range, value),
    }
}

pub(super) fn number(
    entry: &Option<Spanned<f64>>,
    what: &str,
    default: f64,
    range: RangeInclusive<f64>,
) -> Checked<f64> {
    match entry {
        None => Ok(default),
        Some(value) => inside(*value.get_ref(), &format!("`{what}`"), range, value),
    }
}

/// The value if it lies in the range; not-a-number never does.
pub(super) fn inside<T: PartialOrd + Display + Copy, S>(
    value: T,
    what: &str,
    range: RangeInclusive<T>,
    place: &Spanned<S>,
) -> Checked<T> {
    if range.contains(&value) {
        return Ok(value);
    }
    let (least, most) = (range.start().to_string(), range.end().to_string());
    // Bounds that only mean "positive" or "finite" are not worth their 300 digits.
    let allowed = match (least.len() > 20, most.len() > 20) {
        (true, true) => "positive and finite".to_string(),
        (true, false) => format!("positive and at most {most}"),
        (false, true) => format!("finite and at least {least}"),
        (false, false) => format!("between {least} and {most}"),
    };
    let fault = Fault::OutOfRange {
        what: what.to_string(),
        allowed,
        found: value.to_string(),
    };
    Err(Mistake::new(fault, place.span()).label("out of range"))
}
