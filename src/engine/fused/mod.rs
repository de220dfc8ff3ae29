//! The fused engine: blocks of points pass forward through the whole network, through the residual kernel
//! and back while they are in cache.
//!
//! Derivatives of the network are carried as truncated Taylor series along directions
//! ([`JetPlan`](pinn_network::jets::JetPlan)); the gradient is the adjoint of that computation. Rows of all
//! buffers hold the units of one layer for one stream of one point, so that all three products of a layer
//! run on them without copies. Blocks are dealt to a fixed number of groups that does not depend on the number
//! of threads; each group sums its blocks in order, and the groups are summed in order: the result is the
//! same to the last bit on any number of threads.

mod activate;
mod affine;
mod backward;
mod buffer;
mod composition;
mod forward;
mod gradient;
mod jacobian;
mod layers;
mod norm;
mod number;
mod pass;
mod program;
mod tangent;
mod task;
#[cfg(test)]
mod tests;
mod tower;
mod workspace;

use self::gradient::Partial;
pub use self::program::Instantiated;
use self::program::Program;
use self::task::Task;
use self::workspace::{Model, Workspace};
use super::shapes::{self, expect};
use super::simd::{Element, InstructionSet};
use super::{Engine, EngineError};
use pinn_geometry::points::Points;
use pinn_network::Network;
use pinn_units::{Batch, Kernel, Nondimensional};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Number of groups of blocks, for every number of threads.
const GROUPS: usize = 32;

/// Engine on the CPU's vector units; see the [module](self).
///
/// ```
/// use pinn_engine::{Engine, fused::FusedEngine};
/// use pinn_geometry::points::Points;
/// use pinn_network::{InputMap, Network, activation::Activation};
///
/// let network = Network::mlp(vec![InputMap::onto_unit(0.0, 1.0)], vec![8], Activation::Tanh, 2);
/// let parameters = network.circuit()?.initialise(0);
/// let mut engine = FusedEngine::<f64>::new(network, vec![], 1)?;
/// let fields = engine.fields(&parameters, &Points::new(1, 1, 3))?;
/// assert_eq!(fields.len(), 2 * 3);
/// # Ok::<(), pinn_engine::EngineError>(())
/// ```
pub struct FusedEngine<T: Element> {
    set: InstructionSet,
    network: Network,
    program: Program<T>,
    tasks: Vec<Task<T>>,
    values: Task<T>,
    losses: usize,
    /// Thread pool; `None` uses the caller's thread.
    pool: Option<ThreadPool>,
    /// One workspace per thread.
    workspaces: Vec<Mutex<Workspace<T>>>,
    partials: Vec<Partial<T>>,
}

impl<T: Instantiated> FusedEngine<T> {
    /// Creates an engine on `threads` threads of its own (0: one per core; 1: only the caller's).
    ///
    /// # Errors
    /// If a kernel reads coordinates, fields or derivatives that the network does not have or jets do not
    /// carry, if the network has no hidden layer or an empty one, or if no threads can be started.
    pub fn new(
        network: Network,
        kernels: Vec<Kernel<T, Nondimensional>>,
        threads: usize,
    ) -> Result<Self, EngineError> {
        Self::with_instructions(network, kernels, threads, InstructionSet::fastest())
    }

    /// Creates an engine with a given instruction set. Results differ between sets in the last bits.
    ///
    /// # Errors
    /// As for [`FusedEngine::new`].
    pub fn with_instructions(
        network: Network,
        kernels: Vec<Kernel<T, Nondimensional>>,
        threads: usize,
        set: InstructionSet,
    ) -> Result<Self, EngineError> {
        let program = T::program(network.circuit()?);
        shapes::network_serves(&network, &kernels)?;
        let mut tasks = Vec::new();
        let mut losses = 0;
        for kernel in kernels {
            let residuals = kernel.residuals();
            tasks.push(Task::new(&program, kernel, losses)?);
            losses += residuals;
        }
        let values = Task::values(&program);
        let threads = match threads {
            0 => std::thread::available_parallelism().map_or(1, |n| n.get()),
            n => n,
        };
        let pool = match threads {
            1 => None,
            n => Some(
                ThreadPoolBuilder::new()
                    .num_threads(n)
                    .thread_name(|i| format!("fused engine {i}"))
                    .build()
                    .map_err(|error| EngineError::Threads(error.to_string()))?,
            ),
        };
        let workspaces = (0..threads)
            .map(|_| Mutex::new(Workspace::new(&program, tasks.iter().chain([&values]))))
            .collect();
        Ok(FusedEngine {
            set,
            network,
            program,
            tasks,
            values,
            losses,
            pool,
            workspaces,
            partials: Vec::new(),
        })
    }
}

impl<T: Element> FusedEngine<T> {
    /// Vector instructions in use.
    pub fn instructions(&self) -> InstructionSet {
        self.set
    }

    /// Bytes of working space of all threads. They do not depend on the number of points.
    pub fn workspace_bytes(&self) -> usize {
        self.workspaces
            .iter()
            .map(|space| lock(space).bytes())
            .sum()
    }

    fn set(&mut self, parameters: &[T]) -> Result<(), EngineError> {
        expect("parameters", self.program.parameters(), parameters.len())?;
        self.program.set(parameters);
        Ok(())
    }

    fn model(&self) -> Model<'_, T> {
        Model {
            set: self.set,
            program: &self.program,
        }
    }

    /// Deals blocks to groups and sums those of each group in order by `add`; groups run on all threads. Returns the
    /// sums, which do not depend on the number of threads.
    fn sum_blocks(
        &mut self,
        blocks: usize,
        add: impl Fn(&[Task<T>], &Model<T>, &mut Workspace<T>, usize, &mut Partial<T>) + Sync,
    ) -> usize {
        let groups = blocks.min(GROUPS);
        while self.partials.len() < groups {
            self.partials.push(Partial::new(&self.program, self.losses));
        }
        let mut partials = std::mem::take(&mut self.partials);
        let model = self.model();
        let group = |(number, partial): (usize, &mut Partial<T>)| {
            let mut space = own(&self.workspaces, self.pool.is_some());
            partial.clear();
            for block in number * blocks / groups..(number + 1) * blocks / groups {
                add(&self.tasks, &model, &mut space, block, partial);
            }
        };
        let all = &mut partials[..groups];
        match &self.pool {
            Some(pool) => pool.install(|| {
                let groups = all.par_iter_mut().with_max_len(1).enumerate();
                groups.for_each(group)
            }),
            None => all.iter_mut().enumerate().for_each(group),
        }
        self.partials = partials;
        groups
    }

    /// Runs a task over all rows and collects `columns` columns; `read` gives those of a block.
    fn collect(
        &self,
        task: &Task<T>,
        rows: usize,
        columns: usize,
        read: impl Fn(&Model<T>, &mut Workspace<T>, std::ops::Range<usize>, &mut [T]) + Sync,
    ) -> Vec<T> {
        let model = self.model();
        let one = |block: usize| {
            let range = task.rows(block, rows);
            let mut part = vec![T::ZERO; columns * range.len()];
            let mut space = own(&self.workspaces, self.pool.is_some());
            read(&model, &mut space, range, &mut part);
            part
        };
        let blocks = 0..task.blocks(rows);
        let parts: Vec<Vec<T>> = match &self.pool {
            Some(pool) => pool.install(|| blocks.into_par_iter().map(one).collect()),
            None => blocks.map(one).collect(),
        };
        let mut all = vec![T::ZERO; columns * rows];
        for (block, part) in parts.iter().enumerate() {
            let n = part.len().checked_div(columns).unwrap_or(0);
            for column in 0..columns {
                let to = column * rows + block * task.block;
                all[to..to + n].copy_from_slice(&part[column * n..][..n]);
            }
        }
        all
    }
}

/// Locks a workspace. Every user overwrites it, so that a panic elsewhere does no harm.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the item of the running thread, one for each of a pool.
///
/// Without a pool it is the first one, also if the caller is a thread of another pool.
pub fn own<T>(workspaces: &[Mutex<T>], pooled: bool) -> MutexGuard<'_, T> {
    let index = match pooled {
        true => rayon::current_thread_index().unwrap_or(0),
        false => 0,
    };
    lock(&workspaces[index])
}

impl<T: Element> Engine<T> for FusedEngine<T> {
    fn network(&self) -> &Network {
        &self.network
    }

    fn losses(&self) -> usize {
        self.losses
    }

    fn pool(&self) -> Option<&ThreadPool> {
        self.pool.as_ref()
    }

    fn loss(
        &mut self,
        parameters: &[T],
        points: &[Points<T>],
        weights: &[f64],
        losses: &mut [f64],
        gradient: Option<&mut [T]>,
    ) -> Result<f64, EngineError> {
        let shape = (self.tasks.len(), self.losses, self.program.parameters());
        shapes::loss(shape, points, weights, losses, gradient.as_deref())?;
        for (task, points) in self.tasks.iter().zip(points) {
            task.serves(&self.network, points)?;
            shapes::weights_fit(task.residuals(), points)?;
        }
        self.set(parameters)?;

        let blocks: usize = self
            .tasks
            .iter()
            .zip(points)
            .map(|(task, p)| task.blocks(p.rows()))
            .sum();
        let wanted = gradient.is_some().then_some(weights);
        let groups = self.sum_blocks(blocks, |tasks, model, space, block, partial| {
            let mut block = block;
            for (task, points) in tasks.iter().zip(points) {
                let count = task.blocks(points.rows());
                if block < count {
                    let rows = task.rows(block, points.rows());
                    return space.add(model, task, points, rows, wanted, partial);
                }
                block -= count;
            }
        });
        let partials = &mut self.partials[..groups];
        losses.fill(0.0);
        for partial in &*partials {
            for (loss, part) in losses.iter_mut().zip(&partial.losses) {
                *loss += part;
            }
        }
        let mut value = 0.0;
        for (number, weight) in weights.iter().enumerate() {
            let parts = partials.iter().map(|partial| partial.weighted[number]);
            value += weight * parts.fold(0.0, |sum, part| sum + part);
        }
        if let Some(gradient) = gradient {
            gradient::sum(&self.program, partials, gradient, self.pool.as_ref());
        }
        Ok(value)
    }

    fn residuals(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
    ) -> Result<Batch<T, Nondimensional>, EngineError> {
        shapes::task(&self.tasks, task)?.serves(&self.network, points)?;
        self.set(parameters)?;
        let task = &self.tasks[task];
        let columns = task.residuals();
        let data = self.collect(task, points.rows(), columns, |model, space, rows, part| {
            let n = rows.len();
            let residuals = space.residuals(model, task, points, rows);
            for (r, column) in part.chunks_exact_mut(n).enumerate() {
                column.copy_from_slice(&residuals[r * task.block..][..n]);
            }
        });
        match &task.kernel {
            Some(kernel) => Ok(kernel.values(data, points.rows())),
            None => Err(EngineError::Shape {
                what: "residual kernels of the task",
                expected: 1,
                found: 0,
            }),
        }
    }

    fn fields(&mut self, parameters: &[T], points: &Points<T>) -> Result<Vec<T>, EngineError> {
        shapes::field_points(&self.network, points)?;
        self.set(parameters)?;
        let task = &self.values;
        let columns = self.network.outputs;
        Ok(
            self.collect(task, points.rows(), columns, |model, space, rows, part| {
                let n = rows.len();
                let (outputs, stride) = space.outputs(model, task, points, rows);
                for (field, column) in part.chunks_exact_mut(n).enumerate() {
                    column.copy_from_slice(&outputs[field * stride..][..n]);
                }
            }),
        )
    }

    fn linearised(&mut self) -> Option<&mut dyn crate::Linearised<T>> {
        Some(self)
    }
}
