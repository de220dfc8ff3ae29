//! Pass of one block of points through the layers.

use crate::simd::{Element, InstructionSet};
use crate::structure::Structure;
use pinn_network::InputMap;

/// Pass of a block. Values and gradients of all layers hold row `point · streams + stream` of one layer's units at that
/// multiple of the layer's stride, filled up to cache lines with zeros.
#[derive(Copy, Clone)]
pub struct Pass<'a, T> {
    pub set: InstructionSet,
    pub structure: &'a Structure<T>,
    pub input_maps: &'a [InputMap],
    /// Mapped coordinates: number c of point p is element `c · capacity + p`.
    pub coordinates: &'a [T],
    pub capacity: usize,
    /// Number of points of all sites together.
    pub count: usize,
}

impl<'a, T: Element> Pass<'a, T> {
    pub fn streams(&self) -> usize {
        self.structure.streams
    }

    /// Number of rows of a value: all streams of all points.
    pub fn rows(&self) -> usize {
        self.count * self.structure.streams
    }

    /// Pass of one point.
    pub fn point(&self, number: usize) -> Pass<'a, T> {
        Pass {
            coordinates: &self.coordinates[number..],
            count: 1,
            ..*self
        }
    }
}

/// Rows of one value, as described in [`Pass`](Pass).
#[derive(Copy, Clone, Debug)]
pub struct Rows<'a, T> {
    pub structure: &'a Structure<T>,
    pub points: usize,
    /// Distance of rows, a multiple of the cache line.
    pub columns: usize,
    pub stride: usize,
}
