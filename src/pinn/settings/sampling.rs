//! Checks of the settings of points.

use super::SettingsError;
use pinn_geometry::sampling::settings::{AdaptiveMethod, AdaptiveSettings, SamplingSettings};

/// Checks that points can be drawn.
pub(super) fn check(settings: &SamplingSettings) -> Result<(), SettingsError> {
    at_least_one("the number of interior points", settings.interior)?;
    for rows in &settings.conditions {
        at_least_one("the number of points of a condition", *rows)?;
    }
    if let Some(steps) = settings.resample_every {
        at_least_one("the number of steps between resamplings", steps)?;
    }
    match &settings.adaptive {
        Some(_) if settings.resample_every.is_some() => Err(SettingsError::TwoResamplings),
        Some(adaptive) => check_adaptive(adaptive),
        None => Ok(()),
    }
}

fn check_adaptive(settings: &AdaptiveSettings) -> Result<(), SettingsError> {
    let positive = |x: f64| x > 0.0 && x.is_finite();
    at_least_one(
        "the number of steps between choices of points",
        settings.every,
    )?;
    at_least_one("the number of candidates per point", settings.candidates)?;
    let power = settings.power;
    value(
        "the power of the density",
        power,
        "a positive number",
        positive(power),
    )?;
    // Weights are the inverse of the density.
    let (expected, least) = match settings.method {
        AdaptiveMethod::Importance => ("a positive number", f64::MIN_POSITIVE),
        _ => ("0 or a positive number", 0.0),
    };
    let fits = settings.offset >= least && settings.offset.is_finite();
    value("the offset of the density", settings.offset, expected, fits)?;
    if let AdaptiveMethod::RarD { growth, limit } = settings.method {
        value(
            "the growth of the points",
            growth,
            "a positive number",
            positive(growth),
        )?;
        let fits = limit >= 1.0 && limit.is_finite();
        value("the limit of the points", limit, "at least 1", fits)?;
    }
    Ok(())
}

fn at_least_one(what: &str, found: usize) -> Result<(), SettingsError> {
    value(what, found as f64, "at least 1", found >= 1)
}

fn value(what: &str, found: f64, expected: &'static str, fits: bool) -> Result<(), SettingsError> {
    match fits {
        true => Ok(()),
        false => Err(SettingsError::Value {
            what: what.to_string(),
            expected,
            found,
        }),
    }
}
