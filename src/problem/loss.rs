//! Weights in the loss.

use super::bounds::{count, number};
use super::mistake::{Checked, Fault, Mistake};
use super::suggest::{list, remedy};
use super::wire::{PointsEntry, ProblemFile};
use pinn_core::settings::{PointWeights, ResidualNormChoice, SettingsError};
use pinn_geometry::domain::Domain;
use pinn_geometry::sampling::settings::SamplingSettings;
use toml::Spanned;

/// The residual norm of the file, or the default for so many equations.
pub(super) fn norm(file: &ProblemFile, equations: usize) -> ResidualNormChoice {
    let chosen = file.loss.as_ref().and_then(|loss| loss.residual_norm);
    let usual = match file.data.is_empty() {
        true => ResidualNormChoice::usual(equations),
        // The noise weighs measurements, and they the equations.
        false => ResidualNormChoice::None,
    };
    chosen.unwrap_or(usual)
}

/// Methods and the keys that each takes besides `method`.
const METHODS: [(&str, &[&str]); 4] = [
    ("none", &[]),
    ("self-adaptive", &["rate"]),
    ("attention", &["rate", "decay"]),
    ("causal", &["strength", "chunks"]),
];

pub(super) fn points(
    file: &ProblemFile,
    domain: &Domain,
    sampling: &SamplingSettings,
) -> Checked<PointWeights> {
    let entry = file.loss.as_ref().and_then(|loss| loss.points.as_ref());
    let Some(entry) = entry else {
        return Ok(PointWeights::None);
    };
    let name = entry.method.get_ref().as_str();
    let Some((_, keys)) = METHODS.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = METHODS.iter().map(|(name, _)| *name).collect();
        let fault = Fault::UnknownName {
            what: "method",
            name: name.to_string(),
        };
        return Err(Mistake::new(fault, entry.method.span())
            .label(format!("expected one of {}", list(&known)))
            .help(remedy(name, "method", &known)));
    };
    foreign_keys(entry, name, keys)?;
    let positive = f64::MIN_POSITIVE..=1e6;
    let weights = match name {
        "self-adaptive" => PointWeights::SelfAdaptive {
            rate: number(&entry.rate, "rate", 0.1, positive)?,
        },
        "attention" => PointWeights::Attention {
            rate: number(&entry.rate, "rate", 0.01, positive)?,
            decay: number(&entry.decay, "decay", 0.999, 0.0..=0.999_999_9)?,
        },
        "causal" => PointWeights::Causal {
            strength: number(&entry.strength, "strength", 1.0, positive)?,
            chunks: count(&entry.chunks, "chunks", 32, 1..=100_000)?,
        },
        _ => PointWeights::None,
    };
    let mistake = |error| Mistake::new(Fault::Settings(error), entry.method.span());
    if matches!(weights, PointWeights::Causal { .. }) && domain.time.is_none() {
        return Err(mistake(SettingsError::NoTime));
    }
    let loss = file.loss.as_ref();
    let norm = loss.and_then(|loss| loss.residual_norm).unwrap_or_default();
    weights.check(norm, sampling.moving()).map_err(mistake)?;
    Ok(weights)
}

fn foreign_keys(entry: &PointsEntry, name: &str, keys: &[&str]) -> Checked<()> {
    let given = [
        ("rate", entry.rate.as_ref().map(Spanned::span)),
        ("decay", entry.decay.as_ref().map(Spanned::span)),
        ("strength", entry.strength.as_ref().map(Spanned::span)),
        ("chunks", entry.chunks.as_ref().map(Spanned::span)),
    ];
    for (key, span) in given {
        if let Some(span) = span
            && !keys.contains(&key)
        {
            let fault = Fault::ForeignKey {
                key: key.to_string(),
                to: format!("the method `{name}`"),
            };
            let label = match keys {
                [] => "this method takes no numbers".to_string(),
                keys => format!("this method takes {}", list(keys)),
            };
            return Err(Mistake::new(fault, span)
                .label(label)
                .help("remove the key, or choose another method"));
        }
    }
    Ok(())
}
