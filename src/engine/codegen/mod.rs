//! Engine whose code is generated for its network and its residuals, for machines with many threads.
//!
//! The source is written from the data that the other engines run on: the straight-line programs of the
//! residual kernels, and layers as expressions, whose adjoints the expression graph derives. A block of
//! threads takes tiles of points through the whole network, the residuals and all adjoints while their values
//! are in memory that the block shares (or, for wide networks, in a workspace of its own), and adds gradients
//! to one sum per block. Tiles are dealt to blocks by their number, and the sums of blocks are added in order: a
//! device gives the same bits every time.
//!
//! The source is in the common part of C and CUDA C++. A [`Machine`] runs it: a GPU, or in tests the CPU.

mod adam;
pub mod cuda;
mod function;
mod held;
mod jacobian;
mod layers;
mod layout;
mod loss;
mod machine;
mod memory;
mod products;
mod source;
mod statements;
mod task;

pub use machine::{Argument, Launch, Limits, Machine, MachineError};
pub use products::Products;

use super::resident::Resident;
use super::shapes::{self, expect};
use super::{Engine, EngineError, Linearised};
use adam::Moments;
use bytemuck::Pod;
use held::{Growing, Held};
use layout::Layout;
use pinn_expr::Real;
use pinn_geometry::points::Points;
use pinn_network::Network;
use pinn_units::{Batch, Kernel, Nondimensional};
use task::{Task, argument, mode};

/// Numbers of kernels in the source.
mod number {
    pub const PREPARE: usize = 0;
    pub const COLLECT: usize = 1;
    pub const REDUCE: usize = 2;
    pub const PRODUCT: usize = 3;
    pub const SURVEY: usize = 4;
    pub const ADAM: usize = 5;
    pub const FIELDS: usize = 6;

    pub fn task(task: usize) -> usize {
        FIELDS + 1 + 2 * task
    }

    pub fn rows(task: usize) -> usize {
        FIELDS + 2 + 2 * task
    }
}

/// Engine on a [`Machine`]; see the [module](self).
pub struct GeneratedEngine<T, M: Machine> {
    machine: M,
    network: Network,
    limits: Limits,
    layout: Layout,
    tasks: Vec<Task<T>>,
    fields: Task<T>,
    losses: usize,
    source: String,
    parameters: Growing<M::Buffer>,
    constants: Growing<M::Buffer>,
    matrices: Growing<M::Buffer>,
    /// Points of the losses, one set per task.
    points: Vec<Held<M::Buffer>>,
    /// Points of other calls.
    others: Held<M::Buffer>,
    /// Factors of each task.
    factors: Vec<Growing<M::Buffer>>,
    workspace: Growing<M::Buffer>,
    /// Gradients of all blocks, or of all rows.
    partial: Growing<M::Buffer>,
    /// Sums of squares of all blocks.
    sums: Growing<M::Buffer>,
    /// Sum of gradients in the shapes of the matrices.
    gradient: Growing<M::Buffer>,
    /// Gradients by the flat parameters.
    flat: Growing<M::Buffer>,
    totals: Growing<M::Buffer>,
    moments: Moments<M::Buffer>,
    vector: Growing<M::Buffer>,
    products: Growing<M::Buffer>,
}

impl From<MachineError> for EngineError {
    fn from(error: MachineError) -> Self {
        EngineError::Machine(error)
    }
}

/// Largest size in bytes of the gradients of all blocks: larger gradients get fewer blocks.
const PARTIAL_BYTES: usize = 256 << 20;

impl<T: Real + Pod, M: Machine> GeneratedEngine<T, M> {
    /// Creates an engine on this machine and compiles its source.
    ///
    /// # Errors
    /// As for [`FusedEngine::new`](super::fused::FusedEngine::new), and [`EngineError::Machine`].
    pub fn new(
        machine: M,
        network: Network,
        kernels: Vec<Kernel<T, Nondimensional>>,
    ) -> Result<Self, EngineError> {
        Self::with_products(machine, network, kernels, Products::Plain)
    }

    /// Creates an engine with other products of matrices, if the machine has tensor cores. [`Engine::fields`]
    /// always uses plain products.
    ///
    /// # Errors
    /// As for [`GeneratedEngine::new`].
    pub fn with_products(
        machine: M,
        network: Network,
        kernels: Vec<Kernel<T, Nondimensional>>,
        products: Products,
    ) -> Result<Self, EngineError> {
        let mut machine = machine;
        let limits = machine.limits();
        let products = products.on::<T>(limits);
        let circuit = network.circuit()?;
        shapes::network_serves(&network, &kernels)?;
        let layout = Layout::new(&circuit);
        let mut losses = 0;
        let mut tasks = Vec::new();
        for kernel in kernels {
            let task = Task::new(&layout, Some(kernel), losses, limits, products)?;
            losses += task.residuals();
            tasks.push(task);
        }
        let fields = Task::new(&layout, None, 0, limits, Products::Plain)?;
        let header = machine.header();
        let source = source::source(
            &header,
            products,
            &layout,
            &circuit.input_maps,
            &tasks,
            &fields,
            limits,
        );
        machine.compile(&source, &source::kernels(tasks.len()))?;
        let mut constants = Growing::new();
        let numbers: Vec<T> = layout.constants.iter().map(|x| T::from_f64(*x)).collect();
        constants.hold(&machine, &numbers)?;
        let bytes = |numbers: usize| numbers * size_of::<T>();
        let [mut matrices, mut gradient] = [Growing::new(), Growing::new()];
        matrices.at_least(&machine, bytes(layout.matrices))?;
        gradient.at_least(&machine, bytes(layout.gradient))?;
        let room = std::iter::once(&fields).chain(&tasks);
        let room = room
            .filter(|task| !task.shared)
            .map(|task| task.memory.length);
        let mut workspace = Growing::new();
        let most = room.max().unwrap_or(0);
        workspace.at_least(&machine, bytes(most) * limits.blocks)?;
        Ok(GeneratedEngine {
            points: tasks.iter().map(|_| Held::new()).collect(),
            factors: tasks.iter().map(|_| Growing::new()).collect(),
            machine,
            network,
            limits,
            layout,
            tasks,
            fields,
            losses,
            source,
            parameters: Growing::new(),
            constants,
            matrices,
            others: Held::new(),
            workspace,
            partial: Growing::new(),
            sums: Growing::new(),
            gradient,
            flat: Growing::new(),
            totals: Growing::new(),
            moments: Moments::new(),
            vector: Growing::new(),
            products: Growing::new(),
        })
    }

    /// Source that was compiled.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Number of blocks for a number of tiles.
    fn blocks(&self, tiles: usize) -> usize {
        let bytes = self.layout.gradient.max(1) * size_of::<T>();
        let most = (PARTIAL_BYTES / bytes).clamp(1, self.limits.blocks);
        tiles.clamp(1, most)
    }

    /// Copies the parameters to the device and computes the matrices of the layers.
    fn set(&mut self, parameters: &[T]) -> Result<(), EngineError> {
        expect("parameters", self.layout.parameters, parameters.len())?;
        self.parameters.hold(&self.machine, parameters)?;
        self.prepare()
    }

    /// Computes the matrices of the layers from the parameters on the device.
    fn prepare(&mut self) -> Result<(), EngineError> {
        let [from, constants, to] = source::argument::PREPARE;
        let mut arguments = arguments(3);
        arguments[from] = buffer(&self.parameters);
        arguments[constants] = buffer(&self.constants);
        arguments[to] = buffer(&self.matrices);
        let launch = self.over(number::PREPARE, self.layout.matrices);
        self.machine.launch(launch, &arguments)?;
        Ok(())
    }

    /// Launch over a number of independent elements.
    fn over(&self, kernel: usize, numbers: usize) -> Launch {
        Launch {
            kernel,
            blocks: numbers
                .div_ceil(self.limits.threads)
                .clamp(1, self.limits.blocks),
            threads: self.limits.threads,
            shared: 0,
        }
    }

    /// Converts a number of gradients in `self.gradient` or `self.partial` to `self.flat`.
    fn collect(&mut self, from_partial: bool, sets: usize) -> Result<(), EngineError> {
        let bytes = sets * self.layout.parameters * size_of::<T>();
        self.flat.at_least(&self.machine, bytes)?;
        let [from, parameters, matrices, to, count] = source::argument::COLLECT;
        let mut arguments = arguments(5);
        arguments[from] = buffer(if from_partial {
            &self.partial
        } else {
            &self.gradient
        });
        arguments[parameters] = buffer(&self.parameters);
        arguments[matrices] = buffer(&self.matrices);
        arguments[to] = buffer(&self.flat);
        arguments[count] = Argument::Integer(sets as u64);
        let launch = self.over(number::COLLECT, sets * self.layout.parameters);
        self.machine.launch(launch, &arguments)?;
        Ok(())
    }

    /// Sums over blocks: of gradients, of squares.
    fn reduce(&mut self, blocks: usize, gradient: bool, squares: bool) -> Result<(), EngineError> {
        let bytes = 2 * self.losses * size_of::<f64>();
        self.totals.at_least(&self.machine, bytes)?;
        let [gradients, sums, count, to, losses] = source::argument::REDUCE;
        let mut arguments = arguments(5);
        if gradient {
            arguments[gradients] = buffer(&self.partial);
        }
        if squares {
            arguments[sums] = buffer(&self.sums);
        }
        arguments[count] = Argument::Integer(blocks as u64);
        arguments[to] = buffer(&self.gradient);
        arguments[losses] = buffer(&self.totals);
        let launch = self.over(number::REDUCE, self.layout.gradient.max(2 * self.losses));
        self.machine.launch(launch, &arguments)?;
        Ok(())
    }

    /// Common arguments of all kernels of tasks.
    fn common<'a>(
        &'a self,
        held: &'a Held<M::Buffer>,
        points: &Points<T>,
    ) -> Vec<Argument<'a, M::Buffer>> {
        let mut arguments = arguments(argument::COUNT);
        arguments[argument::MATRICES] = buffer(&self.matrices);
        arguments[argument::PARAMETERS] = buffer(&self.parameters);
        arguments[argument::CONSTANTS] = buffer(&self.constants);
        arguments[argument::POINTS] = buffer(&held.data);
        arguments[argument::MEASURE] = optional(held.measure());
        arguments[argument::WEIGHTS] = optional(held.weights());
        arguments[argument::WORKSPACE] = buffer(&self.workspace);
        arguments[argument::INTO] = buffer(&self.partial);
        arguments[argument::SUMS] = buffer(&self.sums);
        arguments[argument::VECTOR] = buffer(&self.vector);
        arguments[argument::ROWS] = Argument::Integer(points.rows() as u64);
        arguments[argument::COORDINATES] = Argument::Integer(points.coordinates() as u64);
        arguments
    }

    fn task_launch(&self, kernel: usize, task: &Task<T>, blocks: usize) -> Launch {
        Launch {
            kernel,
            blocks,
            threads: self.limits.threads,
            shared: task.shared_bytes(),
        }
    }

    /// Computes residuals or fields at points: `columns` columns.
    fn columns(
        &mut self,
        task: Option<usize>,
        points: &Points<T>,
        columns: usize,
    ) -> Result<Vec<T>, EngineError> {
        self.others.hold(&self.machine, points)?;
        let mut values = vec![T::ZERO; columns * points.rows()];
        let bytes = size_of_val(&values[..]);
        self.vector.at_least(&self.machine, bytes)?;
        let (kernel, planned, what) = match task {
            Some(n) => (number::task(n), &self.tasks[n], mode::RESIDUALS),
            None => (number::FIELDS, &self.fields, mode::FIELDS),
        };
        let mut arguments = self.common(&self.others, points);
        arguments[argument::MODE] = Argument::Integer(what);
        let blocks = planned.tiles(points.rows()).clamp(1, self.limits.blocks);
        let launch = self.task_launch(kernel, planned, blocks);
        self.machine.launch(launch, &arguments)?;
        read(&self.machine, &self.vector, &mut values)?;
        Ok(values)
    }

    fn serves(&self, task: usize, points: &Points<T>) -> Result<(), EngineError> {
        match &shapes::task(&self.tasks, task)?.kernel {
            Some(kernel) => shapes::points_serve(&self.network, kernel, points),
            None => Ok(()),
        }
    }
}

fn arguments<'a, B>(count: usize) -> Vec<Argument<'a, B>> {
    (0..count).map(|_| Argument::Null).collect()
}

fn optional<B>(buffer: Option<&B>) -> Argument<'_, B> {
    buffer.map_or(Argument::Null, Argument::Buffer)
}

fn buffer<B: Send>(growing: &Growing<B>) -> Argument<'_, B> {
    optional(growing.get())
}

fn read<N: Pod, M: Machine>(
    machine: &M,
    from: &Growing<M::Buffer>,
    numbers: &mut [N],
) -> Result<(), EngineError> {
    match from.get() {
        Some(from) => Ok(machine.read(from, bytemuck::cast_slice_mut(numbers))?),
        None => unreachable!("the buffer was written before"),
    }
}

impl<T: Real + Pod, M: Machine> Engine<T> for GeneratedEngine<T, M> {
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
        let shape = (self.tasks.len(), self.losses, self.layout.parameters);
        shapes::loss(shape, points, weights, losses, gradient.as_deref())?;
        let blocks = self.stage(points, weights, gradient.is_some())?;
        self.set(parameters)?;
        self.pass(points, blocks, gradient.is_some())?;
        self.reduce(blocks, gradient.is_some(), true)?;
        let mut totals = vec![0.0; 2 * self.losses];
        if let Some(gradient) = gradient {
            self.collect(false, 1)?;
            read(&self.machine, &self.flat, gradient)?;
        }
        read(&self.machine, &self.totals, &mut totals)?;
        let mut value = 0.0;
        let sums = self.sums(&totals, points).zip(weights).zip(losses);
        for (([plain, weighted, count], weight), loss) in sums {
            *loss = plain / count;
            value += weight * weighted / count;
        }
        Ok(value)
    }

    fn residuals(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
    ) -> Result<Batch<T, Nondimensional>, EngineError> {
        self.serves(task, points)?;
        self.set(parameters)?;
        let columns = self.tasks[task].residuals();
        let data = self.columns(Some(task), points, columns)?;
        match &self.tasks[task].kernel {
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
        self.columns(None, points, self.network.outputs)
    }

    fn linearised(&mut self) -> Option<&mut dyn Linearised<T>> {
        Some(self)
    }

    fn resident(&mut self) -> Option<&mut dyn Resident<T>> {
        Some(self)
    }
}
