//! Construction of sessions from posed statements and settings.

use super::SessionError;
use super::collocation::{Collocation, Place};
use super::identity::identity;
use super::model::Model;
use super::training::{NondimensionalKernel, Session};
use crate::ansatz::exact;
use crate::checkpoint::Counters;
use crate::optimiser::optimiser;
use crate::settings::{PointWeights, Settings, SettingsError};
use crate::statement::Posed;
use pinn_engine::device::Hardware;
use pinn_engine::operation::TapeObjective;
use pinn_engine::placed::Placed;
use pinn_engine::{Engine, EngineError};
use pinn_expr::Real;
use pinn_hyper::FamilyEngine;
use pinn_network::Network;

impl<T: Real + dfdx::prelude::Dtype> Session<T> {
    /// Compiles the statement for the CPU and draws the first points.
    pub fn new(statement: &Posed, settings: &Settings) -> Result<Self, SessionError>
    where
        T: Placed,
    {
        Self::on(&Hardware::Cpu, statement, settings)
    }

    /// Compiles the statement for given hardware and draws the first points.
    ///
    /// Losses and gradients agree between devices to the rounding of the precision, so that a state that was saved on
    /// one can be continued on another. A GPU computes the members of a family one after the other.
    pub fn on(
        hardware: &Hardware,
        statement: &Posed,
        settings: &Settings,
    ) -> Result<Self, SessionError>
    where
        T: Placed,
    {
        let (products, threads) = (settings.precision.products(), settings.threads);
        Self::build(statement, settings, |model, kernels| {
            let engine = |threads| {
                T::engine(
                    hardware,
                    model.network.clone(),
                    kernels.clone(),
                    products,
                    threads,
                )
            };
            Ok(match &model.hypernetwork {
                None => engine(threads)?,
                Some(hyper) => {
                    let threads = match hardware {
                        Hardware::Cpu => threads,
                        Hardware::Cuda(_) => 1,
                    };
                    Box::new(FamilyEngine::new(hyper.clone(), || engine(1), threads)?)
                }
            })
        })
    }

    /// Compiles the statement for another engine, which `build` creates for the network and one kernel per task.
    pub fn with_engine(
        statement: &Posed,
        settings: &Settings,
        build: impl FnOnce(
            Network,
            Vec<NondimensionalKernel<T>>,
        ) -> Result<Box<dyn Engine<T>>, EngineError>,
    ) -> Result<Self, SessionError> {
        Self::build(statement, settings, |model, kernels| {
            build(model.network.clone(), kernels)
        })
    }

    fn build(
        statement: &Posed,
        settings: &Settings,
        engine: impl FnOnce(
            &Model,
            Vec<NondimensionalKernel<T>>,
        ) -> Result<Box<dyn Engine<T>>, EngineError>,
    ) -> Result<Self, SessionError> {
        settings.check(statement.conditions.len())?;
        settings.check_inverse(statement.measurements.len(), statement.unknowns.len())?;
        let time = statement.domain.time;
        if matches!(settings.point_weights, PointWeights::Causal { .. }) && time.is_none() {
            return Err(SettingsError::NoTime.into());
        }
        let model = Model::new(statement, settings)?;
        let identity = identity(statement, &model.network, settings);
        let nondimensional = statement.dimensionless();
        let exact = exact(statement, &settings.network);
        let trained: Vec<usize> = (0..exact.len()).filter(|c| exact[*c].is_none()).collect();
        let conditions = trained.iter().map(|c| &nondimensional.conditions[*c]);
        let tasks: Vec<_> = std::iter::once(&nondimensional.equations)
            .chain(conditions)
            .chain(&nondimensional.measurements)
            .collect();
        let residuals: Vec<usize> = tasks.iter().map(|t| t.equations().len()).collect();
        let mut names = Vec::new();
        let mut factors = Vec::new();
        let drawn = 1 + trained.len();
        for (task, residuals) in tasks[..drawn].iter().enumerate() {
            for equation in residuals.equations() {
                let condition = task.checked_sub(1).map(|task| trained[task]);
                names.push(match condition.map(|c| &statement.conditions[c].name) {
                    None => equation.name.clone(),
                    Some(name) if residuals.equations().len() == 1 => name.clone(),
                    Some(name) => format!("{name}: {}", equation.name),
                });
                factors.push(condition.map_or(1.0, |c| settings.condition_weights[c]));
            }
        }
        for measurements in &statement.measurements {
            names.push(measurements.name.clone());
            factors.push(measurements.weight);
        }
        let parameters = model.initialise(settings.seed).into_iter();
        let parameters: Vec<T> = parameters.map(<T as Real>::from_f64).collect();
        let layout = model.layout(settings.threads);
        settings.check_rates(layout.normed.len())?;
        let first = settings.phases.first();
        let optimiser = first.map(|phase| optimiser(phase, &layout)).transpose()?;
        let kernels = tasks.iter().map(|task| task.compile()).collect();
        let engine = engine(&model, kernels)?;
        let places = trained.iter().map(|c| Place {
            condition: *c,
            place: statement.conditions[*c].place.clone(),
            normal: statement.conditions[*c].normal.clone(),
            partner: statement.conditions[*c].partner,
        });
        let sampling = settings.sampling.clone();
        let family = settings.family.clone();
        let measurements = statement.measurements.iter();
        let collocation = Collocation::new(
            statement.dimensionless_domain().clone(),
            places.collect(),
            measurements.map(|r| r.points(statement)).collect(),
            residuals.clone(),
            sampling,
            family,
            settings.seed,
        );
        if let Some((task, found)) = collocation.repeated() {
            let condition = task.checked_sub(1).map(|task| trained[task]);
            let set = condition.map(|c| format!("for `{}`", statement.conditions[c].name));
            let wanted = collocation.points()[task].rows();
            return Err(SettingsError::FewPoints {
                set: set.unwrap_or("inside".to_string()),
                wanted,
                found,
            }
            .into());
        }
        let mut weighting = settings.point_weights.weighting(settings.residual_norm);
        if let Some(weighting) = &mut weighting {
            collocation.begin(weighting.as_mut(), time);
        }
        Ok(Session {
            identity,
            statement: statement.clone(),
            constants: model.circuit.constants(),
            hyper: model.hypernetwork,
            ansatz: nondimensional
                .ansatz
                .as_ref()
                .map(|ansatz| ansatz.compile()),
            exact,
            collocation,
            residuals,
            engine,
            tape: TapeObjective::new(),
            norm: settings.residual_norm.norm(names.len()),
            weighting,
            time,
            factors,
            optimiser,
            layout,
            good: parameters.clone(),
            before: parameters.clone(),
            parameters,
            weights: vec![1.0; names.len()],
            losses: vec![f64::NAN; names.len()],
            ahead: 1,
            names,
            counters: Counters::default(),
            settings: settings.clone(),
        })
    }
}
