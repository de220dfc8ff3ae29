//! Sampling and training, with defaults and bounds.

use super::conditions::Entry;
use super::loss;
use super::mistake::{Checked, Fault, Mistake};
use super::network::{network, parameters};
use super::quantity::{Expected, quantity};
use super::ranges::family;
use super::suggest::{list, remedy};
use super::wire::{ProblemFile, TrainEntry};
use crate::pinn::domain::Domain;
use crate::pinn::family::Ranged;
use crate::pinn::hyper::HyperError;
use crate::pinn::network::WeightForm;
use crate::pinn::settings::{
    OptimiserSettings, Phase, Precision, SamplingSettings, Schedule, Settings,
};
use crate::units::{Declared, Dimensions};
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;

/// Bounds that keep a slip of the pen from filling the memory.
const POINTS: RangeInclusive<usize> = 1..=100_000_000;
const STEPS: RangeInclusive<usize> = 1..=1_000_000_000;
const HISTORY: RangeInclusive<usize> = 1..=1000;
const THREADS: RangeInclusive<usize> = 0..=1024;
const MAX_PHASES: usize = 100;
/// Networks up to this size are trained by Gauss–Newton unless the file says otherwise: a step forms and factors
/// a matrix of this order.
const SECOND_ORDER_LIMIT: usize = 3000;

pub(super) fn settings(
    file: &ProblemFile,
    ranges: &[(Ranged, Range<usize>)],
    equations: usize,
    conditions: &[Entry],
    declared: &Declared,
    domain: &Domain,
    text: &str,
) -> Checked<Settings> {
    let family = family(file, ranges)?;
    let sampling = sampling(file, family.is_some(), conditions)?;
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
    let small = parameters(&network, declared) <= SECOND_ORDER_LIMIT && family.is_none();
    Ok(Settings {
        seed: file.seed,
        precision: file.precision,
        threads: count(&file.threads, "threads", 0, THREADS)?,
        network,
        family,
        sampling,
        residual_norm: loss::norm(file, equations),
        point_weights: loss::points(file, domain)?,
        condition_weights: weights.collect::<Checked<_>>()?,
        phases: match &file.train {
            Some(train) => phases(train, text)?,
            None => usual_phases(small && file.precision == Precision::F64),
        },
    })
}

fn sampling(file: &ProblemFile, family: bool, conditions: &[Entry]) -> Checked<SamplingSettings> {
    // Of a family at each of its values, most of which the network shares.
    let (usual_interior, usual_condition) = if family { (256, 32) } else { (2048, 256) };
    let entry = file.sampling.as_ref();
    let usual = count(
        &entry.and_then(|s| s.condition.clone()),
        "condition",
        usual_condition,
        POINTS,
    )?;
    let points = conditions
        .iter()
        .map(|c| count(&c.points, "points", usual, POINTS));
    let resample = entry.and_then(|s| s.resample_every.clone());
    Ok(SamplingSettings {
        method: entry.map(|s| s.method).unwrap_or_default(),
        interior: count(
            &entry.and_then(|s| s.interior.clone()),
            "interior",
            usual_interior,
            POINTS,
        )?,
        conditions: points.collect::<Checked<_>>()?,
        resample_every: match &resample {
            Some(every) => Some(inside(*every.get_ref(), "`resample_every`", STEPS, every)?),
            None => None,
        },
    })
}

/// What serves most problems: Adam leaves the start behind, a second method converges. Gauss–Newton where it can
/// use the digits and its matrices are small, L-BFGS elsewhere.
fn usual_phases(second_order: bool) -> Vec<Phase> {
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

fn phases(train: &Spanned<Vec<Spanned<TrainEntry>>>, text: &str) -> Checked<Vec<Phase>> {
    let phases = train.get_ref();
    inside(phases.len(), "the number of phases", 1..=MAX_PHASES, train)?;
    phases
        .iter()
        .map(|phase| self::phase(phase.get_ref(), text))
        .collect()
}

/// Optimisers and the keys that each takes beside `optimiser`, `steps` and the other stopping rules.
const OPTIMISERS: [(&str, &[&str]); 6] = [
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
        ],
    ),
];

fn phase(entry: &TrainEntry, text: &str) -> Checked<Phase> {
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
