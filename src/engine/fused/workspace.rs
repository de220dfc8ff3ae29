//! Inputs and memory of the computation of a block of rows.

use super::buffer::Buffer;
use super::pass::Pass;
use super::program::Program;
use super::task::Task;
use crate::simd::{Element, InstructionSet};
use pinn_expr::Scratch as Registers;

/// Inputs of the computation of a block.
#[derive(Copy, Clone)]
pub struct Model<'a, T> {
    pub set: InstructionSet,
    pub program: &'a Program<T>,
}

/// Working space of one thread. Columns (`coordinates`, `outputs`, `inputs`, …) are as long as the largest
/// block, points of several sites one site after the other.
#[derive(Debug)]
pub struct Workspace<T> {
    /// Mapped coordinates.
    pub(super) coordinates: Buffer<T>,
    /// One value per node; see [`Pass`].
    pub(super) values: Vec<Buffer<T>>,
    /// Derivatives of the values along a direction in parameter space; empty until requested.
    pub(super) tangents: Vec<Buffer<T>>,
    /// Gradients by values.
    pub(super) slots: Vec<Buffer<T>>,
    /// Used stream by field.
    pub(super) outputs: Buffer<T>,
    pub(super) output_seeds: Buffer<T>,
    /// Columns of the kernel.
    pub(super) inputs: Buffer<T>,
    pub(super) input_seeds: Buffer<T>,
    pub(super) residuals: Buffer<T>,
    pub(super) seeds: Buffer<T>,
    /// Gradient of one layer at one point.
    pub(super) part: Buffer<T>,
    pub(super) registers: Registers<T>,
}

impl<T: Element> Workspace<T> {
    /// Allocates memory for a block of any of the tasks.
    pub fn new<'a>(program: &Program<T>, tasks: impl Iterator<Item = &'a Task<T>>) -> Self {
        let empty = |n: usize| (0..n).map(|_| Buffer::new(0)).collect::<Vec<_>>();
        let mut space = Workspace {
            coordinates: Buffer::new(0),
            values: empty(program.widths.len()),
            tangents: empty(program.widths.len()),
            slots: empty(program.slots.len()),
            outputs: Buffer::new(0),
            output_seeds: Buffer::new(0),
            inputs: Buffer::new(0),
            input_seeds: Buffer::new(0),
            residuals: Buffer::new(0),
            seeds: Buffer::new(0),
            part: Buffer::new(0),
            registers: Registers::new(),
        };
        for task in tasks {
            let points = task.capacity();
            let rows = points * task.structure.streams;
            let fields = program.circuit.outputs();
            space.coordinates.resize(points * program.circuit.inputs());
            let values = space.values.iter_mut().zip(&program.widths);
            for (value, width) in values.skip(1) {
                value.resize(rows * width.stride);
            }
            for (slot, stride) in space.slots.iter_mut().zip(&program.slots) {
                slot.resize(rows * stride);
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

    /// Allocates memory for tangents, as much as for values.
    pub fn with_tangents(&mut self) {
        for (tangent, value) in self.tangents.iter_mut().zip(&self.values) {
            tangent.resize(value.len());
        }
    }

    /// Size in bytes, without the kernels' registers.
    pub fn bytes(&self) -> usize {
        let layers = self.values.iter().chain(&self.tangents).chain(&self.slots);
        let others = [
            &self.coordinates,
            &self.outputs,
            &self.output_seeds,
            &self.inputs,
            &self.input_seeds,
            &self.residuals,
            &self.seeds,
            &self.part,
        ];
        let elements: usize = layers.chain(others).map(|buffer| buffer.len()).sum();
        elements * size_of::<T>()
    }
}

/// Returns the pass of `count` points of a task whose coordinates are in place.
pub fn pass<'a, T: Element>(
    model: &Model<'a, T>,
    task: &'a Task<T>,
    coordinates: &'a [T],
    count: usize,
) -> Pass<'a, T> {
    Pass {
        set: model.set,
        structure: &task.structure,
        input_maps: &model.program.circuit.input_maps,
        coordinates,
        capacity: task.capacity(),
        count,
    }
}
