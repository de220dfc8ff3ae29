//! `optuna.jsonl`: all trainings as a journal of Optuna (`JournalFileBackend` of version 4 and later), which
//! optuna-dashboard opens. One study per length of training, since their values cannot be compared.

use crate::{Ending, SearchReport, Space, Trial};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::time::{Duration, SystemTime};

/// Operation codes and states of `optuna.storages.journal`.
const CREATE_STUDY: u32 = 0;
const SET_STUDY_SYSTEM_ATTRIBUTE: u32 = 3;
const CREATE_TRIAL: u32 = 4;
const MINIMIZE: u32 = 1;
const COMPLETE: u32 = 1;
const FAILED: u32 = 3;
const WORKER: &str = "pinn";

pub(super) fn write(
    report: &SearchReport,
    space: &Space,
    trials: &[Trial],
    to: &mut dyn Write,
) -> io::Result<()> {
    let mut divisors: Vec<usize> = trials.iter().map(|t| t.divisor).collect();
    divisors.sort_unstable();
    divisors.dedup();
    for (study, divisor) in divisors.into_iter().rev().enumerate() {
        let name = match divisor {
            1 => format!("{}: whole training", report.problem),
            n => format!("{}: 1/{n} of the training", report.problem),
        };
        let own: Vec<&Trial> = trials.iter().filter(|t| t.divisor == divisor).collect();
        line(
            to,
            CREATE_STUDY,
            &json!({ "study_name": name, "directions": vec![MINIMIZE; 3] }),
        )?;
        let names = json!({ "study:metric_names": report.objectives });
        let names = json!({ "study_id": study, "system_attr": names });
        line(to, SET_STUDY_SYSTEM_ATTRIBUTE, &names)?;
        let choices = choices(space.slots(), &own);
        for trial in own {
            line(to, CREATE_TRIAL, &entry(study, trial, &choices))?;
        }
    }
    Ok(())
}

fn line(to: &mut dyn Write, code: u32, fields: &Value) -> io::Result<()> {
    let mut all = json!({ "op_code": code, "worker_id": WORKER });
    if let (Some(all), Some(fields)) = (all.as_object_mut(), fields.as_object()) {
        all.extend(fields.clone());
    }
    writeln!(to, "{all}")
}

/// Choice of every slot of a configuration: its name is a list of them, or `none` for none in any.
fn slots(name: &str, count: usize) -> Vec<String> {
    match name.split(", ").collect::<Vec<_>>() {
        parts if parts.len() == count => parts.into_iter().map(str::to_string).collect(),
        _ => vec![name.to_string(); count],
    }
}

/// Choices of each slot in all trials, in the order of appearance.
fn choices(count: usize, trials: &[&Trial]) -> Vec<Vec<String>> {
    let mut choices = vec![Vec::new(); count];
    for trial in trials {
        for (known, choice) in choices.iter_mut().zip(slots(&trial.name, count)) {
            if !known.contains(&choice) {
                known.push(choice);
            }
        }
    }
    choices
}

fn entry(study: usize, trial: &Trial, choices: &[Vec<String>]) -> Value {
    let parameter = |slot: usize| match choices.len() {
        1 => "norm".to_string(),
        _ => format!("norm of layer {}", slot + 1),
    };
    let (mut distributions, mut parameters) = (json!({}), json!({}));
    let chosen = slots(&trial.name, choices.len());
    for (slot, (known, choice)) in choices.iter().zip(&chosen).enumerate() {
        let attributes = json!({ "choices": known });
        let distribution = json!({ "name": "CategoricalDistribution", "attributes": attributes });
        // Optuna stores the distribution as JSON within JSON, and the choice by its number.
        distributions[parameter(slot)] = distribution.to_string().into();
        let number = known.iter().position(|k| k == choice).unwrap_or(0);
        parameters[parameter(slot)] = number.into();
    }
    let (state, values) = match trial.objectives.is_finite() {
        true => (COMPLETE, json!(trial.objectives.values())),
        false => (FAILED, Value::Null),
    };
    let ended = SystemTime::UNIX_EPOCH + Duration::from_secs(trial.ended);
    let began = ended
        .checked_sub(Duration::from_secs_f64(trial.seconds.max(0.0)))
        .unwrap_or(ended);
    let reason = match &trial.ending {
        Ending::Finished => Value::Null,
        Ending::Diverged { residual, .. } => format!("diverged in `{residual}`").into(),
        Ending::Failed { reason } => reason.clone().into(),
    };
    json!({
        "study_id": study,
        "datetime_start": timestamp(began),
        "datetime_complete": timestamp(ended),
        "state": state,
        "value": null,
        "values": values,
        "distributions": distributions,
        "params": parameters,
        "user_attrs": {
            "seed": trial.seed,
            "steps": trial.steps,
            "seconds": trial.seconds,
            "relative L2 error": trial.error,
            "reason": reason,
        },
        "system_attrs": {},
        "intermediate_values": {},
    })
}

/// As Python's `datetime.fromisoformat` reads it, also before version 3.11.
fn timestamp(at: SystemTime) -> String {
    let text = humantime::format_rfc3339_micros(at).to_string();
    text.replace('Z', "+00:00")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Configuration, Objectives, Unit};

    #[test]
    fn choices_are_numbers_into_lists_and_failures_have_no_values() {
        let trial = |name: &str, residual: f64| {
            let mut configuration = Configuration::none();
            configuration.name = name.to_string();
            let unit = Unit {
                configuration,
                divisor: 3,
                seed: 1,
            };
            let mut trial = unit.failed("nothing");
            trial.ended = 1_800_000_000;
            trial.seconds = 0.5;
            if residual.is_finite() {
                trial.objectives = Objectives {
                    residual,
                    unsteadiness: 0.5,
                    cost: 1.0,
                };
            }
            trial
        };
        let trials = [
            trial("none", -3.0),
            trial("none, rms/pre/1", -4.0),
            trial("layer/pre/1, rms/pre/1", f64::INFINITY),
        ];
        let all: Vec<&Trial> = trials.iter().collect();
        let choices = choices(2, &all);
        assert_eq!(
            choices,
            [vec!["none", "layer/pre/1"], vec!["none", "rms/pre/1"]]
        );
        let entries: Vec<Value> = all.iter().map(|t| entry(7, t, &choices)).collect();
        assert_eq!(
            entries[1]["params"],
            json!({ "norm of layer 1": 0, "norm of layer 2": 1 })
        );
        assert_eq!(entries[1]["values"], json!([-4.0, 0.5, 1.0]));
        assert_eq!(
            entries[1]["datetime_complete"],
            "2027-01-15T08:00:00.000000+00:00"
        );
        assert_eq!(
            entries[1]["datetime_start"],
            "2027-01-15T07:59:59.500000+00:00"
        );
        assert_eq!(
            (&entries[2]["state"], &entries[2]["values"]),
            (&json!(3), &Value::Null)
        );
    }
}
