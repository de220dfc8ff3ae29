//! Negative controls: treatments that the types of this toolkit reject, built by hand to show the reason.

use super::super::training::SAMPLES;
use super::channel::{Channel, LEARNING_RATE, SCHEDULE};
use super::{Measurement, StudyError};
use pinn_core::optimiser::{Adam, Objective, Optimiser};
use pinn_core::session::Model;
use pinn_core::settings::ResidualNormChoice;
use pinn_core::solution::{NetworkSolution, Solution};
use pinn_core::statement::Posed;
use pinn_engine::fused::FusedEngine;
use pinn_engine::{Engine, EngineError, Linearised};
use pinn_geometry::points::Points;
use pinn_geometry::sampling::{sampler, set_seed};
use std::sync::atomic::{AtomicBool, Ordering};

/// Treatment of the residuals before their squares are summed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Treatment {
    /// No treatment, in SI units: pascals per metre next to watts per cubic metre.
    Si,
    /// Layer normalisation of the dimensionless equations at each point, differentiated like any layer.
    LiveLayerNorm,
    /// Layer normalization with a constant divisor, still centred.
    CentredLayerNorm,
}

/// Number ε that keeps the divisor of layer normalization from zero (the default of common libraries).
const EPSILON: f64 = 1e-5;

/// Run of a control.
pub(super) struct Control<'a> {
    channel: &'a Channel,
    statement: Posed,
    parameters: Vec<f64>,
    adam: Adam<f64>,
    loss: ControlLoss,
}

struct ControlLoss {
    treatment: Treatment,
    engine: FusedEngine<f64>,
    points: Vec<Points<f64>>,
    /// Ratio of the physical residual to the engine's, for each residual of each task.
    references: Vec<Vec<f64>>,
}

impl<'a> Control<'a> {
    pub fn new(
        treatment: Treatment,
        channel: &'a Channel,
        seed: u64,
        steps: usize,
    ) -> Result<Self, StudyError> {
        let statement = match treatment {
            Treatment::Si => channel.in_si()?,
            Treatment::LiveLayerNorm | Treatment::CentredLayerNorm => channel.statement()?,
        };
        let statement = statement.pose()?;
        let settings = channel.settings(ResidualNormChoice::None, seed, steps);
        let dimensionless = statement.dimensionless();
        let tasks = std::iter::once(&dimensionless.equations).chain(&dimensionless.conditions);
        let references = tasks
            .clone()
            .map(|task| task.forms().iter().map(|form| form.reference).collect());
        let kernels = tasks.clone().map(|task| task.compile()).collect();
        let model = Model::new(&statement, &settings)?;
        let parameters = model.initialise(seed);
        let domain = statement.dimensionless_domain();
        let (sampling, sampler) = (&settings.sampling, sampler(settings.sampling.method));
        let mut points = vec![domain.interior(sampler, set_seed(seed, 0, 0), sampling.interior)];
        for (number, condition) in statement.conditions.iter().enumerate() {
            let seed = set_seed(seed, 1 + number as u64, 0);
            points.push(domain.on(sampler, seed, 1, &condition.place, &condition.normal));
        }
        Ok(Control {
            channel,
            adam: Adam::new(parameters.len(), LEARNING_RATE).with_schedule(SCHEDULE, steps),
            parameters,
            loss: ControlLoss {
                treatment,
                references: references.collect(),
                engine: FusedEngine::new(model.network, kernels, 1)?,
                points,
            },
            statement,
        })
    }

    pub fn measure(mut self, steps: usize, stop: &AtomicBool) -> Result<Measurement, StudyError> {
        let every = steps.div_ceil(SAMPLES);
        let mut curve = Vec::new();
        for step in 1..=steps {
            let done = self.adam.step(&mut self.parameters, &mut self.loss)?;
            if done.stop.is_some() {
                curve.push((step, f64::NAN));
                break;
            }
            if step % every == 0 || step == steps {
                curve.push((step, self.error()?));
            }
            if stop.load(Ordering::Relaxed) {
                break;
            }
        }
        let error = curve.last().map_or(f64::NAN, |(_, error)| *error);
        Ok(Measurement { error, curve })
    }

    fn error(&mut self) -> Result<f64, EngineError> {
        let mut solution = NetworkSolution {
            engine: &mut self.loss.engine,
            parameters: &self.parameters,
            scales: &self.statement.scales,
            ansatz: None,
        };
        let fields = solution.evaluate(&self.channel.grid())?;
        Ok(self.channel.error(&fields))
    }
}

impl Objective<f64> for ControlLoss {
    fn evaluate(&mut self, parameters: &[f64], gradient: &mut [f64]) -> Result<f64, EngineError> {
        let mut value = 0.0;
        let mut part = vec![0.0; parameters.len()];
        gradient.fill(0.0);
        for (task, points) in self.points.iter().enumerate() {
            let batch = self.engine.residuals(parameters, task, points)?;
            let (rows, count) = (batch.rows(), batch.residuals());
            let mut seeds = vec![0.0; rows * count];
            for row in 0..rows {
                let residuals: Vec<f64> = (0..count).map(|r| batch.column(r)[row]).collect();
                let treatment = match (self.treatment, task) {
                    (Treatment::LiveLayerNorm | Treatment::CentredLayerNorm, 1..) => None,
                    (treatment, _) => Some(treatment),
                };
                let (square, slopes) = treated(treatment, &residuals, &self.references[task]);
                value += square / rows as f64;
                for (r, slope) in slopes.iter().enumerate() {
                    seeds[r * rows + row] = slope / rows as f64;
                }
            }
            self.engine
                .vector_jacobian(parameters, task, points, &seeds, &mut part)?;
            for (sum, part) in gradient.iter_mut().zip(&part) {
                *sum += part;
            }
        }
        Ok(value)
    }
}

/// Sum of squares of one point's residuals after the treatment, and the derivative by each of them that the optimiser
/// receives.
pub(super) fn treated(
    treatment: Option<Treatment>,
    residuals: &[f64],
    references: &[f64],
) -> (f64, Vec<f64>) {
    let count = residuals.len() as f64;
    let mean = residuals.iter().sum::<f64>() / count;
    let centred = residuals.iter().map(|r| r - mean);
    let variance = centred.clone().map(|c| c * c).sum::<f64>() / count + EPSILON;
    let plain = |factors: &mut dyn Iterator<Item = f64>| {
        let scaled: Vec<(f64, f64)> = residuals
            .iter()
            .zip(factors)
            .map(|(r, f)| (*r, f))
            .collect();
        let value = scaled.iter().map(|(r, f)| (r * f).powi(2)).sum();
        (value, scaled.iter().map(|(r, f)| 2.0 * r * f * f).collect())
    };
    match treatment {
        None => plain(&mut residuals.iter().map(|_| 1.0)),
        Some(Treatment::Si) => plain(&mut references.iter().copied()),
        // Σ c²/(v + ε) = k·v/(v + ε), whose derivative by r is 2·ε·c/(v + ε)².
        Some(Treatment::LiveLayerNorm) => (
            count * (variance - EPSILON) / variance,
            centred
                .map(|c| 2.0 * EPSILON * c / variance.powi(2))
                .collect(),
        ),
        Some(Treatment::CentredLayerNorm) => (
            count * (variance - EPSILON) / variance,
            centred.map(|c| 2.0 * c / variance).collect(),
        ),
    }
}
