//! Devices that train a network: the CPU or a GPU.
//!
//! [`Device`] is the user's choice, [`Hardware`] the device that was found for it. Without the feature `cuda`
//! only the CPU is ever found.

#[cfg(feature = "cuda")]
mod driver;
#[cfg(feature = "cuda")]
pub mod machine;

use std::fmt;
use std::str::FromStr;

/// Choice of a device.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum Device {
    /// CPU.
    #[default]
    Cpu,
    /// One CUDA device.
    Cuda {
        /// Number of the device, from 0.
        ordinal: usize,
    },
    /// First CUDA device, or the CPU if there is none.
    Auto,
}

/// `cpu`, `cuda:0` or `auto`.
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Device::Cpu => f.write_str("cpu"),
            Device::Cuda { ordinal } => write!(f, "cuda:{ordinal}"),
            Device::Auto => f.write_str("auto"),
        }
    }
}

/// Name that no device has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `auto`, `cpu`, `cuda`, or `cuda:N` with the number N of a GPU, found `{0}`")]
pub struct UnknownDevice(String);

/// Reads the names that [`Display`](fmt::Display) writes, and `cuda` for `cuda:0`.
impl FromStr for Device {
    type Err = UnknownDevice;

    fn from_str(text: &str) -> Result<Self, UnknownDevice> {
        let unknown = || UnknownDevice(text.to_string());
        match text {
            "cpu" => Ok(Device::Cpu),
            "cuda" => Ok(Device::Cuda { ordinal: 0 }),
            "auto" => Ok(Device::Auto),
            _ => {
                let number = text.strip_prefix("cuda:").ok_or_else(unknown)?;
                // `parse` would take a sign.
                let digits = number.bytes().all(|b| b.is_ascii_digit());
                let ordinal = number.parse().ok().filter(|_| digits);
                let ordinal = ordinal.ok_or_else(unknown)?;
                Ok(Device::Cuda { ordinal })
            }
        }
    }
}

/// Reason why a device cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// The program was built without CUDA.
    #[error(
        "this program was built without CUDA; `cargo build --release --features cuda` builds one with it"
    )]
    NotBuiltIn,
    /// There is no CUDA driver.
    #[error("no GPU was found: this machine has no CUDA driver")]
    NoDriver,
    /// The driver has no device.
    #[error("no GPU was found: the CUDA driver has no device")]
    NoDevice,
    /// No device has this number.
    #[error("there is no CUDA device {ordinal}: {found} found, numbered from 0")]
    Ordinal {
        /// Number requested.
        ordinal: usize,
        /// Number of devices.
        found: usize,
    },
    /// The driver failed.
    #[error("the CUDA driver failed: {0}")]
    Driver(String),
    /// cuBLAS cannot be used.
    #[error("CUDA's library cuBLAS cannot be used ({0})")]
    NoCublas(String),
}

/// CUDA device that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gpu {
    ordinal: usize,
    name: String,
}

impl Gpu {
    /// Number of the device, from 0.
    pub fn ordinal(&self) -> usize {
        self.ordinal
    }
}

/// `cuda:0, ` and the name of the model.
impl fmt::Display for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cuda:{}, {}", self.ordinal, self.name)
    }
}

/// Device that computes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hardware {
    /// CPU.
    Cpu,
    /// GPU.
    Cuda(Gpu),
}

impl Device {
    /// Finds the device. For [`Device::Auto`] without a GPU, it also returns the reason.
    ///
    /// # Errors
    /// Any [`DeviceError`] about CUDA, if a CUDA device was requested.
    pub fn find(self) -> Result<(Hardware, Option<DeviceError>), DeviceError> {
        match self {
            Device::Cpu => Ok((Hardware::Cpu, None)),
            Device::Cuda { ordinal } => Ok((Hardware::Cuda(gpu(ordinal)?), None)),
            Device::Auto => Ok(match gpu(0) {
                Ok(gpu) => (Hardware::Cuda(gpu), None),
                Err(reason) => (Hardware::Cpu, Some(reason)),
            }),
        }
    }
}

#[cfg(feature = "cuda")]
fn gpu(ordinal: usize) -> Result<Gpu, DeviceError> {
    driver::gpu(ordinal)
}

#[cfg(not(feature = "cuda"))]
fn gpu(_: usize) -> Result<Gpu, DeviceError> {
    Err(DeviceError::NotBuiltIn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for device in [
            Device::Cpu,
            Device::Auto,
            Device::Cuda { ordinal: 0 },
            Device::Cuda { ordinal: 12 },
        ] {
            assert_eq!(device.to_string().parse(), Ok(device));
        }
        assert_eq!("cuda".parse(), Ok(Device::Cuda { ordinal: 0 }));
    }

    #[test]
    fn other_names_are_refused() {
        for text in [
            "",
            "gpu",
            "CUDA",
            "cuda:",
            "cuda:-1",
            "cuda:+1",
            "cuda:one",
            "cuda:0x1",
            "cuda: 0",
            "cpu:0",
            "cuda:99999999999999999999999999",
        ] {
            let read = text.parse::<Device>();
            assert_eq!(read, Err(UnknownDevice(text.to_string())));
        }
    }

    #[test]
    fn the_cpu_is_always_there() {
        assert_eq!(Device::Cpu.find(), Ok((Hardware::Cpu, None)));
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn without_the_feature_there_is_no_gpu() {
        let asked = Device::Cuda { ordinal: 0 }.find();
        assert_eq!(asked, Err(DeviceError::NotBuiltIn));
        let found = (Hardware::Cpu, Some(DeviceError::NotBuiltIn));
        assert_eq!(Device::Auto.find(), Ok(found));
    }
}
