//! Everything but the statement, with defaults and bounds.

use super::bounds::{count, number};
use super::conditions::Entry;
use super::context::Context;
use super::loss;
use super::mistake::{Checked, Mistake};
use super::network::{layout, network};
use super::ranges::family;
use super::sampling::sampling;
use super::training::phases;
use super::wire::ProblemFile;
use pinn_core::family::Ranged;
use pinn_core::settings::usual::SECOND_ORDER_LIMIT;
use pinn_core::settings::{Phase, Precision, Settings};
use pinn_hyper::HyperError;
use pinn_network::WeightForm;
use std::ops::{Range, RangeInclusive};

/// Keeps a typo from filling the memory.
const THREADS: RangeInclusive<usize> = 0..=1024;

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
            .label("this range requires a hypernetwork"));
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
            None => Phase::usual(small && file.precision == Precision::F64),
        },
    })
}
