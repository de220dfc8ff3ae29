//! Reference engine: jets, residuals and losses in dfdx tensor operations, whose tape gives the gradient.
//!
//! It is generic over the dfdx device. It keeps all points of a task in memory at once and does not exploit the
//! structure of the computation. It is a reference for comparisons.

mod jet;
mod layers;
mod linearised;
mod own;
mod products;
mod program;
mod recorder;

use super::shapes::{self, expect};
use super::{Engine, EngineError};
use dfdx::prelude::*;
use jet::sum;
use layers::{Fields, Parameters};
use own::Own;
use pinn_expr::Real;
use pinn_geometry::points::Points;
use pinn_network::jets::{JetPlan, Recipe};
use pinn_network::{Circuit, Network};
use pinn_units::{Batch, Input, Kernel, Nondimensional};
use recorder::{Column, Recorder, failed};

/// Outputs of the network that one task reads.
struct Task<T> {
    kernel: Kernel<T, Nondimensional>,
    plan: JetPlan,
    recipes: Vec<Option<Recipe>>,
}

/// Weighted loss as a number, and as a tensor on the tape.
type TaskLoss<T, D> = (f64, Option<Tensor<Rank0, T, D>>);

/// [`Engine`] on a dfdx device.
pub struct TapeEngine<T, D: Synchronize = Cpu> {
    network: Network,
    circuit: Circuit,
    tasks: Vec<Task<T>>,
    losses: usize,
    device: Own<D>,
}

impl<T: Real + Dtype> TapeEngine<T, Cpu>
where
    Cpu: Device<T>,
{
    /// Creates an engine on the CPU.
    ///
    /// # Errors
    /// [`EngineError::Network`] if the network cannot be built, [`EngineError::Jet`] if a kernel reads a
    /// derivative of too high an order, [`EngineError::Shape`] if it reads a field or a coordinate that the
    /// network does not have.
    pub fn new(
        network: Network,
        kernels: Vec<Kernel<T, Nondimensional>>,
    ) -> Result<Self, EngineError> {
        Self::on(Cpu::default(), network, kernels)
    }
}

impl<T: Real + Dtype, D: Device<T> + Synchronize> TapeEngine<T, D> {
    /// Creates an engine on the given device.
    ///
    /// # Errors
    /// As for [`TapeEngine::new`].
    pub fn on(
        device: D,
        network: Network,
        kernels: Vec<Kernel<T, Nondimensional>>,
    ) -> Result<Self, EngineError> {
        let circuit = network.circuit()?;
        shapes::network_serves(&network, &kernels)?;
        let tasks = kernels
            .into_iter()
            .map(|kernel| {
                let (plan, recipes) = JetPlan::series(&kernel.symbols())?;
                Ok(Task {
                    kernel,
                    plan,
                    recipes,
                })
            })
            .collect::<Result<Vec<_>, EngineError>>()?;
        let losses = tasks.iter().map(|task| task.kernel.residuals()).sum();
        Ok(TapeEngine {
            network,
            circuit,
            tasks,
            losses,
            device: Own::new(device),
        })
    }

    fn parameters(&self, parameters: &[T]) -> Result<Column<T, D>, EngineError> {
        expect("parameters", self.circuit.parameters, parameters.len())?;
        let device = self.device.get();
        device
            .try_tensor_from_vec(parameters.to_vec(), (parameters.len(),))
            .map_err(failed)
    }

    fn fields_at<P: Tape<T, D>>(
        &self,
        recorder: &mut Recorder<P>,
        plan: &JetPlan,
        parameters: &Parameters<T, D>,
        points: &Points<T>,
        site: usize,
    ) -> Result<Fields<T, D>, EngineError> {
        let (device, circuit) = (self.device.get(), &self.circuit);
        Fields::of(recorder, device, circuit, plan, parameters, points, site)
    }

    /// Residual columns of one task.
    fn record<P: Tape<T, D>>(
        &self,
        recorder: &mut Recorder<P>,
        parameters: &Column<T, D>,
        task: &Task<T>,
        points: &Points<T>,
    ) -> Result<Vec<Column<T, D>>, EngineError> {
        shapes::points_serve(&self.network, &task.kernel, points)?;
        let rows = points.rows();
        let cut = Parameters::cut(recorder, &self.circuit, parameters)?;
        let sites = (0..task.kernel.sites())
            .map(|site| self.fields_at(recorder, &task.plan, &cut, points, site))
            .collect::<Result<Vec<_>, _>>()?;
        let mut inputs = Vec::with_capacity(task.recipes.len());
        for (input, recipe) in task.kernel.inputs().iter().zip(&task.recipes) {
            let terms = recipe.as_ref().map_or(&[][..], |recipe| &recipe.terms);
            let mut total = None;
            if let Input::Field { field, site, .. } | Input::Operator { field, site, .. } = *input {
                for (stream, coefficient) in terms {
                    let (fields, field) = (&sites[site as usize], field as usize);
                    let coefficient = <T as Real>::from_f64(*coefficient);
                    let column = fields.column(recorder, *stream, field, coefficient)?;
                    total = sum(recorder, total.as_ref(), column.as_ref())?;
                }
            }
            let constant = match *input {
                Input::Coordinate { coordinate, site } => {
                    points.column(site as usize, coordinate as usize).to_vec()
                }
                Input::Field { .. } | Input::Operator { .. } => vec![<T as Real>::ZERO; rows],
            };
            inputs.push(match total {
                Some(total) => total,
                None => self
                    .device
                    .get()
                    .try_tensor_from_vec(constant, (rows,))
                    .map_err(failed)?,
            });
        }
        let program = task.kernel.forward_program();
        program::run(recorder, self.device.get(), program, &inputs, rows)
    }

    /// Losses of one task and their weighted sum, which is also a tensor on the tape where it is to be
    /// differentiated.
    fn task_loss<P: Tape<T, D>>(
        &self,
        recorder: &mut Recorder<P>,
        parameters: &Column<T, D>,
        task: &Task<T>,
        points: &Points<T>,
        weights: &[f64],
        losses: &mut [f64],
    ) -> Result<TaskLoss<T, D>, EngineError> {
        shapes::weights_fit(task.kernel.residuals(), points)?;
        let rows = points.rows();
        let residuals = self.record(recorder, parameters, task, points)?;
        let mut total: Option<Tensor<Rank0, T, D>> = None;
        let mut value = 0.0;
        for (r, ((residual, weight), loss)) in residuals.iter().zip(weights).zip(losses).enumerate()
        {
            let at_points = points.weights().map(|all| &all[r * rows..][..rows]);
            // Summed in f64: a sum of f32 would lose digits on many points.
            let values = residual.as_vec();
            let squares = values.iter().map(|r| Real::to_f64(*r) * Real::to_f64(*r));
            let sum = match points.measure() {
                None => squares.clone().sum::<f64>(),
                Some(measure) => {
                    let pairs = squares.clone().zip(measure);
                    pairs.map(|(x, m)| Real::to_f64(*m) * x).sum()
                }
            };
            *loss = sum / rows as f64;
            value += weight
                * match at_points {
                    None => *loss,
                    Some(at_points) => {
                        let pairs = squares.zip(at_points);
                        pairs.map(|(x, w)| Real::to_f64(*w) * x).sum::<f64>() / rows as f64
                    }
                };
            if *weight == 0.0 || !P::OWNS_TAPE {
                continue;
            }
            let factor = <T as Real>::from_f64(weight / rows as f64);
            let mut squares = recorder.square(residual)?;
            if let Some(at_points) = at_points {
                let device = self.device.get();
                let at_points = device.try_tensor_from_vec(at_points.to_vec(), (rows,));
                squares = recorder.mul(&squares, &at_points.map_err(failed)?)?;
            }
            let weighted =
                recorder.apply(&squares, |r| r.try_sum::<Rank0, _>()?.try_mul(factor))?;
            total = Some(match &total {
                Some(total) => recorder.add(total, &weighted)?,
                None => weighted,
            });
        }
        Ok((value, total))
    }
}

impl<T: Real + Dtype, D: Device<T> + Synchronize> Engine<T> for TapeEngine<T, D>
where
    Own<D>: Send,
{
    fn network(&self) -> &Network {
        &self.network
    }

    fn losses(&self) -> usize {
        self.losses
    }

    fn loss(
        &mut self,
        parameters: &[T],
        points: &[Points<T>],
        weights: &[f64],
        losses: &mut [f64],
        gradient: Option<&mut [T]>,
    ) -> Result<f64, EngineError> {
        let shape = (self.tasks.len(), self.losses, self.circuit.parameters);
        shapes::loss(shape, points, weights, losses, gradient.as_deref())?;
        let leaf = self.parameters(parameters)?;
        let mut gradient = gradient;
        if let Some(gradient) = gradient.as_deref_mut() {
            gradient.fill(<T as Real>::ZERO);
        }
        let mut first = 0;
        let mut value = 0.0;
        for (task, points) in self.tasks.iter().zip(points) {
            let range = first..first + task.kernel.residuals();
            first = range.end;
            let (weights, losses) = (&weights[range.clone()], &mut losses[range]);
            let Some(gradient) = gradient.as_deref_mut() else {
                let mut recorder = Recorder::<NoneTape>::new();
                value += self
                    .task_loss(&mut recorder, &leaf, task, points, weights, losses)?
                    .0;
                continue;
            };
            let mut recorder = Recorder::<OwnedTape<T, D>>::new();
            let (part, total) =
                self.task_loss(&mut recorder, &leaf, task, points, weights, losses)?;
            value += part;
            if let Some(total) = total {
                for (sum, part) in gradient.iter_mut().zip(recorder.gradient(total, &leaf)?) {
                    *sum += part;
                }
            }
        }
        Ok(value)
    }

    fn residuals(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
    ) -> Result<Batch<T, Nondimensional>, EngineError> {
        let task = shapes::task(&self.tasks, task)?;
        let leaf = self.parameters(parameters)?;
        let columns = self.record(&mut Recorder::<NoneTape>::new(), &leaf, task, points)?;
        let data = columns.iter().flat_map(|column| column.as_vec()).collect();
        Ok(task.kernel.values(data, points.rows()))
    }

    fn fields(&mut self, parameters: &[T], points: &Points<T>) -> Result<Vec<T>, EngineError> {
        shapes::field_points(&self.network, points)?;
        let leaf = self.parameters(parameters)?;
        let plan = JetPlan::default();
        let mut recorder = Recorder::<NoneTape>::new();
        let cut = Parameters::cut(&mut recorder, &self.circuit, &leaf)?;
        let fields = self.fields_at(&mut recorder, &plan, &cut, points, 0)?;
        Ok(fields.values())
    }

    fn linearised(&mut self) -> Option<&mut dyn crate::Linearised<T>> {
        Some(self)
    }
}
