//! `[sampling]`: numbers of points, where they lie closer, and how they follow the residuals.

use super::bounds::{POINTS, STEPS, count, inside, number};
use super::conditions::Entry;
use super::context::Context;
use super::faces::graded;
use super::mistake::{Checked, Fault, Mistake};
use super::suggest::{list, remedy};
use super::wire::{AdaptiveEntry, SamplingEntry};
use pinn_core::settings::{SettingsError, usual};
use pinn_geometry::place::Boundary;
use pinn_geometry::sampling::settings::{AdaptiveMethod, AdaptiveSettings, SamplingSettings};
use std::ops::RangeInclusive;
use toml::Spanned;

const CANDIDATES: RangeInclusive<usize> = 1..=10_000;
const LIMIT: RangeInclusive<f64> = 1.0..=1000.0;

pub(super) fn sampling(
    entry: Option<&SamplingEntry>,
    family: bool,
    conditions: &[Entry],
    context: Context,
) -> Checked<SamplingSettings> {
    let given = |key: fn(&SamplingEntry) -> &Option<Spanned<usize>>| {
        entry.and_then(|entry| key(entry).clone())
    };
    // A family has as many at each of its values, which share most of the network.
    let (usual_interior, usual_condition) = if family {
        usual::FAMILY_POINTS
    } else {
        usual::POINTS
    };
    let usual = count(
        &given(|s| &s.condition),
        "condition",
        usual_condition,
        POINTS,
    )?;
    let interior = count(&given(|s| &s.interior), "interior", usual_interior, POINTS)?;
    let points = conditions.iter().map(|c| match c.condition.place.boundary {
        // Equations like those of the rest of the region.
        Boundary::Part(_) => Ok(interior),
        _ if given(|s| &s.condition).is_none()
            && usual::is_point(&c.condition.place, context.domain) =>
        {
            count(&c.points, "points", 1, POINTS)
        }
        _ => count(&c.points, "points", usual, POINTS),
    });
    let resample_every = match given(|s| &s.resample_every) {
        Some(every) => Some(inside(*every.get_ref(), "`resample_every`", STEPS, &every)?),
        None => None,
    };
    let adaptive = match entry.and_then(|entry| entry.adaptive.as_ref()) {
        Some(adaptive) if family || resample_every.is_some() => {
            let error = match family {
                true => SettingsError::AdaptiveFamily,
                false => SettingsError::TwoResamplings,
            };
            return Err(Mistake::new(Fault::Settings(error), adaptive.span()));
        }
        Some(adaptive) => Some(self::adaptive(adaptive.get_ref())?),
        None => None,
    };
    let graded = match entry.and_then(|entry| entry.graded.as_ref()) {
        Some(faces) => graded(faces, context)?,
        None => Vec::new(),
    };
    Ok(SamplingSettings {
        method: entry.map(|s| s.method).unwrap_or_default(),
        interior,
        conditions: points.collect::<Checked<_>>()?,
        resample_every,
        graded,
        adaptive,
    })
}

const METHODS: [&str; 3] = ["rad", "rar-d", "importance"];

fn adaptive(entry: &AdaptiveEntry) -> Checked<AdaptiveSettings> {
    let positive = f64::MIN_POSITIVE..=1e6;
    let method = match entry.method.get_ref().as_str() {
        "rad" => AdaptiveMethod::Rad,
        "rar-d" => AdaptiveMethod::RarD {
            growth: number(
                &entry.growth,
                "growth",
                AdaptiveMethod::GROWTH,
                positive.clone(),
            )?,
            limit: number(&entry.limit, "limit", AdaptiveMethod::LIMIT, LIMIT)?,
        },
        "importance" => AdaptiveMethod::Importance,
        name => {
            let fault = Fault::UnknownName {
                what: "method",
                name: name.to_string(),
            };
            return Err(Mistake::new(fault, entry.method.span())
                .label(format!("expected one of {}", list(&METHODS)))
                .help(remedy(name, "method", &METHODS)));
        }
    };
    if !matches!(method, AdaptiveMethod::RarD { .. }) {
        for (key, given) in [("growth", &entry.growth), ("limit", &entry.limit)] {
            if let Some(given) = given {
                let fault = Fault::ForeignKey {
                    key: key.to_string(),
                    to: format!("the method `{}`", entry.method.get_ref()),
                };
                return Err(Mistake::new(fault, given.span())
                    .label("this method keeps the number of points")
                    .help("remove the key, or choose `rar-d`"));
            }
        }
    }
    let usual = AdaptiveSettings::usual(method);
    // Weights are one over the density.
    let least = match method {
        AdaptiveMethod::Importance => f64::MIN_POSITIVE,
        _ => 0.0,
    };
    Ok(AdaptiveSettings {
        method,
        every: count(&entry.every, "every", usual.every, STEPS)?,
        candidates: count(
            &entry.candidates,
            "candidates",
            usual.candidates,
            CANDIDATES,
        )?,
        power: number(&entry.power, "power", usual.power, positive)?,
        offset: number(&entry.offset, "offset", usual.offset, least..=1e6)?,
    })
}
