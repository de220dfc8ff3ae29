//! Optimisers and the keys that each takes.

use super::schedule::schedule;
use crate::bounds::{STEPS, count, number};
use crate::mistake::{Checked, Fault, Mistake};
use crate::suggest::{list, remedy};
use crate::wire::TrainEntry;
use pinn_core::settings::{LayerRates, OptimiserSettings};
use std::ops::{Range, RangeInclusive};
use toml::Spanned;

const HISTORY: RangeInclusive<usize> = 1..=1000;

/// Optimisers and the keys that each takes besides `optimiser`, `steps` and the stopping rules.
const OPTIMISERS: [(&str, &[&str]); 8] = [
    (
        "adam",
        &[
            "learning_rate",
            "schedule",
            "floor",
            "decay",
            "every",
            "beta1",
            "beta2",
            "epsilon",
            "layer_rates",
        ],
    ),
    (
        "sgd",
        &[
            "learning_rate",
            "schedule",
            "floor",
            "decay",
            "every",
            "momentum",
            "layer_rates",
        ],
    ),
    ("lbfgs", &["history", "gradient_tolerance"]),
    ("ssbfgs", &["gradient_tolerance"]),
    ("ssbroyden", &["gradient_tolerance"]),
    ("gauss-newton", &["gradient_tolerance"]),
    ("least-squares", &[]),
    (
        "soap",
        &[
            "learning_rate",
            "schedule",
            "floor",
            "decay",
            "every",
            "beta1",
            "beta2",
            "epsilon",
            "refresh",
            "layer_rates",
        ],
    ),
];

/// `normed`: a norm reads layers of the network.
pub(super) fn optimiser(entry: &TrainEntry, normed: bool) -> Checked<OptimiserSettings> {
    let name = entry.optimiser.get_ref().as_str();
    let Some((_, keys)) = OPTIMISERS.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = OPTIMISERS.iter().map(|(name, _)| *name).collect();
        let fault = Fault::UnknownName {
            what: "optimiser",
            name: name.to_string(),
        };
        return Err(Mistake::new(fault, entry.optimiser.span())
            .label(format!("expected one of {}", list(&known)))
            .help(remedy(name, "optimiser", &known)));
    };
    foreign_keys(entry, name, keys)?;
    let positive = f64::MIN_POSITIVE..=1e6;
    let tolerance = |default| {
        let given = &entry.gradient_tolerance;
        number(given, "gradient_tolerance", default, 0.0..=1e6)
    };
    Ok(match name {
        "lbfgs" => OptimiserSettings::Lbfgs {
            history: count(&entry.history, "history", 50, HISTORY)?,
            gradient_tolerance: tolerance(1e-9)?,
        },
        "gauss-newton" => OptimiserSettings::GaussNewton {
            gradient_tolerance: tolerance(0.0)?,
        },
        "least-squares" => OptimiserSettings::LeastSquares,
        "ssbfgs" => OptimiserSettings::Ssbfgs {
            gradient_tolerance: tolerance(0.0)?,
        },
        "ssbroyden" => OptimiserSettings::Ssbroyden {
            gradient_tolerance: tolerance(0.0)?,
        },
        "soap" => OptimiserSettings::Soap {
            learning_rate: number(
                &entry.learning_rate,
                "learning_rate",
                3e-3,
                positive.clone(),
            )?,
            schedule: schedule(entry)?,
            beta1: number(&entry.beta1, "beta1", 0.95, 0.0..=0.999_999)?,
            beta2: number(&entry.beta2, "beta2", 0.95, 0.0..=0.999_999_9)?,
            epsilon: number(&entry.epsilon, "epsilon", 1e-8, positive)?,
            refresh: count(&entry.refresh, "refresh", 10, STEPS)?,
            layer_rates: layer_rates(entry, normed)?,
        },
        "sgd" => OptimiserSettings::Sgd {
            learning_rate: number(&entry.learning_rate, "learning_rate", 1e-2, positive)?,
            schedule: schedule(entry)?,
            momentum: number(&entry.momentum, "momentum", 0.0, 0.0..=0.999_999)?,
            layer_rates: layer_rates(entry, normed)?,
        },
        _ => OptimiserSettings::Adam {
            learning_rate: number(
                &entry.learning_rate,
                "learning_rate",
                1e-3,
                positive.clone(),
            )?,
            schedule: schedule(entry)?,
            beta1: number(&entry.beta1, "beta1", 0.9, 0.0..=0.999_999)?,
            beta2: number(&entry.beta2, "beta2", 0.999, 0.0..=0.999_999_9)?,
            epsilon: number(&entry.epsilon, "epsilon", 1e-8, positive)?,
            layer_rates: layer_rates(entry, normed)?,
        },
    })
}

fn layer_rates(entry: &TrainEntry, normed: bool) -> Checked<LayerRates> {
    let known = ["equal", "by-norm"];
    let Some(given) = &entry.layer_rates else {
        return Ok(LayerRates::Equal);
    };
    match given.get_ref().as_str() {
        "equal" => Ok(LayerRates::Equal),
        "by-norm" if normed => Ok(LayerRates::ByNorm),
        "by-norm" => Err(Mistake::new(Fault::NoNormedLayer, given.span())
            .label("no norm to follow")
            .help(
                "norms read layers in place `pre` or `peri`, as in `norm = { kind = \"layer\", place = \"pre\" }` of \
                 `[network]`, with `weights = \"plain\"`; or remove the key",
            )),
        name => {
            let fault = Fault::UnknownName {
                what: "rule for layer rates",
                name: name.to_string(),
            };
            Err(Mistake::new(fault, given.span())
                .label(format!("expected one of {}", list(&known)))
                .help(remedy(name, "rule for layer rates", &known)))
        }
    }
}

fn foreign_keys(entry: &TrainEntry, name: &str, keys: &[&str]) -> Checked<()> {
    fn span<T>(key: &Option<Spanned<T>>) -> Option<Range<usize>> {
        key.as_ref().map(Spanned::span)
    }
    let given = [
        ("learning_rate", span(&entry.learning_rate)),
        ("schedule", span(&entry.schedule)),
        ("floor", span(&entry.floor)),
        ("decay", span(&entry.decay)),
        ("every", span(&entry.every)),
        ("beta1", span(&entry.beta1)),
        ("beta2", span(&entry.beta2)),
        ("epsilon", span(&entry.epsilon)),
        ("refresh", span(&entry.refresh)),
        ("momentum", span(&entry.momentum)),
        ("layer_rates", span(&entry.layer_rates)),
        ("history", span(&entry.history)),
        ("gradient_tolerance", span(&entry.gradient_tolerance)),
    ];
    for (key, span) in given {
        if let Some(span) = span
            && !keys.contains(&key)
        {
            let fault = Fault::ForeignKey {
                key: key.to_string(),
                to: format!("the optimiser `{name}`"),
            };
            return Err(Mistake::new(fault, span)
                .label(format!("this optimiser takes {}", list(keys)))
                .help("remove the key, or choose another optimiser"));
        }
    }
    Ok(())
}
