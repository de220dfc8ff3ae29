//! What a block of rows is computed from, and in.

use super::buffer::Buffer;
use super::layout::Layers;
use super::task::Task;
use crate::expr::Scratch as Registers;
use crate::pinn::engine::simd::{Element, InstructionSet};
use crate::pinn::network::Network;

/// What a block is computed from.
pub struct Model<'a, T> {
    pub set: InstructionSet,
    pub network: &'a Network,
    pub layers: &'a Layers<T>,
}

/// Working space of one thread. Columns (`coordinates`, `outputs`, `inputs`, …) are as long as the largest
/// block, points of several sites one site after the other.
#[derive(Debug)]
pub struct Workspace<T> {
    pub(super) coordinates: Buffer<T>,
    /// Before and after the activation of each hidden layer, in the rows of [`Shape`].
    pub(super) sums: Vec<Buffer<T>>,
    pub(super) activations: Vec<Buffer<T>>,
    pub(super) gradient_activations: Buffer<T>,
    pub(super) gradient_sums: Buffer<T>,
    /// Used stream by field.
    pub(super) outputs: Buffer<T>,
    pub(super) output_seeds: Buffer<T>,
    /// Columns of the kernel.
    pub(super) inputs: Buffer<T>,
    pub(super) input_seeds: Buffer<T>,
    pub(super) residuals: Buffer<T>,
    pub(super) seeds: Buffer<T>,
    /// Sum over points of the gradient by one slope.
    pub(super) slope: Buffer<T>,
    pub(super) registers: Registers<T>,
}

impl<T: Element> Workspace<T> {
    /// Room for a block of any of the tasks.
    pub fn new<'a>(layers: &Layers<T>, tasks: impl Iterator<Item = &'a Task<T>>) -> Self {
        let mut space = Workspace {
            coordinates: Buffer::new(0),
            sums: layers.hidden().iter().map(|_| Buffer::new(0)).collect(),
            activations: layers.hidden().iter().map(|_| Buffer::new(0)).collect(),
            gradient_activations: Buffer::new(0),
            gradient_sums: Buffer::new(0),
            outputs: Buffer::new(0),
            output_seeds: Buffer::new(0),
            inputs: Buffer::new(0),
            input_seeds: Buffer::new(0),
            residuals: Buffer::new(0),
            seeds: Buffer::new(0),
            slope: Buffer::new(layers.hidden()[0].output_stride),
            registers: Registers::new(),
        };
        for task in tasks {
            let points = task.block * task.sites;
            let fields = layers.last().place.outputs;
            space
                .coordinates
                .resize(points * layers.hidden()[0].place.inputs);
            for (l, layer) in layers.hidden().iter().enumerate() {
                let rows = points * task.streams * layer.output_stride;
                space.sums[l].resize(rows);
                space.activations[l].resize(rows);
                space.gradient_activations.resize(rows);
                space.gradient_sums.resize(rows);
            }
            space.outputs.resize(points * task.used.len() * fields);
            space.output_seeds.resize(points * task.used.len() * fields);
            space.inputs.resize(task.block * task.sources.len());
            space.input_seeds.resize(task.block * task.sources.len());
            space.residuals.resize(task.block * task.residuals());
            space.seeds.resize(task.block * task.residuals());
        }
        space
    }

    /// Bytes that it holds, without the kernels' registers.
    pub fn bytes(&self) -> usize {
        let layers = self.sums.iter().chain(&self.activations);
        let others = [
            &self.coordinates,
            &self.gradient_activations,
            &self.gradient_sums,
            &self.outputs,
            &self.output_seeds,
            &self.inputs,
            &self.input_seeds,
            &self.residuals,
            &self.seeds,
            &self.slope,
        ];
        let elements: usize = layers.chain(others).map(|buffer| buffer.len()).sum();
        elements * size_of::<T>()
    }
}
