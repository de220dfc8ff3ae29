//! Claim: the gains of a norm are learning rates of the layer before it, and rates that follow the norm undo that.

mod gradients;
mod pupil;

use super::{Case, Finding, Measurement, Study, StudyError, Table};
use gradients::Scaled;
use pinn_core::settings::LayerRates;
use pinn_expr::show_number;
use pinn_statistics::median;
use pupil::{Method, Pupil};
use std::sync::atomic::AtomicBool;

/// Study of the gains of norms.
///
/// It measures the gradients of a network with norms when gains or weights grow, and the number of steps that
/// a normalized layer takes to learn another one's function with gains of different sizes.
pub struct EffectiveLrStudy;

const GRADIENTS: &str = "gradient";
const SCALED: [(&str, Scaled, f64); 4] = [
    ("gains × 10", Scaled::Gains, 10.0),
    ("gains × 0.1", Scaled::Gains, 0.1),
    ("weights × 10", Scaled::Weights, 10.0),
    ("weights × 0.1", Scaled::Weights, 0.1),
];

const GAINS: [f64; 3] = [0.1, 1.0, 10.0];
const ONE_RATE: &str = "gradient descent, one rate";
const BY_NORM: &str = "gradient descent, rates by norm";
const ADAM: &str = "Adam, one rate";
const METHODS: [(&str, Method); 3] = [
    (ONE_RATE, Method::Descent(LayerRates::Equal)),
    (BY_NORM, Method::Descent(LayerRates::ByNorm)),
    (ADAM, Method::Adam),
];

/// Largest insignificant relative deviation of a gradient.
const EXACT: f64 = 1e-5;
/// Ratios of the most to the fewest steps above which they vary, and below which they do not.
const VARIES: f64 = 5.0;
const STEADY: f64 = 1.5;

fn setting(gain: f64) -> String {
    format!("gain {}", show_number(gain))
}

impl Study for EffectiveLrStudy {
    fn name(&self) -> &'static str {
        "effective-lr"
    }

    fn claim(&self) -> &'static str {
        "The gains γ of a norm rescale the learning rate of the layer before it: its gradient grows with γ and falls \
         with the size of its weights W. Rates proportional to ‖W‖²/|γ| make layers with different gains learn \
         alike under gradient descent; Adam cancels γ by itself."
    }

    fn error(&self) -> &'static str {
        "steps to the tolerance; of gradients, the largest relative deviation from the rule"
    }

    fn curve(&self) -> &'static str {
        "mean square of the deviation, in gains"
    }

    fn cases(&self) -> Vec<Case> {
        let case = |setting: &str, treatment: &str| Case {
            setting: setting.to_string(),
            treatment: treatment.to_string(),
        };
        let gradients = SCALED.iter().map(|(name, ..)| case(GRADIENTS, name));
        let pupils = GAINS.iter().flat_map(|gain| {
            let methods = METHODS.iter();
            methods.map(|(name, _)| case(&setting(*gain), name))
        });
        gradients.chain(pupils).collect()
    }

    fn steps(&self, quick: bool) -> usize {
        if quick { 60 } else { 5000 }
    }

    fn measure(
        &self,
        case: &Case,
        seed: u64,
        steps: usize,
        stop: &AtomicBool,
    ) -> Result<Measurement, StudyError> {
        let scaled = SCALED.iter().find(|(name, ..)| *name == case.treatment);
        if let Some((_, what, factor)) = scaled {
            return Ok(Measurement {
                error: gradients::deviation(*what, *factor, seed)?,
                curve: Vec::new(),
            });
        }
        let gain = GAINS
            .into_iter()
            .find(|gain| setting(*gain) == case.setting);
        let method = METHODS.iter().find(|(name, _)| *name == case.treatment);
        let method = method.map_or(Method::Adam, |(_, method)| *method);
        Pupil::new(gain.unwrap_or(1.0), seed).learn(method, steps, stop)
    }

    fn judge(&self, table: &Table) -> Vec<Finding> {
        let gradients = |what: Scaled, rule: &str| {
            let of_it = SCALED.iter().filter(|(_, scaled, _)| *scaled == what);
            let errors = of_it.flat_map(|(name, ..)| table.errors(GRADIENTS, name));
            let worst = errors.fold(0.0, |a: f64, e| if e.is_nan() { e } else { a.max(e) });
            Finding {
                expected: format!("{rule}, to {}", show_number(EXACT)),
                measured: format!("largest relative deviation = {worst:.1e}"),
                supported: worst <= EXACT,
            }
        };
        let spread = |method: &str, expected: String, fits: fn(f64) -> bool| {
            let runs: Vec<Vec<f64>> = GAINS
                .iter()
                .map(|gain| table.errors(&setting(*gain), method))
                .collect();
            let ratio = |seed: usize| {
                let steps = runs.iter().map(|errors| errors[seed]);
                let most = steps.clone().fold(0.0, f64::max);
                most / steps.fold(f64::INFINITY, f64::min)
            };
            let ratios: Vec<f64> = (0..runs[0].len()).map(ratio).collect();
            let found = median(&ratios);
            let shown = format!("{found:.2e}").parse().unwrap_or(found);
            Finding {
                expected: format!("{method}: {expected}"),
                measured: format!("median ratio = {}", show_number(shown)),
                supported: fits(found),
            }
        };
        let varies = format!("the steps vary by ≥ {VARIES} over the gains");
        let steady = format!("the steps vary by ≤ {STEADY} over the gains");
        vec![
            gradients(Scaled::Gains, "γ × c makes ∇W × c"),
            gradients(Scaled::Weights, "W × c makes ∇W / c"),
            spread(ONE_RATE, varies, |ratio| ratio >= VARIES),
            spread(BY_NORM, steady.clone(), |ratio| ratio <= STEADY),
            spread(ADAM, steady, |ratio| ratio <= STEADY),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Run, run};

    /// The study itself is quick enough for a test.
    #[test]
    fn gains_are_learning_rates_that_rates_by_norm_and_adam_undo() {
        let options = Options {
            seeds: 2,
            quick: false,
            threads: 1,
        };
        let never = AtomicBool::new(false);
        let table = run(&EffectiveLrStudy, options, &never, &|_| ()).unwrap();
        for finding in EffectiveLrStudy.judge(&table) {
            assert!(finding.supported, "{finding:?}");
        }
    }

    #[test]
    fn other_measurements_do_not_support_the_claim() {
        let cases = EffectiveLrStudy.cases().into_iter();
        let runs = cases.enumerate().map(|(number, case)| Run {
            error: match case.treatment.as_str() {
                ONE_RATE => 100.0,
                BY_NORM | ADAM => 10.0 * number as f64,
                _ => 1e-3,
            },
            case,
            seed: 0,
            curve: Vec::new(),
            seconds: 0.0,
        });
        let table = Table {
            runs: runs.collect(),
        };
        let findings = EffectiveLrStudy.judge(&table);
        assert!(
            findings.iter().all(|finding| !finding.supported),
            "{findings:?}"
        );
    }
}
