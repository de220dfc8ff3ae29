//! Buffers that grow, and points that stay on the device while they do not change.

use super::machine::{Machine, MachineError};
use crate::expr::Real;
use crate::pinn::points::Points;
use bytemuck::Pod;

/// A buffer that is as long as it ever had to be.
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

    /// At least so many bytes; what was there is lost where it was shorter.
    pub fn at_least<M: Machine<Buffer = B>>(
        &mut self,
        machine: &M,
        bytes: usize,
    ) -> Result<&mut B, MachineError> {
        if self.bytes < bytes || self.buffer.is_none() {
            // The old one goes first: both may be too much.
            self.buffer = None;
            self.bytes = 0;
            let buffer = machine.allocate(bytes.max(8))?;
            self.bytes = bytes;
            return Ok(self.buffer.insert(buffer));
        }
        match &mut self.buffer {
            Some(buffer) => Ok(buffer),
            None => unreachable!("it was there"),
        }
    }

    /// Holds these numbers.
    pub fn hold<N: Pod, M: Machine<Buffer = B>>(
        &mut self,
        machine: &M,
        numbers: &[N],
    ) -> Result<&B, MachineError> {
        let buffer = self.at_least(machine, size_of_val(numbers))?;
        machine.write(buffer, bytemuck::cast_slice(numbers))?;
        Ok(buffer)
    }

    /// What it holds, if it was ever asked for.
    pub fn get(&self) -> Option<&B> {
        self.buffer.as_ref()
    }
}

/// Points of one task on the device.
pub struct Held<T, B> {
    /// The same points here, to see whether others come.
    points: Option<Points<T>>,
    pub data: Growing<B>,
    measure: Growing<B>,
    weights: Growing<B>,
}

impl<T: Real + Pod, B: Send> Held<T, B> {
    pub fn new() -> Self {
        Held {
            points: None,
            data: Growing::new(),
            measure: Growing::new(),
            weights: Growing::new(),
        }
    }

    /// Brings the points to the device unless they are there.
    pub fn hold<M: Machine<Buffer = B>>(
        &mut self,
        machine: &M,
        points: &Points<T>,
    ) -> Result<(), MachineError> {
        if self.points.as_ref() == Some(points) {
            return Ok(());
        }
        self.points = None;
        self.data.hold(machine, points.values())?;
        if let Some(measure) = points.measure() {
            self.measure.hold(machine, measure)?;
        }
        if let Some(weights) = points.weights() {
            self.weights.hold(machine, weights)?;
        }
        self.points = Some(points.clone());
        Ok(())
    }

    pub fn measure(&self) -> Option<&B> {
        let points = self.points.as_ref()?;
        points.measure().and_then(|_| self.measure.get())
    }

    pub fn weights(&self) -> Option<&B> {
        let points = self.points.as_ref()?;
        points.weights().and_then(|_| self.weights.get())
    }
}
