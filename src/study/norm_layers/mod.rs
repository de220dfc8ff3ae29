//! Claim: norms of hidden layers, exact in their derivatives, do no harm in backbones of pointwise networks.

use super::training::measured;
use super::{Case, Finding, Measurement, Study, StudyError, Table};
use pinn_core::session::session;
use pinn_core::settings::{LayerRates, OptimiserSettings, Phase, Schedule};
use pinn_equations::registry::Registry;
use pinn_expr::show_number;
use pinn_norm::layer::{NormLayers, Place, PointwiseNorm};
use pinn_problem::Problem;
use pinn_statistics::median;
use std::sync::atomic::AtomicBool;

/// Study of norms of hidden layers: LayerNorm, RMSNorm, GroupNorm and none on heat conduction, Burgers,
/// Allen–Cahn and a flow that heats itself.
pub struct NormLayersStudy;

/// Setting and problem file. The study replaces the widths, points and optimisers of the files.
const PROBLEMS: [(&str, &str); 4] = [
    ("heat", include_str!("../problems/heat-1d.toml")),
    ("Burgers", include_str!("../problems/burgers.toml")),
    ("Allen-Cahn", include_str!("../problems/allen-cahn.toml")),
    ("thermo-flow", include_str!("../problems/thermoflow.toml")),
];

const NORMS: [(&str, PointwiseNorm); 3] = [
    ("layer", PointwiseNorm::Layer),
    ("rms", PointwiseNorm::Rms),
    ("group of 8", PointwiseNorm::Group { groups: 4 }),
];
const NONE: &str = "none";
const WIDTHS: [usize; 3] = [32; 3];
const INTERIOR: usize = 512;
const CONDITION: usize = 64;
/// Points of the grid per coordinate.
const GRID: usize = 41;
/// Largest median error without norms at which a problem counts as learned. Norms are only judged on learned problems.
const LEARNED: f64 = 0.5;
/// Largest median ratio of errors that is harmless.
const HARMLESS: f64 = 1.05;

impl Study for NormLayersStudy {
    fn name(&self) -> &'static str {
        "norm-layers"
    }

    fn claim(&self) -> &'static str {
        "Norms that act at each point (LayerNorm, RMSNorm, GroupNorm), placed before every activation of a \
         physics-informed network, train it to an error no larger than without them."
    }

    fn error(&self) -> &'static str {
        "relative L2 error, mean over the fields"
    }

    fn cases(&self) -> Vec<Case> {
        let treatments = std::iter::once(NONE).chain(NORMS.iter().map(|(name, _)| *name));
        let treatments: Vec<&str> = treatments.collect();
        let cases = PROBLEMS.iter().flat_map(|(setting, _)| {
            treatments.iter().map(|treatment| Case {
                setting: setting.to_string(),
                treatment: treatment.to_string(),
            })
        });
        cases.collect()
    }

    fn steps(&self, quick: bool) -> usize {
        if quick { 40 } else { 3000 }
    }

    fn measure(
        &self,
        case: &Case,
        seed: u64,
        steps: usize,
        stop: &AtomicBool,
    ) -> Result<Measurement, StudyError> {
        let problem = problem(case, seed, steps)?;
        let mut session = session(&problem.statement, &problem.settings)?;
        measured(session.as_mut(), steps, stop, |session| {
            let error = problem.relative_error(session, GRID)?;
            // Every file has a reference.
            Ok(error.unwrap_or(f64::INFINITY))
        })
    }

    fn judge(&self, table: &Table) -> Vec<Finding> {
        let pairs = PROBLEMS
            .iter()
            .flat_map(|(setting, _)| NORMS.iter().map(move |(norm, _)| (*setting, *norm)));
        let finding = |(setting, norm): (&str, &str)| {
            let pairs = table.errors(setting, norm).into_iter();
            let pairs = pairs.zip(table.errors(setting, NONE));
            let ratios: Vec<f64> = pairs.map(|(with, without)| with / without).collect();
            let found = median(&ratios);
            let shown = format!("{found:.2e}").parse().unwrap_or(found);
            let learned = table.median(setting, NONE) <= LEARNED;
            let doubt = match learned {
                true => "",
                false => ", which is inconclusive: not learned without a norm either",
            };
            Finding {
                expected: format!("{setting}: {norm} is no worse than none"),
                measured: format!("median ratio of pairs = {}{doubt}", show_number(shown)),
                supported: found <= HARMLESS && learned,
            }
        };
        pairs.map(finding).collect()
    }
}

fn problem(case: &Case, seed: u64, steps: usize) -> Result<Problem, StudyError> {
    let known = PROBLEMS
        .iter()
        .find(|(setting, _)| *setting == case.setting);
    let (name, text) = known.unwrap_or(&PROBLEMS[0]);
    let mut problem = Problem::parse(name, *text, &Registry::builtin())?;
    let norm = NORMS.iter().find(|(name, _)| *name == case.treatment);
    let settings = &mut problem.settings;
    settings.seed = seed;
    settings.threads = 1;
    settings.network.hidden = WIDTHS.to_vec();
    let norm = norm.map(|(_, norm)| NormLayers::new(norm.clone(), Place::Pre));
    settings.network.norms = norm.into_iter().collect();
    settings.sampling.interior = INTERIOR;
    settings.sampling.conditions.fill(CONDITION);
    settings.phases = vec![Phase {
        optimiser: OptimiserSettings::Adam {
            learning_rate: 2e-3,
            schedule: Schedule::Cosine { floor: 0.01 },
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
    Ok(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_has_a_reference_and_its_own_network() {
        let never = AtomicBool::new(false);
        let mut seen = Vec::new();
        for case in NormLayersStudy.cases() {
            let measurement = NormLayersStudy.measure(&case, 1, 2, &never).unwrap();
            assert!(measurement.error.is_finite(), "{case:?}");
            assert!(!seen.contains(&measurement.error), "{case:?}");
            seen.push(measurement.error);
        }
        assert_eq!(seen.len(), 16);
    }
}
