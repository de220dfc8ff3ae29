//! Claim: LayerNorm after a biased layer makes the size of generated weights independent of the size of the input.

use super::{Case, Finding, Measurement, Study, StudyError, Table};
use pinn_core::session::{Model, session};
use pinn_core::settings::{FamilyMethod, LayerRates, OptimiserSettings, Phase, Schedule};
use pinn_equations::registry::Registry;
use pinn_expr::show_number;
use pinn_hyper::Hypernetwork;
use pinn_hyper::settings::HypernetworkSettings;
use pinn_problem::Problem;
use std::sync::atomic::AtomicBool;

/// Study of the inputs of a hypernetwork.
///
/// It measures the sizes of generated weights, and the distances between those of two members, while the
/// input is multiplied by 0.01 to 100.
pub struct HypernetworkStudy;

const FAMILY: &str = include_str!("../problems/thermal-family.toml");

/// Codes, with their harmonics.
const RAW: &str = "plain number";
const CODES: [(&str, usize); 2] = [(RAW, 0), ("cosine and sine", 1)];
const STAGES: [&str; 2] = ["at the start", "trained"];
const SIZE: &str = "size";
const DISTANCE: &str = "distance";

/// Treatments: (name, LayerNorm, bias).
const TREATMENTS: [(&str, bool, bool); 4] = [
    (NORM, true, true),
    (NO_BIAS, true, false),
    (NO_NORM, false, true),
    ("no norm, no bias", false, false),
];
const NORM: &str = "LayerNorm";
const NO_BIAS: &str = "LayerNorm, no bias";
const NO_NORM: &str = "no norm";

/// Half decades from 0.01 to 100.
const HALF_DECADES: usize = 8;
/// Places of the two members in the range.
const PLACES: [f64; 2] = [0.25, 0.75];
/// Largest insignificant relative movement of the size.
const STILL: f64 = 0.05;
/// Smallest relative distance at which members count as distinct.
const DISTINCT: f64 = 1e-2;
/// Largest relative distance at which members count as equal.
const ERASED: f64 = 1e-4;

fn setting(code: &str, stage: &str, what: &str) -> String {
    format!("{code}, {stage}: {what}")
}

impl Study for HypernetworkStudy {
    fn name(&self) -> &'static str {
        "hypernetwork"
    }

    fn claim(&self) -> &'static str {
        "LayerNorm inside a hypernetwork, after a layer with a bias, makes the size of the generated weights \
         independent of the size of its input; without the bias it erases a parameter that comes as one number."
    }

    fn error(&self) -> &'static str {
        "movement of the generated weights' RMS, or smallest distance of two members over it"
    }

    fn horizontal(&self) -> &'static str {
        "factor on the input: half decades from 0.01"
    }

    fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for (code, _) in CODES {
            for stage in STAGES {
                for what in [SIZE, DISTANCE] {
                    let treatments = TREATMENTS.iter().map(|(treatment, _, _)| Case {
                        setting: setting(code, stage, what),
                        treatment: treatment.to_string(),
                    });
                    cases.extend(treatments);
                }
            }
        }
        cases
    }

    fn steps(&self, quick: bool) -> usize {
        if quick { 10 } else { 300 }
    }

    fn measure(
        &self,
        case: &Case,
        seed: u64,
        steps: usize,
        stop: &AtomicBool,
    ) -> Result<Measurement, StudyError> {
        let harmonics = CODES
            .iter()
            .find(|(code, _)| case.setting.starts_with(code));
        let treatment = TREATMENTS
            .iter()
            .find(|(name, _, _)| *name == case.treatment);
        let (_, norm, bias) = treatment.unwrap_or(&TREATMENTS[0]);
        let settings = HypernetworkSettings {
            harmonics: harmonics.map_or(1, |(_, harmonics)| *harmonics),
            norm: *norm,
            bias: *bias,
            ..HypernetworkSettings::default()
        };
        let trained = case.setting.contains(STAGES[1]);
        let steps = if trained { steps } else { 0 };
        let (hyper, parameters) = parameters(settings, seed, steps, stop)?;
        let [one, other] = PLACES.map(|place| code(&hyper, place));
        let mut curve = Vec::new();
        for number in 0..=HALF_DECADES {
            let factor = 10f64.powf(-2.0 + 0.5 * number as f64);
            let generated = |code: &[f64]| {
                let code: Vec<f64> = code.iter().map(|c| c * factor).collect();
                let theta = hyper.generate_from_code(&parameters, &code);
                let base = hyper.base(&parameters);
                let rest = theta.iter().zip(base).map(|(theta, base)| theta - base);
                rest.collect::<Vec<f64>>()
            };
            let (a, b) = (generated(&one), generated(&other));
            let difference: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
            curve.push(match case.setting.ends_with(SIZE) {
                true => (number, rms(&a)),
                false => (number, rms(&difference) / rms(&a)),
            });
        }
        let values = curve.iter().map(|(_, value)| *value);
        let least = values.clone().fold(f64::INFINITY, f64::min);
        let most = values.fold(0.0, f64::max);
        let error = match case.setting.ends_with(SIZE) {
            true => most / least - 1.0,
            false => least,
        };
        Ok(Measurement { error, curve })
    }

    fn judge(&self, table: &Table) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut add = |expected: String, found: f64, limit: f64, below: bool| {
            findings.push(Finding {
                expected,
                measured: show_number(format!("{found:.2e}").parse().unwrap_or(found)),
                supported: if below { found < limit } else { found > limit },
            });
        };
        for (code, _) in CODES {
            for stage in STAGES {
                let find = |what: &str, treatment: &str| {
                    table.median(&setting(code, stage, what), treatment)
                };
                let (with, without) = (find(SIZE, NORM), find(SIZE, NO_NORM));
                if stage == STAGES[0] {
                    let expected = format!("{code}, {stage}: the size moves less than {STILL}");
                    add(expected, with, STILL, true);
                }
                let expected = format!("{code}, {stage}: it moves more without norm ({with:.1e})");
                add(expected, without, with, false);
                if code == RAW {
                    let control = find(DISTANCE, NO_BIAS);
                    let expected = format!("{code}, {stage}: no bias, and members are the same");
                    add(expected, control, ERASED, true);
                } else {
                    let distance = find(DISTANCE, NORM);
                    let expected = format!("{code}, {stage}: members differ by {DISTINCT}");
                    add(expected, distance, DISTINCT, false);
                }
            }
        }
        findings
    }
}

/// The hypernetwork of the plate over its conductivity, and its parameters after some steps.
fn parameters(
    settings: HypernetworkSettings,
    seed: u64,
    steps: usize,
    stop: &AtomicBool,
) -> Result<(Hypernetwork, Vec<f64>), StudyError> {
    // Only one parameter varies: the bath stays constant.
    let text = FAMILY.replace(
        "h = { from = \"200 W/(m^2 K)\", to = \"800 W/(m^2 K)\" }",
        "h = \"500 W/(m^2 K)\"",
    );
    let mut problem = Problem::parse("plate", text, &Registry::builtin())?;
    problem.settings.seed = seed;
    problem.settings.threads = 1;
    problem.settings.sampling.interior = 32;
    problem.settings.sampling.conditions.fill(8);
    problem.settings.phases = vec![Phase {
        optimiser: OptimiserSettings::Adam {
            learning_rate: 3e-3,
            schedule: Schedule::Constant,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            layer_rates: LayerRates::Equal,
        },
        steps,
        target_loss: None,
        max_seconds: None,
        stagnation: None,
    }];
    if let Some(family) = &mut problem.settings.family {
        family.values = 8;
        family.method = FamilyMethod::Hypernetwork(settings);
    }
    let (statement, settings) = (problem.trained(), &problem.settings);
    let model = Model::new(statement, settings)?;
    let parameters = model.initialise(seed);
    let Some(hyper) = model.hypernetwork else {
        unreachable!("the file has a range, and the method is a hypernetwork");
    };
    if steps == 0 {
        return Ok((hyper, parameters));
    }
    let mut session = session(statement, settings)?;
    session.train(&mut (), stop)?;
    Ok((hyper, session.parameter_values()))
}

/// Code of a place in the range.
fn code(hyper: &Hypernetwork, place: f64) -> Vec<f64> {
    let encoding = hyper.encoding();
    let mut code = vec![0.0; encoding.width()];
    encoding.encode_places(&[place], &mut code);
    code
}

fn rms(values: &[f64]) -> f64 {
    let squares: f64 = values.iter().map(|x| x * x).sum();
    (squares / values.len().max(1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_norm_keeps_the_size_and_the_bias_keeps_the_parameter() {
        let never = AtomicBool::new(false);
        let measured = |code: &str, what: &str, treatment: &str| {
            let case = Case {
                setting: setting(code, STAGES[0], what),
                treatment: treatment.to_string(),
            };
            HypernetworkStudy
                .measure(&case, 1, 1, &never)
                .unwrap()
                .error
        };
        let circle = CODES[1].0;
        assert!(measured(circle, SIZE, NORM) < STILL);
        assert!(measured(circle, DISTANCE, NORM) > DISTINCT);
        assert!(measured(RAW, DISTANCE, NO_BIAS) < ERASED);
        assert!(measured(RAW, SIZE, "no norm, no bias") > 10.0);
    }
}
