//! The engine that serves a network on the hardware that was found.

use super::device::Hardware;
use super::fused::{FusedEngine, Instantiated};
use super::{EngineError, Linearised};
use crate::pinn::network::Network;
use crate::units::{Kernel, Nondimensional};
use dfdx::prelude::Dtype;

/// Number types that every device computes with.
pub trait Placed: Instantiated + Dtype {
    /// An engine for the network; `threads` as for [`FusedEngine::new`], for what the processor does.
    ///
    /// # Errors
    /// Those of [`FusedEngine::new`], and [`EngineError::Device`] if the card cannot be used.
    fn engine(
        hardware: &Hardware,
        network: Network,
        kernels: Vec<Kernel<Self, Nondimensional>>,
        threads: usize,
    ) -> Result<Box<dyn Linearised<Self>>, EngineError>;
}

macro_rules! placed {
    ($($T:ty)*) => {$(
        impl Placed for $T {
            fn engine(
                hardware: &Hardware,
                network: Network,
                kernels: Vec<Kernel<$T, Nondimensional>>,
                threads: usize,
            ) -> Result<Box<dyn Linearised<$T>>, EngineError> {
                match hardware {
                    Hardware::Cpu => Ok(Box::new(FusedEngine::new(network, kernels, threads)?)),
                    #[cfg(feature = "cuda")]
                    Hardware::Cuda(card) => {
                        use super::device::machine::CardMachine;
                        use super::generated::GeneratedEngine;
                        let machine = CardMachine::new(card)?;
                        Ok(Box::new(GeneratedEngine::new(machine, network, kernels)?))
                    }
                    #[cfg(not(feature = "cuda"))]
                    Hardware::Cuda(_) => Err(super::device::DeviceError::NotBuiltIn.into()),
                }
            }
        }
    )*};
}
placed!(f32 f64);
