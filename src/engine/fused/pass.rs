//! One block of points on its way through the layers: what they all need to know.

use crate::simd::{Element, InstructionSet};
use crate::structure::Structure;
use pinn_network::InputMap;

/// Values and gradients of all layers hold row `point · streams + stream` of one layer's units at that multiple
/// of the layer's stride, filled up to cache lines with zeros.
#[derive(Copy, Clone)]
pub struct Pass<'a, T> {
    pub set: InstructionSet,
    pub structure: &'a Structure<T>,
    pub input_maps: &'a [InputMap],
    /// Mapped coordinates: number c of point p is element `c · capacity + p`.
    pub coordinates: &'a [T],
    pub capacity: usize,
    /// Points, those of all sites together.
    pub count: usize,
}

impl<'a, T: Element> Pass<'a, T> {
    pub fn streams(&self) -> usize {
        self.structure.streams
    }

    /// Rows of a value: all streams of all points.
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

/// Rows as [`Pass`](Pass) says, of one value.
#[derive(Copy, Clone, Debug)]
pub struct Rows<'a, T> {
    pub structure: &'a Structure<T>,
    pub points: usize,
    /// A multiple of the cache line.
    pub columns: usize,
    pub stride: usize,
}
