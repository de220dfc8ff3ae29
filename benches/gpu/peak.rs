//! The most that a GPU can do in single precision, by what its driver says of it.

use cudarc::driver::{CudaDevice, sys::CUdevice_attribute as Attribute};
use std::error::Error;
use std::fmt;

pub struct Peak {
    capability: (i32, i32),
    multiprocessors: i32,
    /// Results of multiply-adds in a clock of a multiprocessor.
    units: i32,
    /// The highest clock of the multiprocessors, in kHz.
    clock: i32,
}

impl Peak {
    /// Peak of the GPU in use; `None` if its architecture is unknown here.
    pub fn of(ordinal: usize) -> Result<Option<Self>, Box<dyn Error>> {
        let device = CudaDevice::new(ordinal)?;
        let capability = (
            device.attribute(Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)?,
            device.attribute(Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)?,
        );
        let Some(units) = units(capability) else {
            return Ok(None);
        };
        Ok(Some(Peak {
            capability,
            multiprocessors: device
                .attribute(Attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)?,
            units,
            clock: device.attribute(Attribute::CU_DEVICE_ATTRIBUTE_CLOCK_RATE)?,
        }))
    }

    /// Additions and multiplications in a second: a multiply-add is two.
    pub fn operations(&self) -> f64 {
        2.0 * f64::from(self.multiprocessors) * f64::from(self.units) * f64::from(self.clock) * 1e3
    }
}

impl fmt::Display for Peak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = self.capability;
        write!(
            f,
            "{} multiprocessors × {} f32 units (compute capability {major}.{minor}) × 2 × {:.3} GHz = {:.1} TFLOP/s",
            self.multiprocessors,
            self.units,
            f64::from(self.clock) / 1e6,
            self.operations() / 1e12,
        )
    }
}

/// 32-bit floating-point multiply-adds in a clock of a multiprocessor: NVIDIA, *CUDA C++ Programming Guide*, table
/// "Throughput of Native Arithmetic Instructions".
fn units(capability: (i32, i32)) -> Option<i32> {
    match capability {
        (7, _) | (8, 0) => Some(64),
        (8, 6 | 7 | 9) | (9 | 10 | 12, _) => Some(128),
        _ => None,
    }
}
