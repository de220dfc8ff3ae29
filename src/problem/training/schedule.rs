//! Learning rates over the steps of a phase.

use crate::bounds::{STEPS, count, number};
use crate::mistake::{Checked, Fault, Mistake};
use crate::suggest::{list, remedy};
use crate::wire::TrainEntry;
use pinn_core::settings::Schedule;
use std::ops::Range;
use toml::Spanned;

pub(super) fn schedule(entry: &TrainEntry) -> Checked<Schedule> {
    let known = ["constant", "exponential", "cosine"];
    let name = entry
        .schedule
        .as_ref()
        .map_or("constant", |s| s.get_ref().as_str());
    let belongs = |key: &str, span: Option<Range<usize>>, allowed: bool| match span {
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
