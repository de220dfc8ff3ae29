//! Storage that begins at a cache line.

use crate::simd::CACHE_LINE;
use pinn_expr::Real;
use std::ops::{Deref, DerefMut};

/// Slice that begins at a multiple of the cache line, so that no vector load crosses one. It grows and never shrinks.
/// It is not `Clone`, because a copy may have another alignment.
#[derive(Debug, Default)]
pub struct Buffer<T> {
    data: Vec<T>,
    start: usize,
    len: usize,
}

impl<T: Real> Buffer<T> {
    pub fn new(len: usize) -> Self {
        let mut buffer = Buffer {
            data: Vec::new(),
            start: 0,
            len: 0,
        };
        buffer.resize(len);
        buffer
    }

    /// Returns at least `len` elements. Their content is unspecified if the buffer had to grow.
    pub fn resize(&mut self, len: usize) {
        if len > self.len {
            self.data = vec![T::ZERO; len + CACHE_LINE / size_of::<T>()];
            let offset = self.data.as_ptr().align_offset(CACHE_LINE);
            // An allocator that cannot tell the offset costs speed, not correctness.
            self.start = offset.min(CACHE_LINE / size_of::<T>());
            self.len = len;
        }
    }
}

impl<T> Deref for Buffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.data[self.start..][..self.len]
    }
}

impl<T> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.data[self.start..][..self.len]
    }
}
