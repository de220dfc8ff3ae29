//! Layers, one file each, with forward, adjoint and tangent on jets.

mod activation;
mod blend;
mod concatenate;
mod dense;
mod frozen_norm;
mod gate;
mod head;
mod linear;
mod norm;

pub use activation::ActivationLayer;
pub use blend::BlendLayer;
pub use concatenate::ConcatenateLayer;
pub use dense::DenseLayer;
pub use frozen_norm::FrozenNormLayer;
pub use gate::GateLayer;
pub use head::{Columns, HeadLayer};
pub use linear::LinearLayer;
pub use norm::FeatureNormLayer;

use super::affine::stride;
use super::buffer::Buffer;
use super::pass::{Pass, Rows};
use crate::simd::Element;
use pinn_network::Value;
use std::fmt::Debug;
use std::ops::Range;

/// Part of the flat parameter vector that belongs to a layer.
pub trait Trained<T> {
    /// Reads the flat parameter vector.
    fn set(&mut self, parameters: &[T]);

    /// Reads a direction in parameter space, after the parameters were set.
    fn set_tangent(&mut self, vector: &[T]);

    /// Length of the gradient by the parameters in the layer's own shapes.
    fn part(&self) -> usize;

    /// Adds such a gradient to that by the flat parameters, of which `gradient` holds those from `first` on.
    fn collect(&self, part: &[T], gradient: &mut [T], first: usize);
}

/// One layer. Values are indexed by node; a layer reads smaller numbers than it writes.
pub trait Layer<T: Element>: Send + Sync + Debug {
    /// Values that the layer reads.
    fn inputs(&self) -> Vec<Value>;

    /// Value that the layer writes last.
    fn output(&self) -> Value;

    /// Parameters of the layer, if it has any.
    fn trained(&self) -> Option<&dyn Trained<T>> {
        None
    }

    fn trained_mut(&mut self) -> Option<&mut dyn Trained<T>> {
        None
    }

    fn forward(&self, pass: &Pass<T>, values: &mut [Buffer<T>]);

    /// `own` holds the gradient by the output and may be overwritten; the gradients by the inputs go to
    /// `gradients`, those by the parameters to `sink`.
    fn backward(
        &self,
        pass: &Pass<T>,
        values: &[Buffer<T>],
        own: &mut [T],
        gradients: &mut Gradients<T>,
        sink: &mut Sink<T>,
    );

    /// Returns true if [`Layer::backward`] leaves the gradient by its one input in `own`.
    fn in_place(&self) -> bool {
        false
    }

    /// Size per row of the scratch memory of [`Layer::backward`], in a slot after those of the inputs.
    fn scratch(&self) -> usize {
        0
    }

    /// Derivative of the output along the direction of [`Trained::set_tangent`], from those of the inputs.
    fn tangent(&self, pass: &Pass<T>, values: &[Buffer<T>], tangents: &mut [Buffer<T>]);
}

/// Units of a value in memory.
#[derive(Copy, Clone, Debug)]
pub struct Width {
    pub units: usize,
    /// Number of units, padded to cache lines.
    pub columns: usize,
    pub stride: usize,
}

impl Width {
    pub fn new<T: Element>(units: usize) -> Self {
        Width {
            units,
            columns: T::padded(units),
            stride: stride::<T>(units),
        }
    }

    pub fn rows<'a, T: Element>(&self, pass: &Pass<'a, T>) -> Rows<'a, T> {
        Rows {
            structure: pass.structure,
            points: pass.count,
            columns: self.columns,
            stride: self.stride,
        }
    }

    /// Elements of a value in a pass.
    pub fn length<T: Element>(&self, pass: &Pass<T>) -> usize {
        pass.rows() * self.stride
    }
}

/// Destination of the gradient by one input of a layer.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// No destination: the input depends on no parameters.
    None,
    /// It overwrites the gradient by the output.
    InPlace,
    /// Slot; with `accumulate` it is added to the gradients of other layers.
    Slot { slot: usize, accumulate: bool },
}

/// Slots of gradients of values, as one layer uses them.
pub struct Gradients<'a, T> {
    pub slots: &'a mut [Buffer<T>],
    /// One slot per input of the layer, then its scratch if it needs one.
    pub targets: &'a [Target],
}

impl<T: Element> Gradients<'_, T> {
    /// Memory for the gradient by input `k`, with true if the layer must add to its content.
    pub fn input(&mut self, k: usize) -> Option<(&mut [T], bool)> {
        match self.targets[k] {
            Target::Slot { slot, accumulate } => Some((&mut self.slots[slot], accumulate)),
            Target::None | Target::InPlace => None,
        }
    }

    /// First `length` elements of that memory, zeros if it was not written before, to which the layer adds.
    pub fn sum(&mut self, k: usize, length: usize) -> Option<&mut [T]> {
        let (slot, accumulate) = self.input(k)?;
        let room = &mut slot[..length];
        if !accumulate {
            room.fill(T::ZERO);
        }
        Some(room)
    }

    /// Takes the memory of input `k` out of its slot; an empty buffer if there is none.
    pub fn lift(&mut self, k: usize) -> Buffer<T> {
        match self.targets[k] {
            Target::Slot { slot, .. } => std::mem::take(&mut self.slots[slot]),
            Target::None | Target::InPlace => Buffer::default(),
        }
    }

    /// Undoes [`Gradients::lift`].
    pub fn put_back(&mut self, k: usize, room: Buffer<T>) {
        if let Target::Slot { slot, .. } = self.targets[k] {
            self.slots[slot] = room;
        }
    }

    /// Moves a gradient that was computed in place to its destination.
    pub fn settle(&mut self, k: usize, own: &[T]) {
        if let Some((slot, accumulate)) = self.input(k) {
            match accumulate {
                true => slot.iter_mut().zip(own).for_each(|(to, x)| *to += *x),
                false => slot[..own.len()].copy_from_slice(own),
            }
        }
    }
}

/// Destination of the gradient by a layer's parameters.
pub enum Sink<'a, T> {
    /// Sum over all points, in the layer's own shapes.
    Sum(&'a mut [T]),
    /// One row of the Jacobian per residual row.
    Rows(RowSink<'a, T>),
}

pub struct RowSink<'a, T> {
    /// Memory for the gradient of one layer in its own shapes.
    pub part: &'a mut Buffer<T>,
    /// Row-major, `columns` numbers each.
    pub jacobian: &'a mut [T],
    /// Parameter of the first column.
    pub first: usize,
    pub columns: usize,
    /// Points of one site: point p belongs to row p mod rows.
    pub rows: usize,
}

impl<T: Element> Sink<'_, T> {
    /// `add` adds the gradient of a range of points to a slice in the layer's own shapes.
    pub fn take(
        &mut self,
        trained: &dyn Trained<T>,
        pass: &Pass<T>,
        add: impl Fn(&Pass<T>, Range<usize>, &mut [T]),
    ) {
        match self {
            Sink::Sum(part) => add(pass, 0..pass.count, part),
            Sink::Rows(sink) => {
                let length = trained.part();
                for point in 0..pass.count {
                    let part = &mut sink.part[..length];
                    part.fill(T::ZERO);
                    add(&pass.point(point), point..point + 1, part);
                    let row = point % sink.rows * sink.columns;
                    let row = &mut sink.jacobian[row..][..sink.columns];
                    trained.collect(part, row, sink.first);
                }
            }
        }
    }
}
