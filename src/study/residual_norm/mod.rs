//! Claim: residuals of different units must be made dimensionless before they are weighted, and then be weighted
//! by detached, uncentred scales.

mod channel;
mod control;

use super::training::measured;
use super::{Case, Finding, Measurement, Study, StudyError, Table};
use channel::Channel;
use control::{Control, Treatment};
use pinn_core::session::session;
use pinn_core::settings::ResidualNormChoice;
use pinn_expr::show_number;
use pinn_statistics::median;
use std::sync::atomic::AtomicBool;

/// Study of residual norms: coupled flow and viscous heating at two Brinkman numbers, with residuals treated
/// in nine ways.
pub struct ResidualNormStudy;

/// Brinkman numbers: weak heating, and dominant heating.
const BRINKMAN: [f64; 2] = [0.67, 20.0];

/// Norms that the toolkit offers.
const NORMS: [(&str, ResidualNormChoice); 5] = [
    ("none", ResidualNormChoice::None),
    ("frozen-rms", ResidualNormChoice::FrozenRms),
    ("layer-norm", ResidualNormChoice::LayerNorm),
    ("grad-norm", ResidualNormChoice::GradNorm),
    ("ntk-trace", ResidualNormChoice::NtkTrace),
];

/// Negative controls, which exist only here.
const CONTROLS: [(&str, Treatment); 3] = [
    ("control: SI residuals", Treatment::Si),
    ("control: live layer norm", Treatment::LiveLayerNorm),
    ("control: centred layer norm", Treatment::CentredLayerNorm),
];

fn setting(brinkman: f64) -> String {
    format!("Br = {}", show_number(brinkman))
}

impl Study for ResidualNormStudy {
    fn name(&self) -> &'static str {
        "residual-norm"
    }

    fn claim(&self) -> &'static str {
        "Normalising a residual vector of mixed units is meaningless. Residuals must be made dimensionless first, \
         and then be weighed by detached, uncentred scales: live or centred layer normalisation does not solve \
         the problem, and balancing traces of the neural tangent kernel solves it where plain sums fail."
    }

    fn error(&self) -> &'static str {
        "relative L2 error of the temperature rise"
    }

    fn cases(&self) -> Vec<Case> {
        let treatments = CONTROLS.iter().map(|(name, _)| *name);
        let treatments: Vec<&str> = treatments.chain(NORMS.map(|(name, _)| name)).collect();
        let cases = BRINKMAN.iter().flat_map(|brinkman| {
            treatments.iter().map(|treatment| Case {
                setting: setting(*brinkman),
                treatment: treatment.to_string(),
            })
        });
        cases.collect()
    }

    fn steps(&self, quick: bool) -> usize {
        if quick { 200 } else { 8000 }
    }

    fn measure(
        &self,
        case: &Case,
        seed: u64,
        steps: usize,
        stop: &AtomicBool,
    ) -> Result<Measurement, StudyError> {
        let brinkman = BRINKMAN.into_iter().find(|b| setting(*b) == case.setting);
        let channel = Channel::new(brinkman.unwrap_or(BRINKMAN[0]));
        let control = CONTROLS.iter().find(|(name, _)| *name == case.treatment);
        if let Some((_, treatment)) = control {
            return Control::new(*treatment, &channel, seed, steps)?.measure(steps, stop);
        }
        let norm = NORMS.iter().find(|(name, _)| *name == case.treatment);
        let settings =
            channel.settings(norm.map_or(ResidualNormChoice::None, |n| n.1), seed, steps);
        let mut session = session(&channel.statement()?.pose()?, &settings)?;
        measured(session.as_mut(), steps, stop, |session| {
            Ok(channel.error(&session.evaluate(&channel.grid())?))
        })
    }

    fn judge(&self, table: &Table) -> Vec<Finding> {
        let [mild, strong] = BRINKMAN.map(setting);
        let ratio = |setting: &str, a: &str, b: &str| {
            let pairs = table
                .errors(setting, a)
                .into_iter()
                .zip(table.errors(setting, b));
            let ratios: Vec<f64> = pairs.map(|(a, b)| a / b).collect();
            median(&ratios)
        };
        let [si, live, centred] = CONTROLS.map(|(name, _)| name);
        let shown = |what: &str, x: f64| format!("{what} = {}", show_number(rounded(x)));
        let mut findings = Vec::new();
        let mut add = |expected: String, measured: String, supported: bool| {
            findings.push(Finding {
                expected,
                measured,
                supported,
            });
        };
        let error = table.median(&mild, "none");
        add(
            format!("{mild}: dimensionless residuals solve the problem, error ≤ 1e-3"),
            shown("median", error),
            error <= 1e-3,
        );
        for (name, factor) in [(si, 100.0), (live, 10.0), (centred, 10.0)] {
            let found = ratio(&mild, name, "none");
            add(
                format!("{mild}: {name} is ≥ {factor} times worse than dimensionless sums"),
                shown("median ratio of pairs", found),
                found >= factor,
            );
        }
        let found = ratio(&strong, "none", "ntk-trace");
        add(
            format!("{strong}: ntk-trace is ≥ 10 times better than no weights"),
            shown("median ratio of pairs", found),
            found >= 10.0,
        );
        let errors = table.errors(&strong, "ntk-trace");
        let worst = errors
            .iter()
            .fold(0.0, |a: f64, b| if b.is_nan() { *b } else { a.max(*b) });
        let spread = worst / median(&errors);
        add(
            format!("{strong}: the worst seed of ntk-trace is within 3 times the median"),
            shown("ratio", spread),
            spread <= 3.0,
        );
        findings
    }
}

fn rounded(x: f64) -> f64 {
    format!("{x:.2e}").parse().unwrap_or(x)
}

#[cfg(test)]
mod tests;
