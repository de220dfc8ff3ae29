//! Buffers that grow, and points that stay on the device until they change.

use super::machine::{Machine, MachineError};
use bytemuck::Pod;
use pinn_expr::Real;
use pinn_geometry::points::{Points, Stamp};

/// Buffer of the largest size that was needed so far.
pub struct Growing<B> {
    buffer: Option<B>,
    bytes: usize,
}

impl<B: Send> Growing<B> {
    pub fn new() -> Self {
        Growing {
            buffer: None,
            bytes: 0,
        }
    }

    /// Provides a buffer of at least this number of bytes; growing loses the content.
    pub fn at_least<M: Machine<Buffer = B>>(
        &mut self,
        machine: &M,
        bytes: usize,
    ) -> Result<&mut B, MachineError> {
        if self.bytes < bytes || self.buffer.is_none() {
            // The old one is freed first: both may need too much memory.
            self.buffer = None;
            self.bytes = 0;
            let buffer = machine.allocate(bytes.max(8))?;
            self.bytes = bytes;
            return Ok(self.buffer.insert(buffer));
        }
        match &mut self.buffer {
            Some(buffer) => Ok(buffer),
            None => unreachable!("the buffer exists"),
        }
    }

    /// Stores these numbers.
    pub fn hold<N: Pod, M: Machine<Buffer = B>>(
        &mut self,
        machine: &M,
        numbers: &[N],
    ) -> Result<&B, MachineError> {
        let buffer = self.at_least(machine, size_of_val(numbers))?;
        machine.write(buffer, bytemuck::cast_slice(numbers))?;
        Ok(buffer)
    }

    /// Buffer, if it was allocated.
    pub fn get(&self) -> Option<&B> {
        self.buffer.as_ref()
    }
}

/// Points of one task on the device.
pub struct Held<B> {
    /// That of the points that are there.
    stamp: Option<Stamp>,
    pub data: Growing<B>,
    measure: Option<Growing<B>>,
    weights: Option<Growing<B>>,
}

impl<B: Send> Held<B> {
    pub fn new() -> Self {
        Held {
            stamp: None,
            data: Growing::new(),
            measure: None,
            weights: None,
        }
    }

    /// Copies the points to the device unless they are there.
    pub fn hold<T: Real + Pod, M: Machine<Buffer = B>>(
        &mut self,
        machine: &M,
        points: &Points<T>,
    ) -> Result<(), MachineError> {
        if self.stamp == Some(points.stamp()) {
            return Ok(());
        }
        self.stamp = None;
        self.data.hold(machine, points.values())?;
        keep(&mut self.measure, machine, points.measure())?;
        keep(&mut self.weights, machine, points.weights())?;
        self.stamp = Some(points.stamp());
        Ok(())
    }

    pub fn measure(&self) -> Option<&B> {
        self.measure.as_ref().and_then(Growing::get)
    }

    pub fn weights(&self) -> Option<&B> {
        self.weights.as_ref().and_then(Growing::get)
    }
}

/// The numbers, if there are any.
fn keep<N: Pod, M: Machine>(
    place: &mut Option<Growing<M::Buffer>>,
    machine: &M,
    numbers: Option<&[N]>,
) -> Result<(), MachineError> {
    match numbers {
        None => *place = None,
        Some(numbers) => {
            let place = place.get_or_insert_with(Growing::new);
            place.hold(machine, numbers)?;
        }
    }
    Ok(())
}
