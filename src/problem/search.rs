//! The `[search]` table: what `pinn search` tries, and how long.

use super::bounds::{count, inside, number};
use super::mistake::{Checked, Fault, Mistake};
use super::norm::place_named;
use super::search_settings::SearchSettings;
use super::suggest::{list, remedy};
use super::wire::SearchEntry;
use pinn_norm::layer::{Frozen, PointwiseNorm};
use std::ops::RangeInclusive;
use toml::Spanned;

const TRIALS: RangeInclusive<usize> = 2..=10_000;
const RUNGS: RangeInclusive<usize> = 1..=6;
const SEEDS: RangeInclusive<usize> = 1..=1000;
/// The exact test of the finalists enumerates all signs.
const FINAL_SEEDS: RangeInclusive<usize> = 2..=60;
const GATE: RangeInclusive<f64> = 0.0..=0.3;
const SIGNIFICANCE: RangeInclusive<f64> = 1e-6..=0.5;
const GROUPS: RangeInclusive<usize> = 1..=4096;
const GAINS: RangeInclusive<f64> = 1e-6..=1e6;

pub(super) fn search(entry: Option<&Spanned<SearchEntry>>) -> Checked<SearchSettings> {
    let usual = SearchSettings::default();
    let Some(entry) = entry.map(Spanned::get_ref) else {
        return Ok(usual);
    };
    let groups = count(&entry.groups, "groups", SearchSettings::GROUPS, GROUPS)?;
    let kinds = match &entry.kinds {
        None => vec![
            PointwiseNorm::Layer,
            PointwiseNorm::Rms,
            PointwiseNorm::Group { groups },
        ],
        Some(names) => each(names, "kind", |name| kind(name, groups))?,
    };
    let places = entry.places.as_ref();
    let places = places.map(|names| each(names, "place", place_named));
    let gains = entry.gains.as_ref().map(|gains| {
        let gain = |gain: &Spanned<f64>| inside(*gain.get_ref(), "a gain", GAINS, gain);
        some(gains, "gain")?
            .iter()
            .map(gain)
            .collect::<Checked<_>>()
    });
    let trials = entry.trials.as_ref();
    let trials = trials.map(|n| inside(*n.get_ref(), "`trials`", TRIALS, n));
    Ok(SearchSettings {
        tier: entry.tier.unwrap_or_default(),
        kinds,
        places: places.transpose()?,
        gains: gains.transpose()?,
        proposals: entry.proposals,
        trials: trials.transpose()?,
        rungs: count(&entry.rungs, "rungs", usual.rungs, RUNGS)?,
        seeds: count(&entry.seeds, "seeds", usual.seeds, SEEDS)?,
        gate: number(&entry.gate, "gate", usual.gate, GATE)?,
        finalists: count(&entry.finalists, "finalists", usual.finalists, 1..=40)?,
        final_seeds: count(
            &entry.final_seeds,
            "final_seeds",
            usual.final_seeds,
            FINAL_SEEDS,
        )?,
        significance: number(
            &entry.significance,
            "significance",
            usual.significance,
            SIGNIFICANCE,
        )?,
    })
}

/// At least one entry.
fn some<'a, T>(list: &'a Spanned<Vec<T>>, what: &str) -> Checked<&'a [T]> {
    let entries = list.get_ref();
    let what = format!("the number of {what}s");
    inside(entries.len(), &what, 1..=1000, list)?;
    Ok(entries)
}

/// Every entry once.
fn each<T>(
    names: &Spanned<Vec<Spanned<String>>>,
    what: &'static str,
    read: impl Fn(&Spanned<String>) -> Checked<T>,
) -> Checked<Vec<T>> {
    let names = some(names, what)?;
    for (number, name) in names.iter().enumerate() {
        let mut earlier = names[..number].iter();
        if earlier.any(|n| n.get_ref() == name.get_ref()) {
            let name_text = name.get_ref().clone();
            let fault = Fault::Duplicate {
                what,
                name: name_text,
            };
            return Err(Mistake::new(fault, name.span()));
        }
    }
    names.iter().map(read).collect()
}

fn kind(name: &Spanned<String>, groups: usize) -> Checked<PointwiseNorm> {
    const KNOWN: [&str; 4] = ["layer", "rms", "group", "batch"];
    Ok(match name.get_ref().as_str() {
        "layer" => PointwiseNorm::Layer,
        "rms" => PointwiseNorm::Rms,
        "group" => PointwiseNorm::Group { groups },
        // With frozen statistics, those of the initial network of each run.
        "batch" => PointwiseNorm::Batch {
            frozen: Frozen::Initial { seed: 0 },
        },
        other => {
            let fault = Fault::UnknownName {
                what: "kind of norm",
                name: other.to_string(),
            };
            return Err(Mistake::new(fault, name.span())
                .label(format!("expected one of {}", list(&KNOWN)))
                .help(remedy(other, "norm", &KNOWN)));
        }
    })
}
