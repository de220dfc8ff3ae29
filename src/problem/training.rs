//! `[[train]]`: optimisers and when they end, with defaults and bounds.

use super::bounds::{STEPS, count, inside, number};
use super::mistake::{Checked, Fault, Mistake};
use super::quantity::{Expected, quantity};
use super::suggest::{list, remedy};
use super::wire::TrainEntry;
use pinn_core::settings::{LayerRates, OptimiserSettings, Phase, Schedule};
use pinn_units::Dimensions;
use std::ops::RangeInclusive;
use toml::Spanned;

const HISTORY: RangeInclusive<usize> = 1..=1000;
const MAX_PHASES: usize = 100;

/// Phases that serve most problems: Adam leaves the start behind, a second method converges. Gauss–Newton where it can
/// use the digits and its matrices are small, L-BFGS elsewhere.
pub(super) fn usual_phases(second_order: bool) -> Vec<Phase> {
    let phase = |optimiser, steps| Phase {
        optimiser,
        steps,
        target_loss: None,
        max_seconds: None,
        stagnation: None,
    };
    let adam = OptimiserSettings::Adam {
        learning_rate: 2e-3,
        schedule: Schedule::Cosine { floor: 0.01 },
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        layer_rates: LayerRates::Equal,
    };
    if second_order {
        let newton = OptimiserSettings::GaussNewton {
            gradient_tolerance: 0.0,
        };
        let stagnation = Some(20);
        let newton = Phase {
            stagnation,
            ..phase(newton, 300)
        };
        return vec![phase(adam, 300), newton];
    }
    let lbfgs = OptimiserSettings::Lbfgs {
        history: 50,
        gradient_tolerance: 1e-9,
    };
    vec![phase(adam, 2000), phase(lbfgs, 2000)]
}

pub(super) fn phases(
    train: &Spanned<Vec<Spanned<TrainEntry>>>,
    normed: bool,
    text: &str,
) -> Checked<Vec<Phase>> {
    let phases = train.get_ref();
    inside(phases.len(), "the number of phases", 1..=MAX_PHASES, train)?;
    phases
        .iter()
        .map(|phase| self::phase(phase.get_ref(), normed, text))
        .collect()
}

/// Optimisers and the keys that each takes beside `optimiser`, `steps` and the other stopping rules.
const OPTIMISERS: [(&str, &[&str]); 7] = [
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
fn phase(entry: &TrainEntry, normed: bool, text: &str) -> Checked<Phase> {
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
    let optimiser = match name {
        "lbfgs" => OptimiserSettings::Lbfgs {
            history: count(&entry.history, "history", 50, HISTORY)?,
            gradient_tolerance: tolerance(1e-9)?,
        },
        "gauss-newton" => OptimiserSettings::GaussNewton {
            gradient_tolerance: tolerance(0.0)?,
        },
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
    };
    let max_seconds = match &entry.max_time {
        None => None,
        Some(time) => {
            let expected = Expected::amount("max_time", Dimensions::TIME);
            let (seconds, _) = quantity(time, expected, text)?;
            Some(inside(
                seconds,
                "`max_time`",
                f64::MIN_POSITIVE..=f64::MAX,
                time,
            )?)
        }
    };
    let target_loss = match &entry.target_loss {
        None => None,
        Some(target) => Some(inside(
            *target.get_ref(),
            "`target_loss`",
            f64::MIN_POSITIVE..=f64::MAX,
            target,
        )?),
    };
    Ok(Phase {
        optimiser,
        steps: inside(*entry.steps.get_ref(), "`steps`", STEPS, &entry.steps)?,
        target_loss,
        max_seconds,
        stagnation: match &entry.stagnation {
            Some(most) => Some(inside(*most.get_ref(), "`stagnation`", STEPS, most)?),
            None => None,
        },
    })
}

fn schedule(entry: &TrainEntry) -> Checked<Schedule> {
    let known = ["constant", "exponential", "cosine"];
    let name = entry
        .schedule
        .as_ref()
        .map_or("constant", |s| s.get_ref().as_str());
    let belongs = |key: &str, span: Option<std::ops::Range<usize>>, allowed: bool| match span {
        Some(span) if !allowed => {
            let fault = Fault::ForeignKey {
                key: key.to_string(),
                to: format!("the schedule `{name}`"),
            };
            Err(Mistake::new(fault, span).help("set `schedule`, or remove the key"))
        }
        _ => Ok(()),
    };
    belongs(
        "floor",
        entry.floor.as_ref().map(Spanned::span),
        name == "cosine",
    )?;
    let exponential = name == "exponential";
    belongs(
        "decay",
        entry.decay.as_ref().map(Spanned::span),
        exponential,
    )?;
    belongs(
        "every",
        entry.every.as_ref().map(Spanned::span),
        exponential,
    )?;
    match (name, &entry.schedule) {
        ("cosine", _) => Ok(Schedule::Cosine {
            floor: number(&entry.floor, "floor", 0.01, 0.0..=1.0)?,
        }),
        ("exponential", _) => Ok(Schedule::Exponential {
            decay: number(&entry.decay, "decay", 0.9, f64::MIN_POSITIVE..=1.0)?,
            every: count(&entry.every, "every", 1000, STEPS)?,
        }),
        ("constant", _) | (_, None) => Ok(Schedule::Constant),
        (_, Some(given)) => {
            let fault = Fault::UnknownName {
                what: "schedule",
                name: name.to_string(),
            };
            Err(Mistake::new(fault, given.span())
                .label(format!("expected one of {}", list(&known)))
                .help(remedy(name, "schedule", &known)))
        }
    }
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
            .label("there is no norm to adjust to")
            .help(
                "norms read layers in place `pre` or `peri`, as in `norm = { kind = \"layer\", place = \"pre\" }` of \
                 `[network]`, with `weights = \"plain\"`; or remove the key",
            )),
        name => {
            let fault = Fault::UnknownName {
                what: "choice of layer rates",
                name: name.to_string(),
            };
            Err(Mistake::new(fault, given.span())
                .label(format!("expected one of {}", list(&known)))
                .help(remedy(name, "choice of layer rates", &known)))
        }
    }
}

fn foreign_keys(entry: &TrainEntry, name: &str, keys: &[&str]) -> Checked<()> {
    fn span<T>(key: &Option<Spanned<T>>) -> Option<std::ops::Range<usize>> {
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
