//! The problems of the tables.

use pinn::equations::registry::Registry;
use pinn::problem::Problem;
use pinn::settings::{LayerRates, OptimiserSettings, Phase, Schedule};
use std::error::Error;

const THERMAL: &str = include_str!("../../problems/thermal.toml");
const THERMOFLOW: &str = include_str!("../../problems/thermoflow.toml");
const BURGERS: &str = include_str!("../../problems/burgers.toml");

/// The statements as they are shipped, trained by Adam and L-BFGS, `thermal` in three layers of 32 at 1,024 and 128 even
/// points, `burgers` with 1,000 and 100: tables of trainings by Gauss–Newton would take days.
pub fn all() -> Result<Vec<Problem>, Box<dyn Error>> {
    let registry = Registry::builtin();
    let mut burgers = Problem::parse("burgers", BURGERS, &registry)?;
    burgers.settings.sampling.interior = 1000;
    burgers.settings.sampling.conditions.fill(100);
    burgers.settings.sampling.adaptive = None;
    let phase = |optimiser, steps| Phase {
        optimiser,
        steps,
        target_loss: None,
        max_seconds: None,
        stagnation: None,
    };
    let adam = OptimiserSettings::Adam {
        learning_rate: 3e-3,
        schedule: Schedule::Cosine { floor: 0.05 },
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        layer_rates: LayerRates::default(),
    };
    let lbfgs = OptimiserSettings::Lbfgs {
        history: 50,
        gradient_tolerance: 0.0,
    };
    burgers.settings.phases = vec![phase(adam.clone(), 1000), phase(lbfgs.clone(), 6000)];
    let mut thermoflow = Problem::parse("thermoflow", THERMOFLOW, &registry)?;
    thermoflow.settings.phases = vec![phase(adam, 1000), phase(lbfgs, 2000)];
    let mut thermal = Problem::parse("thermal", THERMAL, &registry)?;
    thermal.settings.network.hidden = vec![32; 3];
    thermal.settings.sampling.interior = 1024;
    thermal.settings.sampling.conditions.fill(128);
    thermal.settings.sampling.graded.clear();
    thermal.settings.condition_weights.fill(1.0);
    thermal.settings.phases = thermoflow.settings.phases.clone();
    Ok(vec![thermal, burgers, thermoflow])
}
