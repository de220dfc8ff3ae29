//! Devices of the CUDA driver.
//!
//! dfdx and cudarc panic if there is no device, so that the driver is queried before either of them.

use super::{DeviceError, Gpu};
use cudarc::driver::{DriverError, result, sys};
use dfdx::prelude::{Cuda, CudaError};
use std::ffi::{CStr, c_char, c_int};
use sys::CUresult;

/// Largest size in bytes of a name, with its final zero, as in NVIDIA's own programs.
const NAME: usize = 256;

/// Device with this number.
pub(super) fn gpu(ordinal: usize) -> Result<Gpu, DeviceError> {
    result::init().map_err(refusal)?;
    let found = result::device::get_count().map_err(refusal)?;
    let found = usize::try_from(found).unwrap_or(0);
    if found == 0 {
        return Err(DeviceError::NoDevice);
    }
    let missing = DeviceError::Ordinal { ordinal, found };
    let number = c_int::try_from(ordinal).map_err(|_| missing.clone())?;
    if ordinal >= found {
        return Err(missing);
    }
    let device = result::device::get(number).map_err(refusal)?;
    let name = name(device).map_err(refusal)?;
    Ok(Gpu { ordinal, name })
}

fn name(device: sys::CUdevice) -> Result<String, DriverError> {
    let mut bytes: [c_char; NAME] = [0; NAME];
    // SAFETY: the driver is initialised, for `device` came from it, and writes at most as many bytes as the buffer
    // has.
    unsafe { sys::cuDeviceGetName(bytes.as_mut_ptr(), NAME as c_int, device).result()? };
    let bytes = bytes.map(|byte| byte as u8);
    let name = CStr::from_bytes_until_nul(&bytes).map(CStr::to_string_lossy);
    Ok(name.map_or_else(|_| "unnamed".to_string(), |name| name.into_owned()))
}

pub(super) fn refusal(error: DriverError) -> DeviceError {
    match error.0 {
        // Answer of the substitute of the driver (`scripts/cuda-toolkit`) without a driver, and of NVIDIA's own stub.
        CUresult::CUDA_ERROR_STUB_LIBRARY => DeviceError::NoDriver,
        CUresult::CUDA_ERROR_NO_DEVICE => DeviceError::NoDevice,
        code => {
            let text = error.error_string();
            let text = text.map(CStr::to_string_lossy).unwrap_or_default();
            DeviceError::Driver(format!("{text} ({code:?})"))
        }
    }
}

impl Gpu {
    /// Checks again that the GPU is available, since it may have been removed and libraries do not check.
    pub(super) fn check(&self) -> Result<(), DeviceError> {
        gpu(self.ordinal).map(|_| ())
    }

    /// Opens dfdx's device on this GPU.
    ///
    /// # Errors
    /// [`DeviceError::NoCublas`], or an error of the driver, such as occupied memory.
    pub fn open(&self) -> Result<Cuda, DeviceError> {
        self.check()?;
        // The seed is that of random tensors, of which engines make none.
        Cuda::try_build(self.ordinal, 0).map_err(|error| match error {
            CudaError::Driver(error) => refusal(error),
            CudaError::Blas(error) => DeviceError::NoCublas(format!("{:?}", error.0)),
            CudaError::Cpu(error) => DeviceError::Driver(error.to_string()),
        })
    }
}
